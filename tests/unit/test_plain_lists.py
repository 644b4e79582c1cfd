"""Plain lists of hashes: what is a hash, what is refused, and where a read goes on."""

import gzip
import hashlib
from pathlib import Path

import pytest

from polit.base.errors import HashSetUnreadable, SourceMissing
from polit.match.formats import plain
from polit.match.reading import MAX_BATCH, MAX_LINE_BYTES, ReadBatch, ReadStart, Rejected

WORDS = (b"", b"one", b"two", b"three")


def batches(path: Path, data: bytes, position: str = "") -> list[ReadBatch]:
    path.write_bytes(data)
    return list(plain.read(path, ReadStart(position)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.txt"


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_is_a_hash_of_the_kind_its_length_tells(path: Path, kind: str, end: str) -> None:
    lines = [hashlib.new(kind, word).hexdigest() + end for word in WORDS]
    (batch,) = batches(path, "".join(lines).upper().encode())
    assert [getattr(record, kind) for record in batch.records] == [
        hashlib.new(kind, word).digest() for word in WORDS
    ]
    assert not batch.rejected


def test_kinds_mix_and_comments_and_blank_lines_pass(path: Path) -> None:
    md5 = hashlib.md5(b"one").hexdigest()
    sha1 = hashlib.sha1(b"one").hexdigest()
    (batch,) = batches(path, f"# made\n\n{md5}\n {sha1}\t\n".encode())
    assert [(record.md5, record.sha1) for record in batch.records] == [
        (hashlib.md5(b"one").digest(), b""),
        (b"", hashlib.sha1(b"one").digest()),
    ]


@pytest.mark.parametrize(
    "bad", ["g" * 32, "0" * 31, "0" * 33, "0" * 128, "00 " * 16, "0\x00" * 16, "\N{DIGIT ONE}x"]
)
def test_what_is_no_hash_is_refused_with_its_line(path: Path, bad: str) -> None:
    good = hashlib.md5(b"one").hexdigest()
    (batch,) = batches(path, f"{good}\n{bad}\n{good}\n".encode())
    assert len(batch.records) == 2
    assert batch.rejected == [Rejected("line 2", "no MD5, SHA-1 or SHA-256 in hex")]


def test_spaces_that_make_up_for_missing_digits_are_refused(path: Path) -> None:
    good = hashlib.md5(b"one").hexdigest()
    (batch,) = batches(path, f"{good}\n{good}\n{good[:30]}  \n{good[:15]} {good[:16]}\n".encode())
    assert [rejected.place for rejected in batch.rejected] == ["line 3", "line 4"]


def test_a_line_beyond_the_limit_costs_itself_alone(path: Path) -> None:
    good = hashlib.md5(b"one").hexdigest().encode()
    found = batches(path, good + b"\n" + b"0" * (3 * MAX_LINE_BYTES) + b"\n" + good)
    assert sum(len(batch.records) for batch in found) == 2
    assert [refused.place for batch in found for refused in batch.rejected] == ["line 2"]


def test_a_read_goes_on_at_every_border_of_batches(path: Path) -> None:
    lines = [hashlib.md5(b"%d" % number).hexdigest() for number in range(40_000)]
    lines[20_000] = "not one"
    found = batches(path, "\n".join(lines).encode())
    assert len(found) > 1
    for at, batch in enumerate(found):
        assert list(plain.read(path, ReadStart(batch.position))) == found[at + 1 :]


def test_many_short_lines_never_make_a_batch_beyond_the_limit(path: Path) -> None:
    good = hashlib.md5(b"one").hexdigest() + "\n"
    found = batches(path, (good * 1000 + "x\n" * 200_000).encode())
    assert max(len(batch.records) + len(batch.rejected) for batch in found) <= MAX_BATCH
    assert found[-1].rejected[-1].place == "line 201000"


def test_packed_and_marked_files_read_the_same(path: Path) -> None:
    text = "".join(hashlib.md5(word).hexdigest() + "\n" for word in WORDS)
    (expected,) = batches(path, text.encode())
    for data in (
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
        gzip.compress(text.encode("utf-16")),
    ):
        (found,) = batches(path, data)
        assert found == expected


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"hello\nworld\n", b"\x00" * 100, b"\x1f\x8b\x08garbage", b"\xff\xfe0\x000"],
)
def test_what_is_no_list_is_refused(path: Path, data: bytes) -> None:
    with pytest.raises(HashSetUnreadable):
        batches(path, data)


def test_a_packed_file_that_swells_is_refused(path: Path) -> None:
    good = (hashlib.md5(b"one").hexdigest() + "\n").encode()
    with pytest.raises(HashSetUnreadable, match="swells"):
        batches(path, gzip.compress(good * 2_000_000))


def test_a_truncated_packed_file_is_refused(path: Path) -> None:
    lines = [hashlib.md5(b"%d" % number).hexdigest() + "\n" for number in range(30_000)]
    packed = gzip.compress("".join(lines).encode())
    with pytest.raises(HashSetUnreadable, match="damaged"):
        batches(path, packed[: len(packed) // 2])


def test_no_file_is_missing(path: Path) -> None:
    with pytest.raises(SourceMissing):
        list(plain.read(path, ReadStart()))
