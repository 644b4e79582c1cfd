"""The queries by which a package's rows leave it, in the columns that another database keeps.

Every row of a stream has a number of its own: ``:base`` and its place, from 1, in an order that
the file alone decides. So a copy that was broken off goes on after the last number it kept, and
the same file gives the same numbers each time. Entries come in the order of their locators.

Values of closed sets come as the numbers of ``polit.model.codes``, 0 for one that is unknown;
open ones (reasons, types, makers) as numbers of words that the caller gave.

Hash sets and matches lie in a package and in its supplements alike, so their streams serve both:
``:base`` numbers the rows, ``:contents`` the package's contents that they speak of.
"""

from dataclasses import dataclass

from polit.model import codes
from polit.model.codes import CodeTable


@dataclass(frozen=True, slots=True)
class RowStream:
    """One kind of rows.

    Args:
        name: What the rows are.
        columns: Their columns, ``id`` first.
        sql: The query; its parameters are ``:base``, ``:number`` (the package's), ``:contents``
            (the base of its contents) and ``:after``, how many rows to pass over.
    """

    name: str
    columns: tuple[str, ...]
    sql: str


def _code(column: str, table: CodeTable) -> str:
    cases = " ".join(
        f"WHEN {column} = '{value}' THEN {table.number(value)}" for value in table.values
    )
    return f"CASE WHEN {column} IS NULL THEN NULL {cases} ELSE 0 END"


def _word(column: str) -> str:
    return f"(SELECT w.id FROM temp.words w WHERE w.word = {column})"


def _text(column: str) -> str:
    """Write NUL visibly: PostgreSQL keeps no text that holds one. SQL's replace cannot do it."""
    return f"CASE WHEN instr({column}, char(0)) THEN visible_nul({column}) ELSE {column} END"


def _stream(name: str, columns: dict[str, str], source: str) -> RowStream:
    """Make a stream; ``source`` is what follows FROM, with its order, which must be total."""
    selected = ", ".join(columns.values())
    # ruff: noqa: S608 - constants of this module only
    sql = f"SELECT {selected} FROM {source} LIMIT -1 OFFSET :after"
    return RowStream(name, ("id", *columns), sql)


_PACKAGE = {"package_id": ":number"}
FOLDER_OF = """
CASE WHEN x.parent_id IS NOT NULL
THEN (SELECT n.place FROM temp.folder_numbers n WHERE n.entry_id = x.parent_id)
ELSE (SELECT n.place FROM temp.folder_numbers n
      WHERE n.entry_id IS NULL AND n.volume_id = x.volume_id
        AND n.first_entry_id <= x.entry_id ORDER BY n.first_entry_id DESC LIMIT 1) END
"""
"""The place of the folder that an entry of the file system stands in.

What stands at the top names no folder: the root and the folder of orphans have no entry. Names
are numbered folder by folder, so the last such folder that began before it is the one.
"""

VOLUMES = _stream(
    "volumes",
    {
        **_PACKAGE,
        "number": "number",
        "scheme": _text("scheme"),
        "description": _text("description"),
        "offset_bytes": "offset_bytes",
        "size_bytes": "size_bytes",
        "is_allocated": "allocated",
        "locator": _text("locator"),
        "state": _code("state", codes.VOLUME_STATES),
        "filesystem": _text("coalesce(filesystem, '')"),
        "unallocated_bytes": "unallocated_bytes",
        "time_basis": _code("time_basis", codes.TIME_BASES),
        "time_resolution": _text("coalesce(time_resolution, '')"),
        "time_source": _text("coalesce(time_source, '')"),
        "reason": _text("coalesce(reason, '')"),
        # What does not come after the volume that it names stands for itself: no tree is a loop.
        "parent_id": ":base + CASE WHEN parent_id < volume_id THEN"
        " (SELECT count(*) FROM volumes p WHERE p.volume_id <= v.parent_id) END",
        "layer": _text("coalesce(layer, '')"),
        "opened_by": _text("coalesce(opened_by, '')"),
    },
    "volumes v ORDER BY volume_id",
)
FOLDERS = _stream(
    "folders",
    {
        **_PACKAGE,
        "volume_id": ":base + (SELECT count(*) FROM volumes v WHERE v.volume_id <= f.volume_id)",
        "parent_id": ":base + n.parent",
        "entry_id": ":base + a.place",
        "path": "shown_path(f.path)",
        "raw_path": "f.path",
        "kind": _code("f.kind", codes.FOLDER_KINDS),
        "is_deleted": "f.deleted",
        "state": _code("f.state", codes.FOLDER_STATES),
        "entries": "n.entries",
        "entries_below": "n.below",
    },
    "temp.folder_numbers n JOIN folders f USING (folder_id)"
    " LEFT JOIN temp.entry_places a ON a.entry_id = f.entry_id ORDER BY n.place",
)
CONTENTS = _stream(
    "contents",
    {
        **_PACKAGE,
        "sha256": "c.sha256",
        "md5": "r.md5",
        "sha1": "r.sha1",
        "size_bytes": "r.bytes_read",
        "kind": _code("r.kind", codes.KINDS),
        "mime_id": _word("r.mime"),
        "occurrences": "c.occurrences",
    },
    "temp.contents c JOIN results r USING (entry_id) ORDER BY c.place",
)
MEDIA = _stream(
    "media",
    {
        "content_id": ":base + c.place",
        "outcome": _code("m.outcome", codes.OUTCOMES),
        "reason_id": _word("m.reason"),
        "decoder_id": _word("m.decoder"),
        "width_px": "m.width_px",
        "height_px": "m.height_px",
        "orientation": "m.orientation",
        "frames": "m.frames",
        "duration_ms": "m.duration_ms",
        "flaws": _text("coalesce(m.flaws, '')"),
        "make_id": _word("m.make"),
        "model_id": _word("m.model"),
        "serial": _text("coalesce(m.serial, '')"),
        "taken_at": _text("coalesce(m.taken_at, '')"),
        "taken_basis": _code("m.taken_basis", codes.TAKEN_BASES),
        "taken_offset_min": "m.taken_offset_min",
        "taken_source": _text("coalesce(m.taken_source, '')"),
        "latitude_e7": "m.latitude_e7",
        "longitude_e7": "m.longitude_e7",
        "altitude_mm": "m.altitude_mm",
        "position_source": _text("coalesce(m.position_source, '')"),
        "has_pictures_inside": "m.pictures_inside",
    },
    "media m JOIN temp.contents c USING (sha256) ORDER BY m.sha256",
)
TAGS = _stream(
    "tags",
    {
        "content_id": ":base + c.place",
        "number": "t.number",
        "name_id": _word("t.name"),
        "value": _text("t.value"),
    },
    "media_tags t JOIN temp.contents c USING (sha256) ORDER BY t.sha256, t.number",
)
HASHES = _stream(
    "hashes",
    {
        "content_id": ":base + c.place",
        "algorithm_id": _word("h.algorithm"),
        "variant": _code("h.variant", codes.VARIANTS),
        "frame": "h.frame",
        "frame_ms": "h.frame_ms",
        "value": "h.value",
        "quality": "h.quality",
        "dihedral": "h.dihedral",
    },
    "perceptual_hashes h JOIN temp.contents c USING (sha256)"
    " ORDER BY h.sha256, h.algorithm, h.variant, h.frame",
)
DERIVATIVES = _stream(
    "derivatives",
    {
        "content_id": ":base + c.place",
        "role": _code("d.role", codes.ROLES),
        "story": "d.story",
        "at_ms": "d.at_ms",
        "media_type_id": _word("d.media_type"),
        "width_px": "d.width_px",
        "height_px": "d.height_px",
        "size_bytes": "d.size_bytes",
        "plaintext_sha256": "d.plaintext_sha256",
        "offset_bytes": "d.offset_bytes",
        "stored_bytes": "d.stored_bytes",
    },
    "derivatives d JOIN temp.contents c USING (sha256) ORDER BY d.sha256, d.role, d.story",
)
ENTRIES = _stream(
    "entries",
    {
        **_PACKAGE,
        "content_id": ":base + c.place",
        "folder_id": ":base + CASE WHEN x.entry_id IS NULL THEN"
        f" {FOLDER_OF.replace('x.', 'e.')} ELSE {FOLDER_OF} END",
        "within_id": ":base + (SELECT a.place FROM temp.entry_places a"
        " WHERE e.within_id IS NOT NULL AND a.entry_id = e.parent_id)",
        "entry_type": _code("e.entry_type", codes.ENTRY_TYPES),
        "state": _code("e.state", codes.ENTRY_STATES),
        "is_overwritten": "e.overwritten",
        "outcome": _code("r.outcome", codes.OUTCOMES),
        "reason_id": _word("r.reason"),
        "kind": _code("r.kind", codes.KINDS),
        "extension_agrees": "r.extension_agrees",
        "size_bytes": "e.size_bytes",
        "created_ns": "e.created_ns",
        "modified_ns": "e.modified_ns",
        "accessed_ns": "e.accessed_ns",
        "changed_ns": "e.changed_ns",
        "deleted_ns": "e.deleted_ns",
        "members": "h.members",
        "record": _text("e.record"),
        "raw_name": "e.raw_name",
        "link_target": "e.link_target",
        "path": _text("e.path"),
        "locator": _text("e.locator"),
    },
    "entries e LEFT JOIN results r USING (entry_id) LEFT JOIN holders h USING (entry_id)"
    " LEFT JOIN temp.contents c ON c.sha256 = r.sha256"
    " LEFT JOIN entries x ON x.entry_id = e.within_id"
    " ORDER BY e.locator",
)
PROBLEMS = _stream(
    "problems",
    {
        **_PACKAGE,
        "entry_id": ":base + a.place",
        "locator": _text("p.locator"),
        "stage_id": _word("p.stage"),
        "code_id": _word("p.code"),
        "detail": _text("p.detail"),
        "attempts": "p.attempts",
    },
    "problems p LEFT JOIN temp.entry_places a USING (entry_id) ORDER BY p.problem_id",
)
BAD_RANGES = _stream(
    "bad_ranges",
    {
        **_PACKAGE,
        "offset_bytes": "offset_bytes",
        "length_bytes": "length_bytes",
        "code_id": _word("code"),
    },
    "bad_ranges ORDER BY offset_bytes, code",
)
UNOPENED = _stream(
    "unopened",
    {
        **_PACKAGE,
        "entry_id": ":base + a.place",
        "code_id": _word("u.code"),
        "detail": _text("u.detail"),
    },
    "unopened u JOIN temp.entry_places a USING (entry_id) ORDER BY u.unopened_id",
)
CARVING = _stream(
    "carving",
    {
        **_PACKAGE,
        "volume_id": ":base + (SELECT count(*) FROM volumes v WHERE v.volume_id <= c.volume_id)",
        "area": _code("c.area", codes.CARVING_AREAS),
        "state": _code("c.state", codes.CARVING_STATES),
        "reason": _text("coalesce(c.reason, '')"),
        "size_bytes": "c.size_bytes",
        "searched_bytes": "c.searched_bytes",
        "candidates": "c.candidates",
        "found_again": "c.found_again",
        "undecoded": "c.undecoded",
        "carved": "c.carved",
        "carved_bytes": "c.carved_bytes",
    },
    "carving c ORDER BY c.volume_id, c.area",
)
HASH_SETS = _stream(
    "hash_sets",
    {
        **_PACKAGE,
        "set_sha256": "set_sha256",
        "name": _text("name"),
        "status": _code("status", codes.SET_STATUSES),
        "scheme": _text("scheme"),
        "provider": _text("provider"),
        "jurisdiction": _text("jurisdiction"),
        "version": _text("version"),
        "format": _text("format"),
        "file_sha256": _text("file_sha256"),
        "records": "records",
        "keys": _text("keys"),
    },
    "hash_sets ORDER BY set_sha256",
)
MATCHES = _stream(
    "matches",
    {
        **_PACKAGE,
        # Of a set that is not there the number is NULL, which no table takes.
        "content_id": ":contents + c.place",
        "match_set_id": ":base + s.place",
        "record": "m.record",
        "algorithm": _code("m.algorithm", codes.MATCH_ALGORITHMS),
        "variant_id": _word("m.variant"),
        "asserted_id": _word("m.asserted"),
        "distance_bits": "m.distance_bits",
        "threshold_bits": "m.threshold_bits",
        "alerts": "m.alerts",
        "settles": "m.settles",
        "contradicted": "m.contradicted",
        "others": "m.others",
        "covered_here_percent": "m.covered_here_percent",
        "covered_known_percent": "m.covered_known_percent",
    },
    # CROSS keeps the order of the matches: no step sorts them.
    "matches m CROSS JOIN temp.contents c ON c.sha256 = m.sha256 LEFT JOIN"
    " (SELECT set_sha256, row_number() OVER (ORDER BY set_sha256) AS place FROM hash_sets) s"
    " ON s.set_sha256 = m.set_sha256 ORDER BY m.sha256, m.set_sha256, m.record, m.algorithm,"
    " m.variant",
)
MATCH_STREAMS = (HASH_SETS, MATCHES)
"""What a supplement holds as well."""
MATCH_WORDS_SQL = "SELECT variant FROM matches UNION SELECT asserted FROM matches"

STREAMS = (
    VOLUMES, FOLDERS, CONTENTS, MEDIA, TAGS, HASHES, DERIVATIVES, ENTRIES, PROBLEMS, BAD_RANGES,
    UNOPENED, CARVING, *MATCH_STREAMS,
)  # fmt: skip
"""All of a package's rows, in an order in which each stream refers only to earlier ones."""
