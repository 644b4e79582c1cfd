"""The parts of a set while its file is read: columns that only grow, and marks to go on from.

Imported by ``polit.match.importing`` alone. Each record adds one value to each column that the
set has begun; a column begins with the first record that needs it, and stands at zero for those
before, so that a plain list keeps nothing for what it does not say.
"""

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from polit.base import faults
from polit.base.errors import HashSetDamaged, HashSetUnreadable
from polit.match.reading import ReadBatch, SourceRecord
from polit.match.record_checks import (
    NO_MD5,
    NO_SHA1,
    NO_SHA256,
    all_sound,
    is_of_no_bytes,
    refusal_of,
    without_zeros,
)
from polit.match.set_document import ImportReport, Rejection
from polit.match.switches import sync_folder
from polit.model.matching import SetStatus

MARK = "progress.json"
MAX_RECORDS = (1 << 32) - 1
NEAR_RAW = {"pdq": "pdq.raw", "vpdq": "vpdq.raw"}
"""Fingerprints as they come, until the near index over them is written."""

_MAX_CATEGORIES = 1 << 16
_MAX_REASONS = 200
_MAX_UNKNOWN_KEYS = 10_000
_FIRST_REJECTED = 100
_OTHER_REASONS = "other reasons"
_LOOKED_INTO = 1_000
_LOOKED_INTO_EVERY = 97
_MAX_OVERLOOKED = 100
_LIKE_HASH = re.compile(
    r"\s*(?:0[xX])?(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})\s*"
    r"|\s*(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=)\s*"
)
"""MD5, SHA-1, SHA-256 or PDQ in hex or in base64."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far an import is: everything that it needs to go on after a kill.

    Args:
        stage: ``reading``, then ``sorting``; what is sorted already is in ``sorted_keys``.
        position: The reader's mark.
        records: How many records are kept.
        sizes_bytes: How long each file is, by name; what is beyond was not marked.
        categories: The categories met, by their codes.
        report: What was read so far.
        sorted_keys: How many keys each algorithm has, once sorted.
    """

    stage: str = "reading"
    position: str = ""
    records: int = 0
    sizes_bytes: dict[str, int] = field(default_factory=dict)
    categories: tuple[tuple[int | None, str], ...] = ((None, ""),)
    report: ImportReport = field(default_factory=ImportReport)
    sorted_keys: dict[str, int] = field(default_factory=dict)


def mark_read(work: Path) -> Mark:
    """Return how far the import in a folder is; at its beginning where it never came to a mark.

    Raises:
        HashSetDamaged: The mark is none that polit wrote.
    """
    try:
        return msgspec.json.decode((work / MARK).read_bytes(), type=Mark)
    except FileNotFoundError:
        return Mark()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HashSetDamaged(f"{work / MARK} is no mark of an import: remove {work}") from error


def mark_write(work: Path, mark: Mark) -> None:
    """Write how far the import is; a kill leaves the mark before or this one."""
    temporary = work / (MARK + ".new")
    with temporary.open("wb") as stream:
        faults.reach("hashsets.mark")
        stream.write(msgspec.json.encode(mark))
        stream.flush()
        faults.reach("hashsets.mark_sync")
        os.fsync(stream.fileno())
    faults.reach("hashsets.mark_rename")
    temporary.rename(work / MARK)
    sync_folder(work)


class Filling:
    """Takes batches of records into the columns of a set."""

    def __init__(self, work: Path, mark: Mark, status: SetStatus) -> None:
        """Go on from a mark: what was written beyond it is cut off."""
        self._work, self._mark, self._status = work, mark, status
        self._files: dict[str, BinaryIO] = {}
        self._records = mark.records
        self._codes = {category: code for code, category in enumerate(mark.categories)}
        self._reasons = Counter(mark.report.rejected)
        self._first_rejected = list(mark.report.first_rejected)
        self._unknown_keys = set(mark.report.unknown_keys)
        self._overlooked = set(mark.report.overlooked)
        self._header = dict(mark.report.header)
        self._read = mark.report.read
        for path in sorted(work.iterdir()):
            size_bytes = mark.sizes_bytes.get(path.name)
            if path.name == MARK:
                continue
            if size_bytes is None:
                path.unlink()
            else:
                os.truncate(path, size_bytes)
                self._files[path.name] = path.open("ab")
        self._position = mark.position

    @property
    def read(self) -> int:
        """How many records the file held so far."""
        return self._read

    @property
    def written_bytes(self) -> int:
        """How many bytes the columns hold."""
        return sum(stream.tell() for stream in self._files.values())

    def add(self, batch: ReadBatch) -> None:
        """Take a batch."""
        faults.reach("hashsets.batch")
        self._read += len(batch.records) + len(batch.rejected)
        for refused in batch.rejected:
            self._reject(refused.place, refused.reason)
        kept = self._acceptable(batch.records)
        if self._records + len(kept) > MAX_RECORDS:
            raise HashSetUnreadable(f"a set holds at most {MAX_RECORDS} records: split the file")
        if len(self._unknown_keys) < _MAX_UNKNOWN_KEYS:
            self._unknown_keys.update(batch.unknown_keys)
        self._header.update(batch.header)
        self._add_digests(kept)
        self._add_categories(kept)
        self._add_fields(kept)
        self._look_into(kept)
        self._add_fingerprints(kept)
        self._add_frames(kept)
        self._records += len(kept)
        self._position = batch.position

    def mark(self, stage: str = "reading") -> Mark:
        """Make everything durable that was taken, and mark it."""
        for name in sorted(self._files):
            self._files[name].flush()
            faults.reach("hashsets.column_sync")
            os.fsync(self._files[name].fileno())
        mark = replace(
            self._mark,
            stage=stage,
            position=self._position,
            records=self._records,
            sizes_bytes={name: self._files[name].tell() for name in sorted(self._files)},
            categories=tuple(self._codes),
            report=self._report(),
        )
        mark_write(self._work, mark)
        return mark

    def close(self) -> None:
        """Close the columns; what is not marked will be cut off."""
        for stream in self._files.values():
            stream.close()

    def _report(self) -> ImportReport:
        return ImportReport(
            read=self._read,
            kept=self._records,
            rejected=dict(sorted(self._reasons.items())),
            first_rejected=tuple(self._first_rejected),
            unknown_keys=tuple(sorted(self._unknown_keys)),
            header=tuple(self._header.items()),
            overlooked=tuple(sorted(self._overlooked)),
        )

    def _reject(self, place: str, reason: str) -> None:
        known = reason in self._reasons or len(self._reasons) < _MAX_REASONS
        self._reasons[reason if known else _OTHER_REASONS] += 1
        if len(self._first_rejected) < _FIRST_REJECTED:
            self._first_rejected.append(Rejection(place, reason))

    def _acceptable(self, records: list[SourceRecord]) -> list[SourceRecord]:
        refuses_empty = self._status is not SetStatus.KNOWN_GOOD
        if all_sound(records, refuses_empty=refuses_empty) and self._all_categories(records):
            return records
        kept: list[SourceRecord] = []
        for stated in records:
            record = without_zeros(stated)
            reason = refusal_of(record, was_zeros=record is not stated)
            if not reason:
                reason = self._category_refusal(record.number, record.category)
            if not reason and refuses_empty and is_of_no_bytes(record):
                reason = "the digest of no bytes, which is on every device"
            if reason:
                self._reject(f"record {self._records + len(kept)} of those kept", reason)
            else:
                kept.append(record)
        return kept

    def _all_categories(self, records: list[SourceRecord]) -> bool:
        """Take the categories of records in their order; tell whether none is refused."""
        met = dict.fromkeys([(record.number, record.category) for record in records])
        return not any(
            self._category_refusal(number, category)
            for number, category in met
            if (number, category) not in self._codes
        )

    def _category_refusal(self, number: int | None, text: str) -> str:
        if (number, text) in self._codes:
            return ""
        if len(self._codes) >= _MAX_CATEGORIES:
            return f"more than {_MAX_CATEGORIES} different categories"
        if number is not None and not -(2**63) <= number < 2**63:
            return "a category's number beyond 64 bits"
        if _sound(text) != text:
            return "a category that is no text"
        self._codes[(number, text)] = len(self._codes)
        return ""

    def _add_digests(self, kept: Sequence[SourceRecord]) -> None:
        columns = (
            ("md5", NO_MD5, [record.md5 for record in kept]),
            ("sha1", NO_SHA1, [record.sha1 for record in kept]),
            ("sha256", NO_SHA256, [record.sha256 for record in kept]),
        )
        for name, none, values in columns:
            column, begins = f"{name}.stated", any(values)
            if begins or column in self._files:
                joined = b"".join([value or none for value in values])
                self._column(column, len(none), joined, begins=begins)

    def _add_categories(self, kept: Sequence[SourceRecord]) -> None:
        if len(self._codes) == 1:
            return
        codes = np.array(
            [self._codes[(record.number, record.category)] for record in kept], dtype="<u2"
        )
        self._column("category.codes", 2, codes.tobytes(), begins=bool(codes.any()))

    def _add_fields(self, kept: Sequence[SourceRecord]) -> None:
        begins = any(record.fields for record in kept)
        if not begins and "fields.ends" not in self._files:
            return
        data = self._file("fields.data")
        end, ends = data.tell(), []
        for record in kept:
            if record.fields:
                end += data.write(_encoded(record.fields))
            ends.append(end)
        self._column("fields.ends", 8, np.array(ends, dtype="<u8").tobytes(), begins=begins)

    def _look_into(self, kept: Sequence[SourceRecord]) -> None:
        """Note the names of what looks like hashes and is compared by nobody.

        The first records are looked into and then one in a hundred, by their numbers: what a
        whole column holds is seen so, and an import that was killed notes the same.
        """
        first = max(_LOOKED_INTO - self._records, 0)
        next_at = first + -(self._records + first) % _LOOKED_INTO_EVERY
        chosen = [*kept[:first], *kept[next_at::_LOOKED_INTO_EVERY]]
        for record in chosen:
            for name, value in record.fields:
                if len(self._overlooked) < _MAX_OVERLOOKED and _LIKE_HASH.fullmatch(value):
                    self._overlooked.add(_sound(name))

    def _add_fingerprints(self, kept: Sequence[SourceRecord]) -> None:
        having = [(at, record) for at, record in enumerate(kept, self._records) if record.pdq]
        if having:
            self._write("pdq.raw", b"".join(record.pdq for _, record in having))
            self._write("pdq.qualities", bytes(record.quality for _, record in having))
            self._write("pdq.records", np.array([at for at, _ in having], dtype="<u4").tobytes())

    def _add_frames(self, kept: Sequence[SourceRecord]) -> None:
        frames = [
            (at, frame) for at, record in enumerate(kept, self._records) for frame in record.frames
        ]
        if frames:
            self._write("vpdq.raw", b"".join(frame.value for _, frame in frames))
            self._write("vpdq.qualities", bytes(frame.quality for _, frame in frames))
            self._write("vpdq.records", np.array([at for at, _ in frames], dtype="<u4").tobytes())
            at_ms = np.array([frame.at_ms for _, frame in frames], dtype="<u4")
            self._write("vpdq.at_ms", at_ms.tobytes())

    def _column(self, name: str, width: int, values: bytes, *, begins: bool) -> None:
        if name not in self._files:
            if not begins:
                return
            # A hole in the file: records before this one read as zeros, and cost no room.
            self._file(name).truncate(self._records * width)
            self._file(name).seek(0, os.SEEK_END)
        self._write(name, values)

    def _write(self, name: str, data: bytes) -> None:
        stream = self._file(name)
        faults.reach("hashsets.column")
        stream.write(data)

    def _file(self, name: str) -> BinaryIO:
        if name not in self._files:
            self._files[name] = (self._work / name).open("ab")
        return self._files[name]


def _encoded(fields: tuple[tuple[str, str], ...]) -> bytes:
    try:
        return msgspec.json.encode(fields)
    except UnicodeEncodeError:
        return msgspec.json.encode([(_sound(name), _sound(value)) for name, value in fields])


def _sound(text: str) -> str:
    """Return text that UTF-8 can hold: half of a surrogate pair stands as an escape."""
    return text.encode("utf-8", errors="backslashreplace").decode()
