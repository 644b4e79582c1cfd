"""What every reader of a format of hash sets must keep; each brings made lists as examples."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest
from hash_lists import FRAMES, KINDS, MadeRow, made_rows, write_list
from hash_mutations import mutated

from polit.base.errors import HashSetUnreadable
from polit.match.detecting import format_of, formats_list
from polit.match.reading import MAX_BATCH, ReadBatch, ReadStart, Rejected, SourceRecord

ROWS = 300


@dataclass(frozen=True)
class Example:
    """A kind of list, the format that reads it, and the keys that its records have."""

    kind: str
    format: str
    keys: tuple[str, ...]
    has_category: bool = False


EXAMPLES = (
    Example("plain-md5", "plain", ("md5",)),
    Example("plain-sha1", "plain", ("sha1",)),
    Example("plain-sha256", "plain", ("sha256",)),
    Example("md5sum", "md5sum", ("md5",)),
    Example("sha256sum-bsd", "md5sum", ("sha256",)),
    Example("hashdeep", "hashdeep", ("md5", "sha256")),
    Example("csv", "csv", ("md5", "sha1", "sha256"), has_category=True),
    Example("icse", "icse", ("md5", "sha1")),
    Example("nsrl-csv", "nsrl", ("md5", "sha1")),
    Example("pdq", "pdq", ("pdq",)),
    Example("pdq-csv", "pdq", ("pdq",)),
    Example("vpdq", "vpdq", ()),
    Example("vics-hashset", "vics", ("md5", "sha1"), has_category=True),
    Example("vics-case", "vics", ("md5", "sha1", "sha256")),
    Example("nsrl-sqlite", "nsrl", ("md5", "sha1", "sha256")),
    Example("nsrl-sql", "nsrl", ("md5", "sha1", "sha256")),
    Example("kdb", "kdb", ("md5", "sha256")),
)


@pytest.fixture(params=EXAMPLES, ids=lambda example: example.kind)
def example(request: pytest.FixtureRequest) -> Example:
    assert isinstance(request.param, Example)
    return request.param


def batches(path: Path, position: str = "") -> list[ReadBatch]:
    return list(format_of(path).read(path, ReadStart(position)))


def joined(found: list[ReadBatch]) -> tuple[list[SourceRecord], list[Rejected]]:
    return (
        [record for batch in found for record in batch.records],
        [refused for batch in found for refused in batch.rejected],
    )


def keys_of(made: MadeRow, kinds: tuple[str, ...]) -> dict[str, bytes]:
    return {kind: getattr(made, kind) for kind in kinds}


def test_every_format_has_an_example_and_every_kind_is_one() -> None:
    assert {each.format for each in EXAMPLES} == {reader.NAME for reader in formats_list()}
    assert {each.kind for each in EXAMPLES} == set(KINDS)


def test_names_and_titles_are_stated_and_unique() -> None:
    names = [reader.NAME for reader in formats_list()]
    assert len(set(names)) == len(names)
    assert all(reader.TITLE for reader in formats_list())


class TestHashFormatContract:
    """Run against every format's examples."""

    def test_its_content_tells_the_format(self, example: Example, tmp_path: Path) -> None:
        path = write_list(tmp_path / "list", example.kind, ROWS)
        assert example.format == format_of(path).NAME

    def test_every_row_is_a_record_in_order(self, example: Example, tmp_path: Path) -> None:
        records, rejected = joined(batches(write_list(tmp_path / "list", example.kind, ROWS)))
        assert not rejected
        assert len(records) == ROWS
        for record, made in zip(records, made_rows(ROWS), strict=True):
            stated = {
                kind: getattr(record, kind)
                for kind in ("md5", "sha1", "sha256", "pdq")
                if getattr(record, kind)
            }
            assert stated == keys_of(made, example.keys)
            assert len(record.frames) == (0 if example.keys else FRAMES)
            assert record.number == (made.category if example.has_category else None)

    def test_a_read_goes_on_behind_any_batch(self, example: Example, tmp_path: Path) -> None:
        path = write_list(tmp_path / "list", example.kind, 20_000 if example.keys else 6000)
        found = batches(path)
        whole = joined(found)
        assert len(found) > 1
        assert max(len(batch.records) + len(batch.rejected) for batch in found) <= MAX_BATCH
        given = ([], [])  # type: tuple[list[SourceRecord], list[Rejected]]
        for batch in found:
            given[0].extend(batch.records)
            given[1].extend(batch.rejected)
            rest = joined(batches(path, batch.position))
            assert ([*given[0], *rest[0]], [*given[1], *rest[1]]) == whole

    def test_mutations_cost_records_or_the_file_and_nothing_else(
        self, example: Example, tmp_path: Path
    ) -> None:
        path = write_list(tmp_path / "list", example.kind, 40)
        reader = format_of(path, example.format)
        good = path.read_bytes()
        randomness = random.Random(example.kind)
        for _ in range(150):
            path.write_bytes(mutated(good, randomness))
            try:
                for batch in reader.read(path, ReadStart()):
                    assert isinstance(batch, ReadBatch)
            except HashSetUnreadable as error:
                assert str(error)  # noqa: PT017 - most mutations raise nothing

    def test_a_foreign_file_is_refused(self, example: Example, tmp_path: Path) -> None:
        path = write_list(tmp_path / "list", example.kind, 10)
        reader = format_of(path, example.format)
        for content in (b"hello\n" * 100, b"\x00\x01\x02" * 1000, b"{}", b"", b"\xff" * 50):
            path.write_bytes(content)
            with pytest.raises(HashSetUnreadable):
                list(reader.read(path, ReadStart()))

    def test_a_position_of_another_format_is_refused(
        self, example: Example, tmp_path: Path
    ) -> None:
        path = write_list(tmp_path / "list", example.kind, ROWS)
        with pytest.raises(HashSetUnreadable):
            batches(path, "elsewhere")
