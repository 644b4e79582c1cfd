"""VICS hash sets and cases: odd values, foreign keys, damage, and where a read goes on."""

import hashlib
import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polit.base.errors import HashSetUnreadable
from polit.match.formats import _json_stream, vics
from polit.match.formats._json_stream import JsonPieces, Part, Piece
from polit.match.formats._source import Source, open_source
from polit.match.reading import (
    MAX_RECORD_BYTES,
    ReadBatch,
    ReadStart,
    Rejected,
    SourceRecord,
)

CONTEXT = (
    "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata#Media"
)  # fmt: skip
MD5 = hashlib.md5(b"one")
SMALL = 1 << 14
"""A limit that tests reach in no time."""
PDQ = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "set.json"


def batches(path: Path, data: bytes, position: str = "") -> list[ReadBatch]:
    path.write_bytes(data)
    return list(vics.read(path, ReadStart(position)))


def document(*media: object) -> bytes:
    return json.dumps({"@odata.context": CONTEXT, "value": list(media)}).encode()


def only(path: Path, **media: object) -> SourceRecord:
    (batch,) = batches(path, document({"MD5": MD5.hexdigest()} | media))
    assert not batch.rejected
    (record,) = batch.records
    return record


def refused(path: Path, raw: bytes) -> str:
    """Return why a record between two good ones is refused; both must be kept."""
    good = json.dumps({"MD5": MD5.hexdigest()}).encode()
    (batch,) = batches(path, b'{"value": [' + good + b"," + raw + b"," + good + b"]}")
    assert len(batch.records) == 2
    (rejected,) = batch.rejected
    assert rejected.place == "record 2"
    return rejected.reason


@pytest.mark.parametrize("stated", [MD5.hexdigest(), MD5.hexdigest().upper()])
def test_hex_is_read_in_either_case(path: Path, stated: str) -> None:
    assert only(path, MD5=stated).md5 == MD5.digest()


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (0, (0, "")),
        (2, (2, "")),
        ("2", (2, "")),
        (" 3 ", (3, "")),
        (-1, (-1, "")),
        (None, (None, "")),
        ("", (None, "")),
        ("A", (None, "A")),
        (2.5, (None, "2.5")),
        (True, (None, "True")),
    ],
)
def test_only_category_is_a_verdict(path: Path, category: object, expected: object) -> None:
    record = only(path, Category=category, IsPrecategorized="true", IsSuspected=True)
    assert (record.number, record.category) == expected


def test_without_a_category_nothing_is_said(path: Path) -> None:
    record = only(path, IsPrecategorized=True)
    assert (record.number, record.category) == (None, "")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (35002, "35002"),
        ("35002", "35002"),
        (9007199254740993, "9007199254740993"),
        (10**30, "1" + "0" * 30),
    ],
)
def test_a_size_is_never_a_float(path: Path, size: object, text: str) -> None:
    assert ("MediaSize", text) in only(path, MediaSize=size).fields


def test_a_size_of_thousands_of_digits_stays_text(path: Path) -> None:
    digits = "9" * 6000
    raw = f'{{"value": [{{"MD5": "{MD5.hexdigest()}", "MediaSize": {digits}}}]}}'
    (batch,) = batches(path, raw.encode())
    assert batch.records[0].fields == (("MediaSize", digits),)


@pytest.mark.parametrize(
    ("flag", "text"),
    [(True, "true"), ("TRUE", "true"), ("False", "false"), (1, "true"), ("0", "false"),
     ("perhaps", "perhaps")],
)  # fmt: skip
def test_odd_flags_get_one_spelling(path: Path, flag: object, text: str) -> None:
    assert only(path, IsDistributed=flag).fields == (("IsDistributed", text),)


def test_alternative_hashes_become_keys_and_nobody_parses_photodna(path: Path) -> None:
    sha256 = hashlib.sha256(b"one")
    record = only(
        path,
        PhotoDNA="A" * 192,
        Miniature="/9j/",
        AlternativeHashes=[
            {"MD5": "x", "HashName": "SHA-256", "HashValue": sha256.hexdigest().upper()},
            {"HashName": "pdq", "HashValue": PDQ},
            {"HashName": "PhotoDNA", "HashValue": "B" * 192},
            {"HashName": "Other", "HashValue": "value"},
            {"HashName": None, "HashValue": 5},
            "nonsense",
        ],
    )
    assert record.sha256 == sha256.digest()
    assert record.pdq == bytes.fromhex(PDQ)
    assert record.fields == (
        ("PhotoDNA", "stated"),
        ("Miniature", "stated"),
        ("AlternativeHashes PhotoDNA", "stated"),
        ("AlternativeHashes Other", "value"),
    )


def test_each_further_fingerprint_is_a_record_of_its_own(path: Path) -> None:
    other = "0f" * 32
    alternative = [{"HashName": "PDQ", "HashValue": value} for value in (PDQ, other, PDQ)]
    (batch,) = batches(
        path, document({"MD5": MD5.hexdigest(), "Category": 1, "AlternativeHashes": alternative})
    )
    assert [(record.md5 != b"", record.pdq.hex(), record.number) for record in batch.records] == [
        (True, PDQ, 1),
        (False, other, 1),
    ]


def test_the_md5_of_a_file_is_no_key_of_its_own(path: Path) -> None:
    files = [{"MD5": "0" * 32, "FileName": "a.jpg"}]
    record = only(path, MediaFiles=files)
    assert record.md5 == MD5.digest()
    assert record.fields == (("MediaFiles", json.dumps(files, separators=(",", ":"))),)


def test_unknown_keys_are_kept_and_told(path: Path) -> None:
    record_bytes = document({"MD5": MD5.hexdigest(), "Zebra": {"a": [1]}, "odata.id": "x"})
    (batch,) = batches(path, record_bytes)
    assert batch.unknown_keys == ("Zebra",)
    assert batch.records[0].fields == (("Zebra", '{"a":[1]}'),)


def test_a_series_may_be_an_object(path: Path) -> None:
    assert only(path, Series={"Name": "made"}).fields == (("Series", "made"),)
    assert only(path, Series="a,b").fields == (("Series", "a,b"),)


def test_several_media_may_share_one_file(path: Path) -> None:
    media = {"MD5": MD5.hexdigest(), "RelativeFilePath": "Media\\one.jpg"}
    (batch,) = batches(path, document(media | {"MediaID": 1}, media | {"MediaID": 2}))
    assert [record.md5 for record in batch.records] == [MD5.digest()] * 2


def test_half_a_surrogate_pair_is_written_out(path: Path) -> None:
    half = '"Comments": "\\ud800", "X\\udfff": ["\\ud800"]'
    (batch,) = batches(path, f'{{"value": [{{"MD5": "{MD5.hexdigest()}", {half}}}]}}'.encode())
    assert batch.records[0].fields == (("Comments", "\\ud800"), ("X\\udfff", '["\\ud800"]'))
    assert batch.unknown_keys == ("X\\udfff",)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{}", "no hash"),
        (b'{"MD5": ""}', "no hash"),
        (b'{"MD5": 5}', "MD5 is not 32 digits in hex"),
        (b'{"MD5": "123"}', "MD5 is not 32 digits in hex"),
        (b'{"MD5": {"a": 1}}', "MD5 is not 32 digits in hex"),
        (b'{"SHA1": "%s"}' % (b"0" * 39), "SHA1 is not 40 digits in hex"),
        (b'{"MD5": "%s", "MD5": "%s"}' % ((b"0" * 32,) * 2), "a key comes twice"),
        (b'{"MD5": "%s", "a": {"b": 1, "b": 1}}' % (b"0" * 32), "a key comes twice"),
        (b'{"MD5": "%s", "a": NaN}' % (b"0" * 32), "NaN is no number"),
        (b'{"MD5": "%s", "a": -Infinity}' % (b"0" * 32), "-Infinity is no number"),
        (b'{"MD5": "%s" "a": 1}' % (b"0" * 32), "no JSON"),
        (b'{"MD5": "%s", "a": "\x01"}' % (b"0" * 32), "no JSON"),
        (b'{"MD5": "%s", "a": "\xff"}' % (b"0" * 32), "no UTF-8"),
        (b'{"MD5": "%s", "a": "\\x"}' % (b"0" * 32), "no JSON"),
        (b'{"MD5": "%s", "Category": [1]}' % (b"0" * 32), "Category is neither a number nor words"),
    ],
)
def test_a_bad_record_costs_itself_alone(path: Path, raw: bytes, reason: str) -> None:
    assert refused(path, raw) == reason


def test_contradicting_hashes_are_refused(path: Path) -> None:
    one, two = hashlib.sha1(b"one").hexdigest(), hashlib.sha1(b"two").hexdigest()
    raw = {"MD5": MD5.hexdigest(), "SHA1": one,
           "AlternativeHashes": [{"HashName": "SHA1", "HashValue": two}]}  # fmt: skip
    assert "differ" in refused(path, json.dumps(raw).encode())
    raw["AlternativeHashes"] = [{"HashName": "SHA1", "HashValue": each} for each in (one, two)]
    assert "differ" in refused(path, json.dumps(raw).encode())


@pytest.mark.parametrize(
    "large",
    [
        b'["' + b'x","' * SMALL + b'"]',
        b"[" + b"{}," * SMALL + b"0]",
        b"[" * 60 + b"{}," * SMALL + b"0" + b"]" * 60,
        b'"' + b"x" * (3 * SMALL) + b'"',
        b'"' + b'\\"' * (2 * SMALL) + b'"',
        b"1" * (2 * SMALL),
    ],
    ids=["list", "objects", "deep", "string", "escapes", "digits"],
)
def test_a_record_beyond_the_limit_costs_itself_alone(
    path: Path, large: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_json_stream, "MAX_RECORD_BYTES", SMALL)
    monkeypatch.setattr(_json_stream, "_BLOCK_BYTES", SMALL // 5)
    raw = b'{"MD5": "' + b"0" * 32 + b'", "a": ' + large + b"}"
    assert refused(path, raw) == f"larger than {MAX_RECORD_BYTES} bytes"


def test_a_record_of_the_greatest_size_is_kept(path: Path) -> None:
    note = "x" * (MAX_RECORD_BYTES - 59)
    record = {"MD5": MD5.hexdigest(), "Comments": note}
    assert len(json.dumps(record)) == MAX_RECORD_BYTES
    (batch,) = batches(path, document(record))
    assert len(batch.records) == 1
    (batch,) = batches(path, document(record | {"Comments": note + "x"}))
    assert [each.reason for each in batch.rejected] == [f"larger than {MAX_RECORD_BYTES} bytes"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "ends before"),
        (b'{"value": [', "ends before"),
        (b'{"value": [{"MD5": "0', "ends before"),
        (b'{"value": 5}', "no array called value"),
        (b'{"value": {}}', "no array called value"),
        (b"{}", "no array called value"),
        (b"[]", "no object"),
        (b"5", "no object"),
        (b'5 {"value": []}', "no object"),
        (b'{"value": []} x', "something follows"),
        (b'{"value": []}{}', "something follows"),
        (b'{"value": [], "value": []}', "two arrays called value"),
        (b'{"value": [1]}', "something else than its end"),
        (b'{"value": [[]]}', "something else than a comma"),
        (b'{"value": [{} {}]}', "something else than a comma"),
        (b'{"value": [,{}]}', "something else than a comma"),
        (b'{"value": [{},]}', "something else than its end"),
        (b'{"value": [}', "closes what was not opened"),
        (b'{"value": [{]}', "closes what was not opened"),
        (b'{"a": 1, "a": 2, "value": []}', "a key comes twice"),
        (b'{"value": ' + b"[" * 100_000, "something else than a comma"),
        (b'{"value": [{"a":' + b"[" * 100_000, "more than 64 brackets"),
        (b'{"value": [{"a":' + b'{"a":' * 100_000, "more than 64 brackets"),
        (b'{"a": "' + b"x" * (2 * MAX_RECORD_BYTES), "larger than"),
        (
            b'{"a": [' + b'"x",' * MAX_RECORD_BYTES + b'"x"], "value": []}',
            "larger than|stand around",
        ),
    ],
)
def test_a_damaged_document_is_refused_with_its_place(path: Path, data: bytes, said: str) -> None:
    with pytest.raises(HashSetUnreadable, match=said) as raised:
        batches(path, data)
    assert "byte" in str(raised.value)


def test_what_came_before_the_damage_was_given(path: Path) -> None:
    good = json.dumps({"MD5": MD5.hexdigest()}).encode()
    path.write_bytes(b'{"value": [' + (good + b",") * 10_001 + b'{"MD5')
    reading = vics.read(path, ReadStart())
    assert len(next(reading).records) == 10_000
    with pytest.raises(HashSetUnreadable, match="behind record 10001"):
        next(reading)


def case(number: int, count: int, **more: object) -> dict[str, object]:
    media = [
        {"MD5": hashlib.md5(b"%d %d" % (number, each)).hexdigest(), "MediaFiles": [{"a": {}}]}
        for each in range(count)
    ]
    return {"CaseID": f"{{{number}}}", "CaseNumber": f"OP {number}", "Media": media} | more


def test_cases_give_their_media_in_order_and_say_who_they_are(path: Path) -> None:
    value = [case(1, 2, ContactOrganization="Here"), case(2, 0), case(3, 1)]
    data = json.dumps({"value": value, "odata.metadata": "x/DataModels/1.3.xml#Cases"}).encode()
    (batch,) = batches(path, data)
    assert [record.md5 for record in batch.records] == [
        hashlib.md5(text).digest() for text in (b"1 0", b"1 1", b"3 0")
    ]
    assert batch.header == (
        ("CaseID", "1"), ("CaseNumber", "OP 1"), ("ContactOrganization", "Here"),
        ("CaseID", "2"), ("CaseNumber", "OP 2"), ("CaseID", "3"), ("CaseNumber", "OP 3"),
        ("context", "x/DataModels/1.3.xml#Cases"), ("version", "1.3"), ("kind", "Cases"),
    )  # fmt: skip


def test_a_bad_case_costs_no_media(path: Path) -> None:
    media = json.dumps(case(1, 2)["Media"]).encode()
    (batch,) = batches(path, b'{"value": [{"a": 1, "a": 2, "Media": ' + media + b"}]}")
    assert len(batch.records) == 2
    assert {refused.reason for refused in batch.rejected} == {
        "the case that ends there: a key comes twice"
    }


def test_what_is_refused_around_media_is_told_once_wherever_a_read_begins(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vics, "_BATCH_RECORDS", 2)
    media = json.dumps(case(1, 3)["Media"]).encode()
    bad = b'{"a": 1, "a": 2, "Media": ' + media + b', "b": NaN, "c": 1}'
    found = batches(path, b'{"value": [' + bad + b"," + bad + b'], "late": 1}')
    assert [each.place for batch in found for each in batch.rejected] == [
        "record 0", "record 3", "record 3", "record 6",
    ]  # fmt: skip
    for at, batch in enumerate(found, 1):
        rest = list(vics.read(path, ReadStart(batch.position)))
        for part in ("records", "rejected"):
            expected = [each for more in found[at:] for each in getattr(more, part)]
            assert [each for more in rest for each in getattr(more, part)] == expected


def test_a_mark_of_the_byte_order_and_white_space_are_passed_over(path: Path) -> None:
    data = b" \r\n" + document({"MD5": MD5.hexdigest()}) + b"\r\n\0"
    for packed in (b"\xef\xbb\xbf" + data, data.decode().encode("utf-16")):
        (batch,) = batches(path, packed)
        assert len(batch.records) == 1


def pieces(path: Path, data: bytes) -> Iterator[tuple[Piece, Source]]:
    path.write_bytes(data)
    with open_source(path) as source:
        for piece in JsonPieces(source, None):
            yield piece, source


def test_a_read_goes_on_behind_every_record(path: Path) -> None:
    value = [case(1, 3), {"MD5": MD5.hexdigest()}, case(2, 0), case(3, 2, Late=[{}])]
    data = json.dumps({"a": [[{}]], "value": value, "late": {}}).encode()
    whole = [piece for piece, _ in pieces(path, data) if piece.part is Part.RECORD]
    assert len(whole) == 6
    for at, piece in enumerate(whole, 1):
        with open_source(path) as source:
            source.skip(piece.after.offset)
            rest = [each for each in JsonPieces(source, piece.after) if each.part is Part.RECORD]
        assert rest == whole[at:]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


NASTY = ["{[", "]}", '"', "\\", '\\"}', '"Media": [', "\u2028{", ""]


@pytest.mark.parametrize("block_bytes", [1, 2, 3, 5, 64])
def test_a_block_may_end_anywhere(
    path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    monkeypatch.setattr(_json_stream, "_BLOCK_BYTES", block_bytes)
    value = [{text: [other, {other: text}], "a": {}} for text in NASTY for other in NASTY]
    data = json.dumps({"x": NASTY, "value": [*value, {"Media": value}]}).encode()
    found = [json.loads(piece.text) for piece, _ in pieces(path, data) if piece.part is Part.RECORD]
    assert found == [*value, *value]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=6), json_values, max_size=5), max_size=6),
    st.booleans(),
)
def test_records_are_cut_out_as_a_parser_would(
    tmp_path_factory: pytest.TempPathFactory, value: list[dict[str, object]], indented: bool
) -> None:
    value = [each for each in value if not isinstance(each.get("Media"), list)]
    path = tmp_path_factory.getbasetemp() / "cut.json"
    data = json.dumps({"x": [[]], "value": value}, indent=1 if indented else None).encode()
    found = [json.loads(piece.text) for piece, _ in pieces(path, data) if piece.part is Part.RECORD]
    assert found == value


def test_memory_stays_the_same_whatever_the_size(path: Path) -> None:
    good = json.dumps({"MD5": MD5.hexdigest(), "Comments": "x" * 5000}).encode()
    with path.open("wb") as file:
        file.write(b'{"value": [' + good)
        for _ in range(8000):
            file.write(b"," + good)
        file.write(b"]}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(len(batch.records) for batch in vics.read(path, ReadStart())) == 8001
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 40_000


def test_rejections_fill_batches_too(path: Path) -> None:
    found = batches(path, b'{"value": [' + b",".join([b"{}"] * 25_000) + b"]}")
    assert [len(batch.rejected) for batch in found] == [10_000, 10_000, 5_000]
    assert found[-1].rejected[-1] == Rejected("record 25000", "no hash")
