"""An examination's rows against what was planted: found, missing, wrong, invented.

Rows are the objects of ``polit list PACKAGE --jsonl``. The rules:

- a live name, and a deleted one that is recoverable, must be there, with its digest;
- a deleted name whose clusters are allocated again must be there and say so;
- a deleted name that need not be found (it has a note) is named with its reason when absent;
- of a planted archive both members must be there, with their digests, each time it is listed whole;
- what was carved must be a planted content, or say that it is only a part of something;
- whatever else is listed must be metadata of its file system, or it is invented.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evidence import contents
from evidence.truth import CARVED, DELETED, FOLDER, LINK, LIVE, SPECIAL, Planted, Truth, sha256_hex

Row = Mapping[str, object]

_VOLUME = re.compile(r"volume:\d+@(\d+)(?:;|$)")
_FILE_SYSTEM = re.compile(r"(?:^|;)(ntfs|fat12|fat16|fat32|exfat|ext2|ext3|ext4|folder):")
_RECORD = re.compile(r"record:(\d+)")
_MKNTFS_SPARE_RECORDS = range(12, 24)
_NO_CONTENT = (FOLDER, LINK, SPECIAL)
_ORPHANS = "$OrphanFiles"
LABELS = ("PHOTOS",)
"""The label that the builders of file systems give."""

_MEMBERS = {
    sha256_hex(contents.archive(seed)): sorted(map(sha256_hex, contents.archived(seed).values()))
    for seed in contents.ARCHIVE_SEEDS
}
"""By the digest of an archive, those of what it holds."""
_OF_ARCHIVES = {digest for digests in _MEMBERS.values() for digest in digests}
_GONE = ("content_gone", "record_reallocated")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A planted name that is listed with something wrong about it."""

    planted: Planted
    why: str


@dataclass(slots=True)
class Comparison:
    """What a comparison found.

    Args:
        found: Planted names that are listed as they must be.
        elsewhere: Recoverable deleted files whose bytes are listed under another path.
        missing: Planted names that must be listed and are not.
        excused: Planted names that are not listed and need not be; each has its reason.
        wrong: Planted names that are listed wrongly.
        repeated: Rows that list a planted deleted name once more.
        inside: Rows of what a planted archive holds.
        carved: Rows of planted contents, or parts of them, that no name leads to.
        metadata: Rows of the file system's own files.
        invented: Rows that nothing accounts for.
    """

    found: list[Planted] = field(default_factory=list)
    elsewhere: list[tuple[Planted, str]] = field(default_factory=list)
    missing: list[Planted] = field(default_factory=list)
    excused: list[Planted] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    repeated: list[Row] = field(default_factory=list)
    inside: list[Row] = field(default_factory=list)
    carved: list[Row] = field(default_factory=list)
    metadata: list[Row] = field(default_factory=list)
    invented: list[Row] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing is missing, wrong or invented."""
        return not (self.missing or self.wrong or self.invented)

    def report(self) -> str:
        """Return one line a finding, the excused ones with their reasons."""
        lines = [f"found {len(self.found)}, metadata {len(self.metadata)}"]
        lines += [f"missing: {item.state} {item.path!r}" for item in self.missing]
        lines += [f"wrong: {item.planted.path!r}: {item.why}" for item in self.wrong]
        lines += [f"invented: {row.get('locator')!r}" for row in self.invented]
        lines += [f"not listed: {item.path!r}: {item.note}" for item in self.excused]
        lines += [f"listed elsewhere: {item.path!r} as {path!r}" for item, path in self.elsewhere]
        return "\n".join(lines)


def compare(
    truth: Truth,
    rows: Iterable[Row],
    *,
    labels: Sequence[str] = LABELS,
    opens_archives: bool = True,
) -> Comparison:
    """Compare an examination's rows with what was planted.

    Args:
        truth: What the builder planted.
        rows: The objects of ``list --jsonl``.
        labels: Names that FAT volumes carry as a label, which is an entry of their root.
        opens_archives: Whether what listed the rows looks into archives; a driver alone does not.
    """
    result = Comparison()
    listed = list(rows)
    result.inside = [row for row in listed if _is_member(row)]
    open_rows = _OpenRows(row for row in listed if not _is_member(row))
    waiting = []
    for item in truth.planted:
        row = _best(item, open_rows.at(_key(item)))
        if row is None:
            waiting.append(item)
        else:
            open_rows.take(row)
            _judge(item, row, result)
            if opens_archives:
                _judge_inside(item, row, result)
    for item in waiting:
        _look_elsewhere(item, open_rows, result)
    _sort_rest(truth, open_rows.rest(), result, tuple(labels))
    return result


_Key = tuple[int, str, str]


class _OpenRows:
    """Rows that no planted name has claimed yet."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = dict(enumerate(rows))
        self._by_key: defaultdict[_Key, list[int]] = defaultdict(list)
        self._by_sha256: defaultdict[str, list[int]] = defaultdict(list)
        for number, row in self._rows.items():
            self._by_key[_row_key(row)].append(number)
            self._by_sha256[str(row.get("sha256"))].append(number)

    def at(self, key: _Key) -> list[Row]:
        return [self._rows[number] for number in self._by_key[key] if number in self._rows]

    def with_sha256(self, sha256: str) -> list[Row]:
        numbers = self._by_sha256[sha256]
        return [self._rows[number] for number in numbers if number in self._rows]

    def take(self, taken: Row) -> None:
        for number in self._by_key[_row_key(taken)]:
            if self._rows.get(number) is taken:
                del self._rows[number]
                return

    def rest(self) -> list[Row]:
        return list(self._rows.values())


def _key(item: Planted) -> _Key:
    return item.volume_offset_bytes, item.path, item.state


def _row_key(row: Row) -> _Key:
    return _offset(row), str(row["path"]), str(row["state"])


def _offset(row: Row) -> int:
    found = _VOLUME.search(str(row["locator"]))
    return int(found[1]) if found else 0


def _best(item: Planted, candidates: list[Row]) -> Row | None:
    with_digest = [row for row in candidates if row.get("sha256") == item.sha256]
    return next(iter(with_digest or candidates), None)


def _judge(item: Planted, row: Row, result: Comparison) -> None:
    why = _fault(item, row)
    if why:
        result.wrong.append(Wrong(item, why))
    else:
        result.found.append(item)


def _is_member(row: Row) -> bool:
    return ";zip:" in str(row["locator"]) and row.get("sha256") in _OF_ARCHIVES


def _judge_inside(item: Planted, row: Row, result: Comparison) -> None:
    members = _MEMBERS.get(item.sha256 or "")
    if members is None or row.get("sha256") != item.sha256:
        return
    within = f"{row['locator']};zip:"
    inside = [one for one in result.inside if str(one["locator"]).startswith(within)]
    if sorted(str(one["sha256"]) for one in inside) != members:
        result.wrong.append(Wrong(item, f"{len(inside)} of its members are listed"))


def _fault(item: Planted, row: Row) -> str:
    if item.entry_type in _NO_CONTENT:
        return ""
    if item.state == DELETED and not item.recoverable:
        return _fault_of_lost(item, row)
    if row.get("sha256") != item.sha256:
        return f"sha256 is {row.get('sha256')}, planted {item.sha256} ({_outcome(row)})"
    if row.get("size_bytes") != item.size_bytes:
        return f"size is {row.get('size_bytes')}, planted {item.size_bytes}"
    return "is called overwritten, and is not" if row.get("overwritten") else ""


def _fault_of_lost(item: Planted, row: Row) -> str:
    says_gone = row.get("outcome") != "done" and row.get("reason") in _GONE
    if item.overwritten and not (row.get("overwritten") or says_gone):
        return f"its clusters are allocated again, and it does not say so ({_outcome(row)})"
    return ""


def _outcome(row: Row) -> str:
    return f"{row.get('outcome')}: {row.get('reason')}"


def _look_elsewhere(item: Planted, open_rows: _OpenRows, result: Comparison) -> None:
    if not item.must_be_found:
        result.excused.append(item)
        return
    for row in open_rows.with_sha256(item.sha256 or ""):
        if row.get("state") == item.state == DELETED and _offset(row) == item.volume_offset_bytes:
            open_rows.take(row)
            result.elsewhere.append((item, str(row["path"])))
            return
    result.missing.append(item)


def _sort_rest(truth: Truth, rows: list[Row], result: Comparison, labels: tuple[str, ...]) -> None:
    planted = {(item.volume_offset_bytes, item.path) for item in truth.planted}
    digests = {item.sha256 for item in truth.planted}
    for row in rows:
        offset, path, state = _row_key(row)
        known_bytes = row.get("sha256") in {*digests, None} or bool(row.get("overwritten"))
        if state == CARVED:
            is_planted = row.get("sha256") in digests or _is_part(row)
            (result.carved if is_planted else result.invented).append(row)
        elif _is_metadata(row, path, labels):
            result.metadata.append(row)
        elif state != LIVE and known_bytes and (offset, path) in planted:
            result.repeated.append(row)
        else:
            result.invented.append(row)


def _is_part(row: Row) -> bool:
    flaws = row.get("flaws")
    return isinstance(flaws, list) and bool({"truncated", "damaged"} & set(flaws))


def _is_metadata(row: Row, path: str, labels: tuple[str, ...]) -> bool:
    """Whether a row is a file of the file system itself, by the rules of each kind."""
    found = _FILE_SYSTEM.search(str(row["locator"]))
    kind = found[1] if found else ""
    own = path.startswith("$") and not path.startswith(_ORPHANS)
    if kind == "ntfs":
        return own or path.startswith(".:") or _is_spare_record(row)
    if kind in {"fat12", "fat16", "fat32", "exfat"}:
        label = row.get("state") == LIVE and "/" not in path and not row.get("size_bytes")
        return own or (label and path.startswith(labels))
    return False


def _is_spare_record(row: Row) -> bool:
    """Whether a row is one of the records that mkntfs leaves unused before the user's."""
    found = _RECORD.search(str(row["locator"]))
    return found is not None and int(found[1]) in _MKNTFS_SPARE_RECORDS
