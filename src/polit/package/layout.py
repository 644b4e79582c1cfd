"""Names and schema of a findings package. The reference page describes it for other readers."""

from pathlib import Path
from urllib.parse import quote, unquote

from polit.package.match_rows import MATCH_SCHEMA

FORMAT = 4
SUFFIX = ".polit"
FINDINGS = "findings.sqlite"
MANIFEST = "manifest.json"
LOCK = "lock"
TILES = "derivatives/tiles.pack"
THUMBNAILS = "derivatives/thumbnails.pack"
PACKS = (TILES, THUMBNAILS)
PARTS = (FINDINGS, *PACKS)
SUPPLEMENTS = "supplements"

_FOUND_SCHEMA = """
CREATE TABLE meta (
  key TEXT PRIMARY KEY, value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE volumes (
  volume_id INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  scheme TEXT NOT NULL,
  description TEXT NOT NULL,
  offset_bytes INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  allocated INTEGER NOT NULL CHECK (allocated BETWEEN 0 AND 1),
  locator TEXT NOT NULL,
  parent_id INTEGER REFERENCES volumes,
  layer TEXT,
  opened_by TEXT,
  state TEXT NOT NULL
    CHECK (state = 'pending' OR state = 'opened' OR state = 'walked' OR state = 'not_examined'),
  filesystem TEXT,
  block_size_bytes INTEGER,
  unallocated_bytes INTEGER,
  time_basis TEXT,
  time_resolution TEXT,
  time_source TEXT,
  reason TEXT,
  restarts INTEGER NOT NULL DEFAULT 0,
  CHECK (state <> 'not_examined' OR reason IS NOT NULL)
) STRICT;

CREATE TABLE folders (
  folder_id INTEGER PRIMARY KEY,
  volume_id INTEGER NOT NULL REFERENCES volumes,
  entry_id INTEGER,
  path BLOB NOT NULL,
  address BLOB NOT NULL,
  kind TEXT NOT NULL
    CHECK (kind = 'root' OR kind = 'folder' OR kind = 'orphans' OR kind = 'carved'),
  deleted INTEGER NOT NULL CHECK (deleted BETWEEN 0 AND 1),
  rank INTEGER NOT NULL,
  state TEXT NOT NULL
    CHECK (state = 'pending' OR state = 'listing' OR state = 'listed' OR state = 'failed'),
  first_entry_id INTEGER
) STRICT;
CREATE UNIQUE INDEX folders_place ON folders (volume_id, address);

CREATE TABLE dropped_names (
  folder_id INTEGER NOT NULL REFERENCES folders ON DELETE CASCADE,
  code TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  PRIMARY KEY (folder_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  entry_id INTEGER PRIMARY KEY,
  volume_id INTEGER NOT NULL REFERENCES volumes,
  parent_id INTEGER,
  within_id INTEGER,
  locator TEXT NOT NULL,
  path TEXT NOT NULL,
  raw_name BLOB NOT NULL,
  record TEXT NOT NULL,
  address BLOB NOT NULL,
  entry_type TEXT NOT NULL
    CHECK (entry_type = 'file' OR entry_type = 'folder' OR entry_type = 'link'
      OR entry_type = 'stream' OR entry_type = 'metadata' OR entry_type = 'special'
      OR entry_type = 'embedded'),
  state TEXT NOT NULL CHECK (state = 'live' OR state = 'deleted' OR state = 'carved'),
  content TEXT NOT NULL,
  overwritten INTEGER NOT NULL CHECK (overwritten BETWEEN 0 AND 1),
  size_bytes INTEGER NOT NULL,
  link_target BLOB,
  created_ns INTEGER,
  modified_ns INTEGER,
  accessed_ns INTEGER,
  changed_ns INTEGER,
  deleted_ns INTEGER,
  rank INTEGER NOT NULL,
  CHECK (entry_type <> 'embedded' OR within_id IS NOT NULL)
) STRICT;

CREATE TABLE results (
  entry_id INTEGER PRIMARY KEY REFERENCES entries,
  outcome TEXT NOT NULL CHECK (outcome = 'done' OR outcome = 'skipped' OR outcome = 'failed'),
  reason TEXT,
  bytes_read INTEGER NOT NULL DEFAULT 0,
  md5 BLOB,
  sha1 BLOB,
  sha256 BLOB,
  mime TEXT,
  kind TEXT,
  basis TEXT,
  extension_agrees INTEGER,
  CHECK (outcome = 'done' OR reason IS NOT NULL),
  CHECK (outcome <> 'done' OR (sha256 IS NOT NULL AND mime IS NOT NULL))
) STRICT;

CREATE TABLE media (
  sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
  outcome TEXT NOT NULL CHECK (outcome = 'done' OR outcome = 'failed'),
  reason TEXT,
  attempts INTEGER NOT NULL,
  decoder TEXT,
  width_px INTEGER,
  height_px INTEGER,
  orientation INTEGER,
  frames INTEGER,
  duration_ms INTEGER,
  flaws TEXT,
  make TEXT,
  model TEXT,
  serial TEXT,
  taken_at TEXT,
  taken_basis TEXT,
  taken_offset_min INTEGER,
  taken_source TEXT,
  latitude_e7 INTEGER,
  longitude_e7 INTEGER,
  altitude_mm INTEGER,
  position_source TEXT,
  pictures_inside INTEGER NOT NULL DEFAULT 0,
  CHECK (outcome = 'done' OR reason IS NOT NULL),
  CHECK (outcome <> 'done' OR (width_px > 0 AND height_px > 0))
) STRICT, WITHOUT ROWID;

CREATE TABLE media_tags (
  sha256 BLOB NOT NULL REFERENCES media,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (sha256, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE perceptual_hashes (
  sha256 BLOB NOT NULL REFERENCES media,
  algorithm TEXT NOT NULL,
  variant TEXT NOT NULL,
  frame INTEGER NOT NULL,
  frame_ms INTEGER,
  value BLOB NOT NULL CHECK (length(value) = 32),
  quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 100),
  dihedral BLOB,
  PRIMARY KEY (sha256, algorithm, variant, frame)
) STRICT, WITHOUT ROWID;

CREATE TABLE derivatives (
  sha256 BLOB NOT NULL REFERENCES media,
  role TEXT NOT NULL CHECK (role = 'tile' OR role = 'thumbnail'),
  story INTEGER NOT NULL CHECK (story BETWEEN 0 AND 12),
  at_ms INTEGER,
  media_type TEXT NOT NULL,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  plaintext_sha256 BLOB NOT NULL CHECK (length(plaintext_sha256) = 32),
  pack TEXT NOT NULL,
  offset_bytes INTEGER NOT NULL,
  stored_bytes INTEGER NOT NULL,
  PRIMARY KEY (sha256, role, story)
) STRICT, WITHOUT ROWID;

CREATE TABLE holders (
  entry_id INTEGER PRIMARY KEY REFERENCES entries,
  members INTEGER NOT NULL
) STRICT;

CREATE TABLE archives (
  entry_id INTEGER PRIMARY KEY REFERENCES entries,
  mime TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'pending' OR state = 'streaming' OR state = 'done')
) STRICT;

CREATE TABLE unopened (
  unopened_id INTEGER PRIMARY KEY,
  entry_id INTEGER NOT NULL REFERENCES entries,
  code TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE carving (
  volume_id INTEGER NOT NULL REFERENCES volumes,
  area TEXT NOT NULL CHECK (area = 'unallocated' OR area = 'slack' OR area = 'whole'),
  state TEXT NOT NULL CHECK (state = 'pending' OR state = 'done' OR state = 'not_searched'),
  reason TEXT,
  size_bytes INTEGER NOT NULL,
  from_bytes INTEGER NOT NULL DEFAULT 0,
  next_bytes INTEGER NOT NULL DEFAULT 0,
  taken TEXT NOT NULL DEFAULT '[]',
  searched_bytes INTEGER NOT NULL DEFAULT 0,
  passed_over INTEGER NOT NULL DEFAULT 0,
  candidates INTEGER NOT NULL DEFAULT 0,
  found_again INTEGER NOT NULL DEFAULT 0,
  undecoded INTEGER NOT NULL DEFAULT 0,
  undecoded_bytes INTEGER NOT NULL DEFAULT 0,
  carved INTEGER NOT NULL DEFAULT 0,
  carved_bytes INTEGER NOT NULL DEFAULT 0,
  CHECK (state <> 'not_searched' OR reason IS NOT NULL),
  PRIMARY KEY (volume_id, area)
) STRICT, WITHOUT ROWID;

CREATE TABLE slack (
  volume_id INTEGER NOT NULL REFERENCES volumes,
  offset_bytes INTEGER NOT NULL,
  length_bytes INTEGER NOT NULL CHECK (length_bytes > 0),
  PRIMARY KEY (volume_id, offset_bytes)
) STRICT, WITHOUT ROWID;

CREATE TABLE problems (
  problem_id INTEGER PRIMARY KEY,
  locator TEXT NOT NULL,
  entry_id INTEGER,
  stage TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  attempts INTEGER NOT NULL
) STRICT;

CREATE TABLE bad_ranges (
  offset_bytes INTEGER NOT NULL,
  length_bytes INTEGER NOT NULL CHECK (length_bytes > 0),
  code TEXT NOT NULL,
  PRIMARY KEY (offset_bytes, code)
) STRICT, WITHOUT ROWID;

CREATE VIEW occurrences AS
  SELECT e.*, r.outcome, r.reason, r.bytes_read, r.md5, r.sha1, r.sha256, r.mime, r.kind,
         r.extension_agrees, m.width_px, m.height_px, m.duration_ms, m.taken_at,
         m.latitude_e7, m.longitude_e7, m.make, m.model, m.flaws
  FROM entries e LEFT JOIN results r USING (entry_id) LEFT JOIN media m ON m.sha256 = r.sha256;
"""
SCHEMA = _FOUND_SCHEMA + MATCH_SCHEMA
"""STRICT tables, so that a figure is a figure. ``results`` is appended to, never updated.

Checks are written with OR: IN builds a set for each row, which doubles the cost of an insert.
"""

LOCATOR_INDEX = "CREATE UNIQUE INDEX entries_locator ON entries (locator)"
"""What sealing adds to the schema: no locator stands twice, and rows come out in order."""


def package_name(exhibit: str) -> str:
    """Return the folder name of an exhibit's package: reversible, valid on every system."""
    return quote(exhibit, safe=" ()+-._") + SUFFIX


def exhibit_of(name: str) -> str:
    """Return the exhibit's reference from a folder name made by ``package_name``."""
    return unquote(name.removesuffix(SUFFIX))


def findings_path(package: Path) -> Path:
    """Return where a package keeps its rows."""
    return package / FINDINGS
