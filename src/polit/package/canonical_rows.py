"""The canonical rows of a package, and ``rows_sha256`` over them.

One line of canonical JSON per row: volumes by offset, bad ranges by offset, problems of the
source and its volumes, then entries by the bytes of their locators. Left out is what may differ
between two runs that found the same: instants, durations, attempts, ids, ciphertext, and the
access and change times of a host folder.
"""

import hashlib
import sqlite3
from collections.abc import Iterator

from polit.base.canonical import row_writer

_VOLUMES = """
SELECT 'volume' AS row, locator, scheme, description, offset_bytes, size_bytes, allocated, state,
       filesystem, block_size_bytes, unallocated_bytes, time_basis, time_resolution, reason
FROM volumes ORDER BY offset_bytes, size_bytes, locator
"""
_BAD_RANGES = """
SELECT 'bad_range' AS row, offset_bytes, length_bytes, code FROM bad_ranges
ORDER BY offset_bytes, code
"""
_PROBLEMS = """
SELECT DISTINCT 'problem' AS row, locator, stage, code FROM problems WHERE entry_id IS NULL
ORDER BY locator, stage, code
"""
_ENTRIES = """
SELECT 'entry' AS row, e.locator, e.path, lower(hex(e.raw_name)) AS raw_name,
       e.entry_type, e.state, e.overwritten, e.size_bytes,
       lower(hex(e.link_target)) AS link_target, e.created_ns, e.modified_ns,
       {times} e.deleted_ns, r.outcome, r.reason,
       lower(hex(r.md5)) AS md5, lower(hex(r.sha1)) AS sha1, lower(hex(r.sha256)) AS sha256,
       r.mime, r.kind, r.extension_agrees, m.width_px, m.height_px,
       lower(hex(t.plaintext_sha256)) AS tile_sha256,
       lower(hex(b.plaintext_sha256)) AS thumbnail_sha256
FROM entries e LEFT JOIN results r USING (entry_id)
LEFT JOIN media m ON r.kind = 'still' AND m.sha256 = r.sha256
LEFT JOIN derivatives t ON t.sha256 = m.sha256 AND t.role = 'tile'
LEFT JOIN derivatives b ON b.sha256 = m.sha256 AND b.role = 'thumbnail'
ORDER BY e.locator
"""


def canonical_rows(connection: sqlite3.Connection) -> Iterator[bytes]:
    """Yield the canonical lines of a package in their order."""
    is_folder = connection.execute("SELECT 1 FROM volumes WHERE scheme = 'folder'").fetchone()
    times = "" if is_folder else "e.accessed_ns, e.changed_ns,"
    for sql in (_VOLUMES, _BAD_RANGES, _PROBLEMS, _ENTRIES.replace("{times}", times)):
        cursor = connection.execute(sql)
        yield from map(row_writer([column[0] for column in cursor.description]), cursor)


def rows_sha256(connection: sqlite3.Connection) -> str:
    """Return SHA-256 over the canonical rows, lower-case hex."""
    digest = hashlib.sha256()
    for line in canonical_rows(connection):
        digest.update(line)
    return digest.hexdigest()
