"""Stores of hash sets for tests: sets of made-up records, imported through a reader of the test."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from polit.match import importing
from polit.match.hashsets import HashSets, StoredSet
from polit.match.importing import ImportTerms, import_set
from polit.match.reading import ReadBatch, ReadStart, Rejected, SourceRecord
from polit.model.matching import SetStatus


@dataclass(frozen=True)
class MadeFormat:
    """A reader that gives what the test gives it, a few records at a time, from any position on."""

    records: list[SourceRecord]
    batch: int = 7
    rejected: tuple[Rejected, ...] = ()
    ORDER: int = 1
    NAME: str = "made"
    TITLE: str = "Made by a test"
    read_from: list[str] = field(default_factory=list)

    def detect(self, head: bytes, name: str) -> bool:
        return bool(head or name)

    def read(self, path: Path, start: ReadStart) -> Iterator[ReadBatch]:
        assert path.exists()
        self.read_from.append(start.position)
        for at in range(int(start.position or 0), max(len(self.records), 1), self.batch):
            yield ReadBatch(
                records=self.records[at : at + self.batch],
                rejected=list(self.rejected) if at == 0 else [],
                position=str(at + self.batch),
                unknown_keys=("Odd",) if at == 0 else (),
                header=(("version", "7"),) if at == 0 else (),
            )


class MadeStore:
    """A store in a folder, and imports of made records into it."""

    def __init__(self, place: Path, patch: pytest.MonkeyPatch) -> None:
        self.place, self.sets = place, HashSets(place / "hashsets")
        self._patch = patch
        patch.setattr(importing, "_MARK_ROWS", 1)

    def read_by(self, made: MadeFormat) -> None:
        """Let every file be read by this reader."""
        self._patch.setattr(importing, "format_of", lambda _path, _name: made)

    def add(
        self,
        records: list[SourceRecord],
        *,
        name: str = "made",
        status: SetStatus = SetStatus.KNOWN_GOOD,
        scheme: str = "",
        rejected: tuple[Rejected, ...] = (),
    ) -> StoredSet:
        """Import records as a set."""
        self.read_by(MadeFormat(records, rejected=rejected))
        path = self.place / f"{name}.list"
        path.write_bytes(name.encode())
        return import_set(self.sets, path, terms(name, status=status, scheme=scheme))


def terms(name: str, *, status: SetStatus = SetStatus.KNOWN_GOOD, scheme: str = "") -> ImportTerms:
    """Return terms of an import."""
    return ImportTerms(
        name, "auto", status, scheme, "Unit X", "testland", "1", imported_by="a tester"
    )


def digest(algorithm: str, number: int) -> bytes:
    """Return a digest of the benign content that a number is."""
    return hashlib.new(algorithm, b"benign %d" % number, usedforsecurity=False).digest()


def plain(numbers: "range | list[int]") -> list[SourceRecord]:
    """Return records that state an MD5 alone."""
    return [SourceRecord(md5=digest("md5", number)) for number in numbers]


def rich(count: int) -> list[SourceRecord]:
    """Return records with everything that a record can have, unevenly."""
    return [
        SourceRecord(
            md5=digest("md5", number),
            sha1=digest("sha1", number) if number % 3 else b"",
            sha256=digest("sha256", number) if number > count // 2 else b"",
            pdq=digest("sha256", number + 1000) if number % 4 == 2 else b"",
            quality=90,
            number=number % 3 if number % 5 else None,
            category="x" if number % 7 == 3 else "",
            fields=(("name", f"ünï {number}"), ("size", "1")) if number % 2 else (),
        )
        for number in range(count)
    ]
