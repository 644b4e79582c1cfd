"""Read a package's rows: entries for listings, derivatives for pictures."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from polit.package.database import open_reader
from polit.package.derivatives import cipher_of, context_of
from polit.package.rows import DerivativeRow, ReadRow


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries are wanted; ``None`` wants all."""

    kind: str | None = None
    state: str | None = None
    outcome: str | None = None


_PAGE = 256
_LIST = """
SELECT path, locator, state, overwritten, outcome, reason, size_bytes, lower(hex(md5)) AS md5,
       lower(hex(sha1)) AS sha1, lower(hex(sha256)) AS sha256, mime, kind, extension_agrees,
       width_px, height_px, entry_type, lower(hex(raw_name)) AS raw_name,
       created_ns, modified_ns, accessed_ns, changed_ns, deleted_ns,
       lower(hex(link_target)) AS link_target
FROM occurrences
WHERE (:kind IS NULL OR kind = :kind) AND (:state IS NULL OR state = :state)
  AND (:outcome IS NULL OR outcome = :outcome)
ORDER BY locator
"""
_DIGESTS = ("md5", "sha1", "sha256", "link_target")
_BOOLEANS = ("overwritten", "extension_agrees")


def read_entries(package: Path, wanted: EntryFilter) -> Generator[dict[str, object], None, None]:
    """Yield entries in the order of their locators; digests in hex, ``None`` where unknown.

    ``width_px`` and ``height_px`` are those of the decoded picture. Times are nanoseconds in
    the basis of the volume.
    """
    with closing(open_reader(package)) as connection:
        cursor = connection.execute(
            _LIST, {"kind": wanted.kind, "state": wanted.state, "outcome": wanted.outcome}
        )
        names = [column[0] for column in cursor.description]
        for values in cursor:
            row: dict[str, object] = dict(zip(names, values, strict=True))
            for name in _DIGESTS:
                row[name] = row[name] or None
            for name in _BOOLEANS:
                row[name] = None if row[name] is None else bool(row[name])
            yield row


def read_contents(package: Path) -> Generator[list[tuple[ReadRow, bytes]], None, None]:
    """Yield pages of entries whose content was read, each with its SHA-256."""
    with closing(open_reader(package)) as connection:
        cursor = connection.execute(
            "SELECT e.entry_id, e.volume_id, e.locator, e.raw_name, e.address, e.size_bytes,"
            " r.sha256 FROM entries e JOIN results r USING (entry_id)"
            " WHERE r.sha256 IS NOT NULL ORDER BY e.entry_id"
        )
        while page := cursor.fetchmany(_PAGE):
            yield [(ReadRow(*values[:6]), values[6]) for values in page]


def read_derivatives(package: Path, role: str) -> list[DerivativeRow]:
    """Return the derivatives of one role, in the order in which locators first name them."""
    with closing(open_reader(package)) as connection:
        rows = connection.execute(
            "SELECT d.* FROM derivatives d JOIN (SELECT r.sha256 AS sha256, min(e.locator) AS"
            " place FROM results r JOIN entries e USING (entry_id) GROUP BY r.sha256) p"
            " USING (sha256) WHERE d.role = ? ORDER BY p.place",
            (role,),
        )
        return [DerivativeRow(*row) for row in rows]


class DerivativeReader:
    """Opens encrypted derivatives of one role of one package."""

    def __init__(self, package: Path, *, package_id: str, package_key: bytes, role: str) -> None:
        """Make ready; files are opened on reading."""
        self._package, self._package_id, self._role = package, package_id, role
        self._cipher = cipher_of(package_key, role)

    def plaintext(self, row: DerivativeRow) -> bytes:
        """Return the encoded picture of one derivative.

        Raises:
            IntegrityError: It was altered, or the key is another package's.
        """
        with (self._package / row.pack).open("rb") as stream:
            stream.seek(row.offset_bytes)
            sealed = stream.read(row.stored_bytes)
        return self._cipher.open(
            sealed, context=context_of(self._package_id, row.sha256, self._role)
        )
