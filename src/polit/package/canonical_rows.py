"""The canonical rows of a package, and ``rows_sha256`` over them.

One line of canonical JSON per row: volumes by offset, what was carved in them, bad ranges by
offset, problems of the source and its volumes, how many lost names were dropped, entries by the
bytes of their locators, what was not opened inside them, then media, tags, fingerprints and
derivatives by the digest of their content; at last the hash sets that were asked, by their digests,
and the matches by content, set and record. Left out is what may differ between two runs that found
the same: instants, durations, attempts, ids, ciphertext, what a hash set is called, and the access
and change times of a host folder.
"""

import hashlib
import sqlite3
from collections.abc import Iterator

from polit.base.canonical import row_writer
from polit.package.match_rows import HASH_SETS_SQL, MATCHES_OF_ENTRIES_SQL

_VOLUMES = """
SELECT 'volume' AS row, locator, scheme, description, offset_bytes, size_bytes, allocated, state,
       filesystem, block_size_bytes, unallocated_bytes, time_basis, time_resolution, reason,
       layer, opened_by
FROM volumes ORDER BY offset_bytes, size_bytes, locator
"""
_CARVING = """
SELECT 'carving' AS row, v.locator, c.area, c.state, c.reason, c.searched_bytes, c.candidates,
       c.passed_over, c.found_again, c.undecoded, c.undecoded_bytes, c.carved, c.carved_bytes
FROM carving c JOIN volumes v USING (volume_id)
ORDER BY v.offset_bytes, v.size_bytes, v.locator, c.area
"""
_BAD_RANGES = """
SELECT 'bad_range' AS row, offset_bytes, length_bytes, code FROM bad_ranges
ORDER BY offset_bytes, code
"""
_PROBLEMS = """
SELECT DISTINCT 'problem' AS row, locator, stage, code FROM problems WHERE entry_id IS NULL
ORDER BY locator, stage, code
"""
_DROPPED = """
SELECT 'dropped_names' AS row, v.locator, d.code, sum(d.count) AS count
FROM dropped_names d JOIN folders USING (folder_id) JOIN volumes v USING (volume_id)
GROUP BY v.locator, d.code ORDER BY v.locator, d.code
"""
_ENTRIES = """
SELECT 'entry' AS row, e.locator, e.path, lower(hex(e.raw_name)) AS raw_name,
       e.entry_type, e.state, e.overwritten, e.size_bytes,
       lower(hex(e.link_target)) AS link_target, e.created_ns, e.modified_ns,
       {times} e.deleted_ns, r.outcome, r.reason,
       lower(hex(r.md5)) AS md5, lower(hex(r.sha1)) AS sha1, lower(hex(r.sha256)) AS sha256,
       r.mime, r.kind, r.extension_agrees, h.members
FROM entries e LEFT JOIN results r USING (entry_id) LEFT JOIN holders h USING (entry_id)
ORDER BY e.locator
"""
_UNOPENED = """
SELECT 'unopened' AS row, e.locator, u.code, u.detail FROM unopened u JOIN entries e
USING (entry_id) ORDER BY e.locator, u.code, u.detail
"""
# Only media that an entry has: what a volume that was given up had brought is no result.
_OF_ENTRIES = """sha256 IN
  (SELECT sha256 FROM results WHERE (kind = 'still' OR kind = 'video') AND sha256 IS NOT NULL)"""
_MEDIA = f"""
SELECT 'media' AS row, lower(hex(sha256)) AS sha256, outcome, reason, decoder, width_px, height_px,
       orientation, frames, duration_ms, flaws, make, model, serial, taken_at, taken_basis,
       taken_offset_min, taken_source, latitude_e7, longitude_e7, altitude_mm, position_source,
       pictures_inside
FROM media WHERE {_OF_ENTRIES} ORDER BY media.sha256
"""  # noqa: S608 - constants only
_TAGS = f"""
SELECT 'tag' AS row, lower(hex(sha256)) AS sha256, number, name, value
FROM media_tags WHERE {_OF_ENTRIES} ORDER BY media_tags.sha256, number
"""  # noqa: S608 - constants only
_HASHES = f"""
SELECT 'perceptual_hash' AS row, lower(hex(sha256)) AS sha256, algorithm, variant, frame, frame_ms,
       lower(hex(value)) AS value, quality, lower(hex(dihedral)) AS dihedral
FROM perceptual_hashes WHERE {_OF_ENTRIES}
ORDER BY perceptual_hashes.sha256, algorithm, variant, frame
"""  # noqa: S608 - constants only
_DERIVATIVES = f"""
SELECT 'derivative' AS row, lower(hex(sha256)) AS sha256, role, story, at_ms, media_type, width_px,
       height_px, lower(hex(plaintext_sha256)) AS plaintext_sha256
FROM derivatives WHERE {_OF_ENTRIES} ORDER BY derivatives.sha256, role, story
"""  # noqa: S608 - constants only
_CONTENTS = (
    _UNOPENED, _MEDIA, _TAGS, _HASHES, _DERIVATIVES, HASH_SETS_SQL, MATCHES_OF_ENTRIES_SQL,
)  # fmt: skip


def canonical_rows(connection: sqlite3.Connection) -> Iterator[bytes]:
    """Yield the canonical lines of a package in their order."""
    is_folder = connection.execute("SELECT 1 FROM volumes WHERE scheme = 'folder'").fetchone()
    times = "" if is_folder else "e.accessed_ns, e.changed_ns,"
    entries = _ENTRIES.replace("{times}", times)
    for sql in (_VOLUMES, _CARVING, _BAD_RANGES, _PROBLEMS, _DROPPED, entries, *_CONTENTS):
        cursor = connection.execute(sql)
        yield from map(row_writer([column[0] for column in cursor.description]), cursor)


def rows_sha256(connection: sqlite3.Connection) -> str:
    """Return SHA-256 over the canonical rows, lower-case hex."""
    digest = hashlib.sha256()
    for line in canonical_rows(connection):
        digest.update(line)
    return digest.hexdigest()
