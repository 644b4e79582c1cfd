"""Sums, hashdeep's output and vPDQ features: names, escapes, headers and borders of videos."""

import hashlib
from pathlib import Path

import pytest

from polit.base.errors import HashSetUnreadable, UsageError
from polit.match.detecting import format_of
from polit.match.formats import _lines, hashdeep, md5sum, vpdq
from polit.match.reading import ReadBatch, ReadStart

MD5 = hashlib.md5(b"one").hexdigest()
SHA1 = hashlib.sha1(b"one").hexdigest()
SHA256 = hashlib.sha256(b"one").hexdigest()
PDQ = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list"


def sums(path: Path, data: bytes) -> ReadBatch:
    path.write_bytes(data)
    (batch,) = md5sum.read(path, ReadStart())
    return batch


@pytest.mark.parametrize(
    ("line", "kind", "digest", "name"),
    [
        (b"%s  a b.txt" % MD5.encode(), "md5", MD5, "a b.txt"),
        (b"%s *a.bin" % MD5.upper().encode(), "md5", MD5, "a.bin"),
        (b"%s   lead" % SHA1.encode(), "sha1", SHA1, " lead"),
        (b"%s  -" % SHA256.encode(), "sha256", SHA256, "-"),
        (b"\\%s  a\\nb\\\\c\\r" % MD5.encode(), "md5", MD5, "a\nb\\c\r"),
        (b"%s  a\\nb" % MD5.encode(), "md5", MD5, "a\\nb"),
        (b"%s  \xff\xfe" % MD5.encode(), "md5", MD5, "\\xff\\xfe"),
        (b"%s  K\xc3\xa4the\r" % MD5.encode(), "md5", MD5, "Käthe"),
        (b"MD5 (a (b) = c) = %s" % MD5.encode(), "md5", MD5, "a (b) = c"),
        (b"SHA1 (x) = %s" % SHA1.encode(), "sha1", SHA1, "x"),
        (b"SHA2-256 (x)= %s" % SHA256.encode(), "sha256", SHA256, "x"),
        (b"\\SHA256 (a\\nb) = %s" % SHA256.encode(), "sha256", SHA256, "a\nb"),
    ],
)
def test_the_forms_of_sums(path: Path, line: bytes, kind: str, digest: str, name: str) -> None:
    batch = sums(path, b"# made\n\n" + line + b"\n")
    (record,) = batch.records
    assert getattr(record, kind).hex() == digest
    assert record.fields == (("name", name),)


@pytest.mark.parametrize(
    "line",
    [
        MD5, f"{MD5} x", f"{MD5}  ", f"{MD5[:-1]}  x", f"MD5 (x) = {SHA1}", f"SHA512 (x) = {MD5}",
        f"{MD5}  a\0b", "0" * 128 + "  x", f"\\\\{MD5}  x",
    ],
)  # fmt: skip
def test_what_is_no_sum_is_refused(path: Path, line: str) -> None:
    batch = sums(path, f"{MD5}  x\n{line}\n{MD5}  y\n".encode())
    assert len(batch.records) == 2
    assert [refused.place for refused in batch.rejected] == ["line 2"]


def deep(path: Path, text: str) -> list[ReadBatch]:
    path.write_text(text, newline="")
    return list(hashdeep.read(path, ReadStart()))


def test_hashdeep_names_its_columns_and_a_name_may_have_commas(path: Path) -> None:
    (batch,) = deep(
        path,
        "%%%% HASHDEEP-1.0\r\n%%%% size,sha256,md5,whirlpool,filename\r\n## Invoked\r\n##\r\n"
        f"3,{SHA256},{MD5},{'0' * 128},./a,b.bin\r\n",
    )
    (record,) = batch.records
    assert (record.md5.hex(), record.sha256.hex(), record.sha1) == (MD5, SHA256, b"")
    assert record.fields == (("size", "3"), ("name", "./a,b.bin"))
    assert batch.header == (
        ("version", "HASHDEEP-1.0"), ("columns", "size,sha256,md5,whirlpool,filename"),
    )  # fmt: skip


HEAD = "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n"


def test_malformed_lines_of_hashdeep_are_refused(path: Path) -> None:
    text = f"{HEAD}3,{MD5},a\n3,{MD5}\n3,{MD5[1:]},b\n3,{MD5},\0\n{HEAD}3,{MD5},c\n"
    (batch,) = deep(path, text)
    assert len(batch.records) == 2
    assert [refused.place for refused in batch.rejected] == ["line 4", "line 5", "line 6"]


@pytest.mark.parametrize(
    "text",
    [
        "%%%% HASHDEEP-1.0\n",
        "%%%% HASHDEEP-1.0\n%%%% size,whirlpool,filename\n",
        "%%%% HASHDEEP-1.0\n%%%% md5,md5,filename\n",
        f"{HEAD}3,{MD5},a\n%%%% size,sha256,filename\n",
        "x\n" + HEAD,
    ],
)
def test_a_header_that_does_not_hold_is_refused(path: Path, text: str) -> None:
    with pytest.raises(HashSetUnreadable):
        deep(path, text)


def feature(frame: int, quality: int = 100, at: str = "") -> str:
    return f"{frame},{quality},{PDQ},{at or f'{frame}.000'}\n"


def videos(path: Path, text: str, position: str = "") -> list[ReadBatch]:
    path.write_text(text)
    return list(vpdq.read(path, ReadStart(position)))


def test_frame_numbers_that_fall_begin_the_next_video(path: Path) -> None:
    text = feature(0) + feature(30) + feature(0) + feature(0) + feature(7)
    (batch,) = videos(path, text)
    assert [[frame.at_ms for frame in record.frames] for record in batch.records] == [
        [0, 30_000], [0], [0, 7000],
    ]  # fmt: skip


def test_a_line_of_words_names_the_video_behind_it(path: Path) -> None:
    text = f"# first.mp4\n{feature(0)}{feature(1)}\nsecond\n{feature(2)}{feature(0)}"
    (batch,) = videos(path, text)
    assert [(record.fields, len(record.frames)) for record in batch.records] == [
        ((("name", "first.mp4"),), 2), ((("name", "second"),), 1), ((), 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "at_ms"), [("1", 1000), ("1.5", 1500), ("0.0333333", 33), ("2.999999", 2999)]
)
def test_times_are_cut_to_milliseconds_without_a_float(path: Path, stated: str, at_ms: int) -> None:
    (batch,) = videos(path, feature(0, at=stated))
    assert batch.records[0].frames[0].at_ms == at_ms


def test_a_header_is_passed_over_and_bad_lines_are_refused(path: Path) -> None:
    text = (
        f"frame_number,quality,hash,timestamp\n{feature(0)}{feature(1, 101)}1,50,abc,1\n"
        f"-1,50,{PDQ},1\n{feature(2)}"
    )
    (batch,) = videos(path, text)
    assert [len(record.frames) for record in batch.records] == [2]
    assert [refused.place for refused in batch.rejected] == ["line 3", "line 4", "line 5"]


def test_a_video_of_too_many_frames_costs_itself_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vpdq, "MAX_FRAMES", 3)
    text = "".join(map(feature, range(5))) + feature(0)
    (batch,) = videos(path, text)
    assert [len(record.frames) for record in batch.records] == [1]
    assert [refused.place for refused in batch.rejected] == ["line 1"]


def test_garbage_without_end_stops_the_read(path: Path) -> None:
    with pytest.raises(HashSetUnreadable, match="malformed lines"):
        videos(path, feature(0) * 1000 + feature(1) + "x,y\n" * 20_000)


def test_a_read_of_videos_goes_on_where_one_begins(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vpdq, "_BATCH_FRAMES", 4)
    monkeypatch.setattr(_lines, "_BLOCK_BYTES", 100)
    text = "".join(
        "x,y\n" * (video % 3 == 0) + f"# {video}\n" * (video % 2) + "w,\n" * (video % 7 == 0)
        + "".join(map(feature, range(video % 5 + 1))) + "z,\n" * (video % 4 == 0)
        for video in range(40)
    )  # fmt: skip
    found = videos(path, text)
    records = [record for batch in found for record in batch.records]
    rejected = [refused for batch in found for refused in batch.rejected]
    assert len(records) == 40
    assert [record.fields for record in records] == [
        (("name", f"{video}"),) if video % 2 else () for video in range(40)
    ]
    given = [0, 0]
    for batch in found:
        given = [given[0] + len(batch.records), given[1] + len(batch.rejected)]
        rest = list(vpdq.read(path, ReadStart(batch.position)))
        assert [each for more in rest for each in more.records] == records[given[0] :]
        assert [each for more in rest for each in more.rejected] == rejected[given[1] :]


def told(path: Path, text: str) -> str:
    path.write_text(text)
    return format_of(path).NAME


def test_few_lines_of_sixty_four_digits_ask_for_a_word(path: Path) -> None:
    with pytest.raises(HashSetUnreadable, match="--format pdq or --format plain"):
        told(path, f"{PDQ}\n")
    assert told(path.with_name("list-pdq.txt"), f"{PDQ}\n") == "pdq"
    assert told(path.with_name("sha256.txt"), f"{PDQ}\n") == "plain"
    assert format_of(path, "pdq").NAME == "pdq"


def test_many_lines_of_sixty_four_digits_tell_by_their_bits(path: Path) -> None:
    digests = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(40)]
    assert told(path, "\n".join(digests)) == "plain"
    halves = [digest[:32] + f"{int(digest[:32], 16) ^ (1 << 128) - 1:032x}" for digest in digests]
    assert told(path, "\n".join(halves)) == "pdq"
    with pytest.raises(HashSetUnreadable, match="state"):
        told(path, "\n".join(halves[:30] + digests[30:]))


def test_a_list_under_a_title_is_a_table(path: Path) -> None:
    digests = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(40)]
    halves = [digest[:32] + f"{int(digest[:32], 16) ^ (1 << 128) - 1:032x}" for digest in digests]
    assert told(path, f"md5\n{MD5}\n{MD5}\n") == "csv"
    assert told(path, f"hash\n{SHA1}\n") == "csv"
    assert told(path, "hash,note\n" + ",x\n".join(digests)) == "csv"
    assert told(path, "hash;note\n" + ";x\n".join(halves)) == "pdq"
    assert told(path, f"sha256\n{PDQ}\n") == "csv"
    with pytest.raises(HashSetUnreadable, match="--format csv or --format pdq"):
        told(path, f"hash\n{PDQ}\n")


@pytest.mark.parametrize("text", ["hello world\n", "a,b,c\n1,2,3\n", "\0" * 50, "%PDF-1.4\n"])
def test_what_no_format_knows_is_said_to_be_so(path: Path, text: str) -> None:
    with pytest.raises(HashSetUnreadable, match="no format of hash sets"):
        told(path, text)


def test_a_format_that_is_not_there_names_those_that_are(path: Path) -> None:
    with pytest.raises(UsageError, match="vics"):
        format_of(path, "xml")
