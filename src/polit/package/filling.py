"""Writes what contents gave: media with their facts, and what was found inside holders.

Every function writes in the transaction of its caller. What lies inside a holder is committed
together with the holder's own result, all of it or nothing: a run that is killed meets the
holder again, whole.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

from polit.package.rows import EmbeddedRow, HolderGroup, ProblemRow, ResultBatch

FIRST_EMBEDDED = 1 << 40
"""The lowest id of an entry inside a holder. Ids below are given to names of file systems in
the order of listing, and those of a half-listed folder are dropped by range."""

_MEDIA_SQL = "INSERT INTO media VALUES (" + "?, " * 22 + "?)"
_DERIVATIVE_SQL = "INSERT INTO derivatives VALUES (" + "?, " * 11 + "?)"
_HASH_SQL = "INSERT INTO perceptual_hashes VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_RESULT_SQL = "INSERT INTO results VALUES (" + "?, " * 10 + "?)"
_EMBEDDED_SQL = """
INSERT INTO entries (entry_id, volume_id, parent_id, within_id, locator, path, raw_name, record,
  address, entry_type, state, content, overwritten, size_bytes, rank)
VALUES (?, ?, ?, ?, ?, ?, ?, '', x'', 'embedded', ?, 'readable', ?, ?, 0)
"""


def add_media(connection: sqlite3.Connection, batch: ResultBatch) -> None:
    """Write the media of a batch, their tags, fingerprints and derivatives."""
    connection.executemany(_MEDIA_SQL, [media.columns() for media in batch.media])
    connection.executemany(
        "INSERT INTO media_tags VALUES (?, ?, ?, ?)",
        [
            (media.sha256, number, tag.name, tag.value)
            for media in batch.media
            for number, tag in enumerate(media.tags)
        ],
    )
    connection.executemany(
        _HASH_SQL,
        [
            (media.sha256, h.algorithm, h.variant, h.frame, h.frame_ms, h.value, h.quality,
             h.dihedral or None)
            for media in batch.media for h in media.hashes
        ],
    )  # fmt: skip
    connection.executemany(
        _DERIVATIVE_SQL,
        [(d.sha256, d.role, d.story, d.at_ms, d.media_type, d.width_px, d.height_px, d.size_bytes,
          d.plaintext_sha256, d.pack, d.offset_bytes, d.stored_bytes)
         for d in batch.derivatives],
    )  # fmt: skip


def add_dropped(connection: sqlite3.Connection, folder_id: int, dropped: dict[str, int]) -> None:
    """Note how many lost names of a folder were dropped, by code; a new count replaces it."""
    connection.executemany(
        "INSERT OR REPLACE INTO dropped_names VALUES (?, ?, ?)",
        [(folder_id, code, min(count, 1 << 40)) for code, count in dropped.items() if count > 0],
    )


def add_inside(connection: sqlite3.Connection, batch: ResultBatch) -> None:
    """Write what lies in holders and behind contents, and how archives ended."""
    add_groups(connection, batch.groups)
    add_archives(connection, batch)
    add_slack(connection, batch.slack)


def add_groups(connection: sqlite3.Connection, groups: Sequence[HolderGroup]) -> None:
    """Write holders: the entries inside them, their results, what was not opened."""
    if not groups:
        return
    row = connection.execute(
        "SELECT max(entry_id) FROM entries WHERE entry_id < ?", (2 * FIRST_EMBEDDED,)
    ).fetchone()
    next_id = max(FIRST_EMBEDDED, (row[0] or 0) + 1)
    for group in groups:
        _add_group(connection, group, next_id)
        next_id += len(group.embedded)


def _add_group(connection: sqlite3.Connection, group: HolderGroup, first_id: int) -> None:
    holder = group.holder
    within_id = holder.within_id or holder.entry_id
    numbered = list(enumerate(group.embedded, start=first_id))
    connection.executemany(
        _EMBEDDED_SQL,
        [
            (entry_id, holder.volume_id, _parent_id(row, group, first_id), within_id,
             row.locator, row.path, row.raw_name, holder.state, int(holder.overwritten),
             row.size_bytes)
            for entry_id, row in numbered
        ],
    )  # fmt: skip
    connection.executemany(
        _RESULT_SQL,
        [replace(row.result, entry_id=entry_id).columns() for entry_id, row in numbered],
    )
    add_problems(
        connection,
        [replace(row.problem, entry_id=entry_id) for entry_id, row in numbered if row.problem],
    )
    opened = [(holder.entry_id, group.members)]
    opened += [(entry_id, row.members) for entry_id, row in numbered if row.members is not None]
    connection.executemany("INSERT INTO holders VALUES (?, ?)", opened)
    unopened = [(holder.entry_id, *part) for part in group.unopened]
    unopened += [(entry_id, *part) for entry_id, row in numbered for part in row.unopened]
    connection.executemany(
        "INSERT INTO unopened (entry_id, code, detail) VALUES (?, ?, ?)", unopened
    )


def add_archives(connection: sqlite3.Connection, batch: ResultBatch) -> None:
    """Write which archives are to be streamed, which have been, and what was not opened."""
    connection.executemany("INSERT INTO archives VALUES (?, ?, 'pending')", batch.queued)
    connection.executemany(
        "INSERT INTO holders VALUES (?, ?)", [(one.entry_id, one.members) for one in batch.closed]
    )
    connection.executemany(
        "UPDATE archives SET state = 'done' WHERE entry_id = ?",
        [(one.entry_id,) for one in batch.closed if one.is_whole],
    )
    connection.executemany(
        "INSERT INTO unopened (entry_id, code, detail) VALUES (?, ?, ?)", batch.unopened
    )


def _parent_id(row: EmbeddedRow, group: HolderGroup, first_id: int) -> int:
    return group.holder.entry_id if row.parent is None else first_id + row.parent


def add_problems(connection: sqlite3.Connection, problems: Iterable[ProblemRow]) -> None:
    """Write problems of entries, volumes or the source."""
    connection.executemany(
        "INSERT INTO problems (locator, entry_id, stage, code, detail, attempts)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(p.locator, p.entry_id, p.stage, p.code, p.detail, p.attempts) for p in problems],
    )


def add_slack(connection: sqlite3.Connection, slack: Iterable[tuple[int, int, int]]) -> None:
    """Note ``(volume_id, offset_bytes, length_bytes)`` behind contents: the longest counts."""
    connection.executemany(
        "INSERT INTO slack VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET length_bytes = max(length_bytes, excluded.length_bytes)",
        slack,
    )
