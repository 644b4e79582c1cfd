"""Read a package's rows: entries for listings, derivatives for pictures."""

import json
import os
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from polit.base.errors import PackageDamaged
from polit.package.database import open_reader
from polit.package.derivative_cipher import KEY_ROLE_OF, context_of
from polit.package.layout import PACKS
from polit.package.rows import DerivativeRow
from polit.store.cipher import OVERHEAD_BYTES, RoleCipher, derive_key


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries are wanted; ``None`` wants all.

    Args:
        kind: Of this kind.
        state: In this state.
        outcome: That ended so.
        alerting: Only those with a content that alerts; those by digest come first.
        named: Only names of file systems and what was carved, nothing that lies inside an entry.
    """

    kind: str | None = None
    state: str | None = None
    outcome: str | None = None
    alerting: bool = False
    named: bool = False


_MAX_BLOB_BYTES = 1 << 20
_LIST = """
SELECT e.path, e.locator, e.state, e.overwritten, r.outcome, r.reason, e.size_bytes,
       lower(hex(r.md5)) AS md5, lower(hex(r.sha1)) AS sha1, lower(hex(r.sha256)) AS sha256,
       r.mime, r.kind, r.extension_agrees, m.width_px, m.height_px, m.orientation, m.frames,
       m.duration_ms, m.flaws, m.taken_at, m.taken_basis, m.taken_offset_min, m.taken_source,
       m.latitude_e7 AS latitude, m.longitude_e7 AS longitude, m.altitude_mm, m.make, m.model,
       m.serial, lower(hex(f.value)) AS pdq, f.quality AS pdq_quality,
       lower(hex(n.value)) AS pdq_variants, e.entry_type,
       lower(hex(e.raw_name)) AS raw_name, e.created_ns, e.modified_ns, e.accessed_ns,
       e.changed_ns, e.deleted_ns, lower(hex(e.link_target)) AS link_target, k.known, k.resembles,
       CASE k.alerts WHEN 2 THEN 'exact' WHEN 1 THEN 'near' END AS alerts
FROM entries e LEFT JOIN results r USING (entry_id) LEFT JOIN media m ON m.sha256 = r.sha256
LEFT JOIN perceptual_hashes f ON f.sha256 = m.sha256 AND f.variant = 'full'
LEFT JOIN perceptual_hashes n ON n.sha256 = m.sha256 AND n.variant = 'nearest512'
LEFT JOIN (
  SELECT sha256, json_group_array(DISTINCT asserted) FILTER (WHERE variant = '') AS known,
         json_group_array(DISTINCT asserted) FILTER (WHERE variant <> '') AS resembles,
         max(alerts * (1 + (variant = ''))) AS alerts
  FROM matches GROUP BY sha256) k ON k.sha256 = r.sha256
WHERE (:kind IS NULL OR r.kind = :kind) AND (:state IS NULL OR e.state = :state)
  AND (:outcome IS NULL OR r.outcome = :outcome) AND (NOT :named OR e.within_id IS NULL)
"""
_BY_LOCATOR = " ORDER BY e.locator"  # alone, so that the index by locator serves it
_ALERTING = " AND k.alerts > 0 ORDER BY k.alerts DESC, e.locator"
_DIGESTS = ("md5", "sha1", "sha256", "link_target", "pdq")
_DEGREES = ("latitude", "longitude")
_LISTS = ("known", "resembles")
_BOOLEANS = ("overwritten", "extension_agrees")


def read_entries(package: Path, wanted: EntryFilter) -> Generator[dict[str, object], None, None]:
    """Yield entries in the order of their locators; digests in hex, ``None`` where unknown.

    ``known`` is what hash sets assert of the content by a digest, ``resembles`` by a fingerprint,
    ``alerts`` is ``exact`` or ``near`` where that alerts. When only those that alert are wanted,
    the exact ones come first.

    ``width_px`` and ``height_px`` are those of the decoded picture as stored, before its
    ``orientation``. Times are nanoseconds in the basis of the volume; ``taken_at`` is the
    camera's own clock, with its basis. ``latitude`` and ``longitude`` are degrees, WGS 84.
    """
    with closing(open_reader(package)) as connection:
        cursor = connection.execute(
            _LIST + (_ALERTING if wanted.alerting else _BY_LOCATOR),
            {
                "kind": wanted.kind,
                "state": wanted.state,
                "outcome": wanted.outcome,
                "named": wanted.named,
            },
        )
        names = [column[0] for column in cursor.description]
        for values in cursor:
            row: dict[str, object] = dict(zip(names, values, strict=True))
            for name in _DIGESTS:
                row[name] = row[name] or None
            for name in _BOOLEANS:
                row[name] = None if row[name] is None else bool(row[name])
            for name in _LISTS:
                row[name] = sorted(json.loads(str(row[name] or "[]")))
            for name in _DEGREES:
                row[name] = None if row[name] is None else int(str(row[name])) / 10**7
            nearest = row["pdq_variants"]
            row["pdq_variants"] = {"nearest512": nearest} if nearest else {}
            row["flaws"] = str(row["flaws"]).split(",") if row["flaws"] else []
            yield row


@dataclass(frozen=True, slots=True)
class PictureRow:
    """The derivatives of one role of one content: its own, and those of its story.

    Args:
        kind: ``still`` or ``video``, as its first entry was identified.
        duration_ms: How long it plays, ``None`` for what does not play.
        cover: The derivative of the whole.
        story: Those of its story, in order; empty for a still.
    """

    kind: str
    duration_ms: int | None
    cover: DerivativeRow
    story: tuple[DerivativeRow, ...]


def read_derivatives(package: Path, role: str) -> list[PictureRow]:
    """Return the derivatives of one role, in the order in which locators first name them.

    Raises:
        PackageDamaged: A story has no cover.
    """
    with closing(open_reader(package)) as connection:
        rows = connection.execute(
            "SELECT p.kind, m.duration_ms, d.* FROM derivatives d JOIN media m USING (sha256)"
            " JOIN (SELECT r.sha256 AS sha256, r.kind AS kind, min(e.locator) AS place"
            " FROM results r JOIN entries e USING (entry_id) GROUP BY r.sha256) p"
            " ON p.sha256 = d.sha256 WHERE d.role = ? ORDER BY p.place, d.story",
            (role,),
        )
        return _gathered(rows)


def _gathered(rows: Iterable[tuple[Any, ...]]) -> list[PictureRow]:
    """Gather rows that come cover first into one for each content."""
    gathered: list[PictureRow] = []
    for kind, duration_ms, *values in rows:
        row = DerivativeRow(*values)
        if row.story == 0:
            gathered.append(PictureRow(kind, duration_ms, row, ()))
        elif gathered and gathered[-1].cover.sha256 == row.sha256:
            whole = gathered[-1]
            gathered[-1] = replace(whole, story=(*whole.story, row))
        else:
            raise PackageDamaged("a story has no cover: verify the package")
    return gathered


class RoleKeyReader:
    """Opens encrypted derivatives of one role of one package by that role's key."""

    def __init__(self, package: Path, *, package_id: str, role_key: bytes, role: str) -> None:
        """Make ready; files are opened on reading.

        Args:
            package: The package's folder.
            package_id: Its id, as its manifest has it.
            role_key: 32 bytes; the broker gives that for safe tiles.
            role: ``tile`` or ``thumbnail``.

        Raises:
            UsageError: The key is not 32 bytes long.
        """
        self._package, self._package_id, self._role = package, package_id, role
        self._cipher = RoleCipher(role_key)

    def plaintext(self, row: DerivativeRow) -> bytes:
        """Return the encoded picture of one derivative.

        Raises:
            IntegrityError: It was altered, or the key is another package's.
            PackageDamaged: Its row names no place in a pack.
        """
        if row.pack not in PACKS or not OVERHEAD_BYTES < row.stored_bytes <= _MAX_BLOB_BYTES:
            raise PackageDamaged("a picture's row names no place in a pack: verify the package")
        with (self._package / row.pack).open("rb") as stream:
            if not 0 <= row.offset_bytes <= os.fstat(stream.fileno()).st_size - row.stored_bytes:
                raise PackageDamaged(f"a picture's row names a place outside {row.pack}")
            stream.seek(row.offset_bytes)
            sealed = stream.read(row.stored_bytes)
        return self._cipher.open(
            sealed, context=context_of(self._package_id, row.sha256, self._role, row.story)
        )


class DerivativeReader(RoleKeyReader):
    """Opens encrypted derivatives of one role of one package by the package's key."""

    def __init__(self, package: Path, *, package_id: str, package_key: bytes, role: str) -> None:
        """Make ready; files are opened on reading."""
        role_key = derive_key(package_key, KEY_ROLE_OF[role])
        super().__init__(package, package_id=package_id, role_key=role_key, role=role)
