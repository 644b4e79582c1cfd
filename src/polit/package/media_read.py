"""Read the pictures and videos of a package by content, for stacks and the report of effect."""

import sqlite3
from collections.abc import Collection, Iterator

from polit.match.stacks import Stackable
from polit.package.contents import HashesInOrder

_CONTENTS = """
SELECT r.sha256, max(r.bytes_read), count(*), max(r.kind = 'video'),
       m.outcome, m.width_px, m.height_px, m.frames,
       ',' || coalesce(m.flaws, '') || ',' LIKE '%,beyond_limit,%'
FROM results r LEFT JOIN media m USING (sha256)
WHERE r.kind IN ('still', 'video') AND r.sha256 IS NOT NULL
GROUP BY r.sha256 ORDER BY r.sha256
"""


def read_stackables(connection: sqlite3.Connection) -> Iterator[Stackable]:
    """Yield the contents that are pictures or videos, by SHA-256, each once.

    Two cursors run side by side: nothing is held beyond one content.

    Raises:
        PackageDamaged: A fingerprint is not what it claims to be.
    """
    hashes = HashesInOrder(connection)
    for (
        sha256,
        size_bytes,
        occurrences,
        is_video,
        outcome,
        width,
        height,
        frames,
        is_cut_off,
    ) in connection.execute(_CONTENTS):
        is_decoded = outcome == "done"
        yield Stackable(
            sha256=sha256,
            size_bytes=size_bytes,
            width_px=width or 0,
            height_px=height or 0,
            hashes=hashes.of(sha256) if is_decoded else (),
            occurrences=occurrences,
            frames=1 if frames is None else frames,
            is_video=bool(is_video),
            is_decoded=is_decoded,
            is_cut_off=bool(is_cut_off),
        )


def count_unread(connection: sqlite3.Connection) -> int:
    """Count pictures and videos that have no digest because they could not be read whole."""
    count: int = connection.execute(
        "SELECT count(*) FROM results WHERE kind IN ('still', 'video') AND sha256 IS NULL"
    ).fetchone()[0]
    return count


def read_paths(connection: sqlite3.Connection, wanted: Collection[bytes]) -> dict[bytes, list[str]]:
    """Return where contents stand, by SHA-256, each in the order of its locators."""
    found: dict[bytes, list[str]] = {}
    for sha256, path in connection.execute(
        "SELECT r.sha256, e.path FROM results r JOIN entries e USING (entry_id)"
        " WHERE r.kind IN ('still', 'video') AND r.sha256 IS NOT NULL ORDER BY e.locator"
    ):
        if sha256 in wanted:
            found.setdefault(sha256, []).append(path)
    return found
