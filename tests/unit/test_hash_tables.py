"""Tables of hashes: headers, separators, quoting, encodings, and rows that are refused."""

import csv
import hashlib
import io
import random
from pathlib import Path

import pytest
from hash_lists import write_list
from hypothesis import given, settings
from hypothesis import strategies as st

from polit.base.errors import HashSetUnreadable
from polit.match.formats import _lines, _rows, _table_rows, generic_csv, icse, nsrl, pdq
from polit.match.formats._lines import Mark
from polit.match.formats._source import open_source
from polit.match.reading import UNKNOWN_QUALITY, ReadBatch, ReadStart, SourceRecord

MD5 = hashlib.md5(b"one").hexdigest()
SHA1 = hashlib.sha1(b"one").hexdigest()
SHA256 = hashlib.sha256(b"one").hexdigest()
PDQ = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def batches(path: Path, text: str | bytes, position: str = "") -> list[ReadBatch]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(generic_csv.read(path, ReadStart(position)))


def records(path: Path, text: str | bytes) -> list[SourceRecord]:
    found = batches(path, text)
    assert not [refused for batch in found for refused in batch.rejected]
    return [record for batch in found for record in batch.records]


def refused(path: Path, text: str | bytes) -> list[tuple[str, str]]:
    return [
        (refused.place, refused.reason)
        for batch in batches(path, text)
        for refused in batch.rejected
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_header_tells_the_separator(path: Path, separator: str) -> None:
    rows = (("Name", "MD5", "SHA-1", "note"), ("a", MD5, SHA1, "b"))
    (record,) = records(path, "".join(separator.join(row) + "\n" for row in rows))
    assert (record.md5.hex(), record.sha1.hex()) == (MD5, SHA1)
    assert record.fields == (("Name", "a"), ("note", "b"))


@pytest.mark.parametrize(
    ("name", "cell", "key"),
    [
        ("MD5", MD5, "md5"), ("md5_hash", MD5.upper(), "md5"), ("SHA-1", SHA1, "sha1"),
        ("sha256", f" {SHA256} ", "sha256"), ("PDQ", PDQ, "pdq"), ("pdq hash", PDQ, "pdq"),
        ("hash", MD5, "md5"), ("Hash", SHA1, "sha1"), ("hash value", SHA256, "sha256"),
    ],
)  # fmt: skip
def test_the_names_that_columns_of_hashes_have(path: Path, name: str, cell: str, key: str) -> None:
    (record,) = records(path, f"{name},x\n{cell},y\n")
    assert getattr(record, key).hex() == cell.strip().lower()


def test_a_category_is_a_number_or_words(path: Path) -> None:
    cells = ("1", " 2 ", "-3", "", "A", "1.0", "9" * 30)
    found = records(path, "md5,Category\n" + "".join(f"{MD5},{cell}\n" for cell in cells))
    assert [(record.number, record.category) for record in found] == [
        (1, ""), (2, ""), (-3, ""), (None, ""), (None, "A"), (None, "1.0"), (None, "9" * 30),
    ]  # fmt: skip


def test_quotes_line_ends_and_separators_inside_a_cell(path: Path) -> None:
    text = f'md5,note\r\n{MD5},"a ""b"", c\r\nd"\r\n\r\n{MD5},e\r\n'
    assert [record.fields for record in records(path, text)] == [
        (("note", 'a "b", c\r\nd'),), (("note", "e"),),
    ]  # fmt: skip


def test_quotes_that_are_not_doubled_do_not_cost_the_row(path: Path) -> None:
    text = f'md5,note\n{MD5},5" disk\n{MD5},"a "b" c"\n'
    assert [record.fields for record in records(path, text)] == [
        (("note", '5" disk'),), (("note", 'a b" c"'),),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{MD5[:-1]},,x", "md5 is not 32 digits in hex"),
        (f"{MD5}0,,x", "md5 is not 32 digits in hex"),
        (f"g{MD5[1:]},,x", "md5 is not 32 digits in hex"),
        (f"{MD5[:16]} {MD5[16:]},,x", "md5 is not 32 digits in hex"),
        (f"{MD5},{MD5},x", "sha1 is not 40 digits in hex"),
        (",,x", "no hash"),
        (" ,\t,x", "no hash"),
        (f"{MD5},{SHA1}", "2 columns where the header has 3"),
        (f"{MD5},{SHA1},x,y", "4 columns where the header has 3"),
        (f"{MD5},{SHA1},a\0b", "neither UTF-8 nor Windows-1252, or with a NUL"),
        (f"{MD5},{SHA1},a\rb", "no row of separated text"),
    ],
)
def test_a_malformed_row_costs_itself_alone(path: Path, row: str, reason: str) -> None:
    good = f"{MD5},{SHA1},x\n"
    found = batches(path, f"md5,sha1,note\n{good}{row}\n{good}")
    assert sum(len(batch.records) for batch in found) == 2
    assert refused(path, f"md5,sha1,note\n{good}{row}\n{good}") == [("line 3", reason)]


def test_a_quote_that_is_never_closed_costs_one_row(path: Path) -> None:
    good = f"{MD5},x\n"
    text = f'md5,note\n{good}{MD5},"open\n' + good * 300
    assert refused(path, text) == [("line 3", "a quote is not closed within 100 lines")]
    assert sum(len(batch.records) for batch in batches(path, text)) == 301


def test_a_quote_that_is_open_at_the_end_costs_one_row(path: Path) -> None:
    text = f'md5,note\n{MD5},x\n{MD5},"open\n{MD5},y\n'
    assert refused(path, text) == [("line 3", "a quote is not closed within 100 lines")]
    assert sum(len(batch.records) for batch in batches(path, text)) == 2


def test_a_trailing_separator_is_no_column(path: Path) -> None:
    (record,) = records(path, f"md5,note,,\n{MD5},x,,\n")
    assert record.fields == (("note", "x"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_with_a_mark_and_windows_without(path: Path, encoding: str) -> None:
    (record,) = records(path, f"md5,note\r\n{MD5},Käthe €\r\n".encode(encoding))
    assert record.fields == (("note", "Käthe €"),)


def test_bytes_of_no_encoding_cost_their_row(path: Path) -> None:
    found = refused(path, f"md5,note\n{MD5},".encode() + b"\x81\n" + f"{MD5},x\n".encode())
    assert found == [("line 2", "neither UTF-8 nor Windows-1252, or with a NUL")]


def test_lines_before_the_header_are_passed_over(path: Path) -> None:
    assert len(records(path, f"sep=,\n\n# made\nmd5,note\n{MD5},x\n")) == 1


@pytest.mark.parametrize(
    "text",
    ["name,size\na,b\n", "md5,MD5\na,b\n", "\n" * 100 + "md5\n", "md5,md5_hash\n", "x" * 70_000],
)
def test_a_header_without_one_column_for_each_hash_is_refused(path: Path, text: str) -> None:
    with pytest.raises(HashSetUnreadable, match="line 1"):
        batches(path, text)


def test_an_icse_list_keeps_its_columns_and_leaves_photodna_out(path: Path) -> None:
    header = "MD5;SHA1;PhotoDNA;Is distributed;Victim identified;Series name\n"
    path.write_text(header + f"{MD5};{SHA1};{'A' * 192};1;0;made\n")
    assert icse.detect(path.read_bytes(), "x")
    assert not generic_csv.detect(path.read_bytes(), "x")
    ((record,),) = (batch.records for batch in icse.read(path, ReadStart()))
    assert record.fields == (
        ("Is distributed", "1"), ("Victim identified", "0"), ("Series name", "made"),
    )  # fmt: skip


def test_an_nsrl_name_with_quotes_inside_is_kept(path: Path) -> None:
    write_list(path, "nsrl-csv", 1)
    with path.open("a") as file:
        file.write(f'"{SHA1}","{MD5}","0","a "b", c.txt",3,1,"WIN",""\n')
        file.write(f'"{SHA1}","{MD5}","0","a ""b"".txt",3,1,"WIN",""\n')
    (batch,) = nsrl.read(path, ReadStart())
    assert [record.fields[0][1] for record in batch.records] == ["file0.bin", 'a "b".txt']
    assert [each.reason for each in batch.rejected] == ["9 columns where the header has 8"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"hash,quality,name\n{PDQ},100,bridge\n", [(100, (("name", "bridge"),))]),
        (f"{PDQ}\n{PDQ.upper()}\n", [(UNKNOWN_QUALITY, ()), (UNKNOWN_QUALITY, ())]),
        (f"{PDQ},50\n", [(50, ())]),
        (f"{PDQ},,a b\n", [(UNKNOWN_QUALITY, (("name", "a b"),))]),
        (f"# made\n{PDQ}\n", [(UNKNOWN_QUALITY, ())]),
    ],
)
def test_the_forms_of_pdq_lists(path: Path, text: str, expected: object) -> None:
    path.write_text(text)
    found = [record for batch in pdq.read(path, ReadStart()) for record in batch.records]
    assert {record.pdq.hex() for record in found} == {PDQ}
    assert [(record.quality, record.fields) for record in found] == expected


@pytest.mark.parametrize("quality", ["101", "-1", "x", "1e1", "50.0", "\u0665"])
def test_a_quality_that_is_none_costs_its_row(path: Path, quality: str) -> None:
    path.write_text(f"hash,quality\n{PDQ},{quality}\n{PDQ},7\n")
    (batch,) = pdq.read(path, ReadStart())
    assert len(batch.records) == len(batch.rejected) == 1


def test_rows_read_by_columns_and_one_by_one_are_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    randomness = random.Random(5)
    rows = [
        [
            hashlib.md5(b"%d" % number).hexdigest(), randomness.choice(["", SHA1]),
            randomness.choice(["1", "A", ""]), randomness.choice(["", "x"]),
        ]
        for number in range(500)
    ]  # fmt: skip
    for part in (
        rows,
        [[row[0], "", "", ""] for row in rows],
        [[*row[:1], *"1xy"] for row in rows],
    ):
        out = io.StringIO()
        csv.writer(out).writerows([["md5", "sha1", "category", "note"], *part])
        quick = batches(path, out.getvalue())
        with monkeypatch.context() as patched:
            patched.setattr(_table_rows.TableReader, "_even", lambda *_: None)
            assert batches(path, out.getvalue()) == quick


cells = st.text(st.sampled_from('a",;\n\r\té€ '), max_size=6)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(cells, min_size=2, max_size=3), max_size=8),
    st.sampled_from([8, 30, 1 << 19]),
    st.booleans(),
)
def test_rows_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], block: int, marked: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    path.write_bytes(out.getvalue().encode("utf-16" if marked else "utf-8"))
    if not rows:
        return
    with pytest.MonkeyPatch.context() as patched, open_source(path) as source:
        patched.setattr(_lines, "_BLOCK_BYTES", block)
        found = list(_rows.rows_of(source, Mark(), ","))
    assert [row for each in found for row in each.rows] == rows
    assert not any(each.rejected for each in found)


def told(found: list[ReadBatch]) -> list[object]:
    return [
        *[record for batch in found for record in batch.records],
        *[refused for batch in found for refused in batch.rejected],
    ]


def test_a_read_goes_on_behind_any_block(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lines, "_BLOCK_BYTES", 200)
    rows = "".join(
        f'{hashlib.md5(b"%d" % number).hexdigest()},"a\n{number}"\n{"x" * (number % 3)}\n'
        for number in range(60)
    )
    found = batches(path, "md5,note\n" + rows)
    assert len(found) > 10
    for at, batch in enumerate(found, 1):
        rest = list(generic_csv.read(path, ReadStart(batch.position)))
        assert told(rest) == told(found[at:])


def test_a_stray_quote_swallows_no_hash_of_the_rows_behind_it(path: Path) -> None:
    rows = [f"{at:032x},name {at}" for at in range(1, 9)]
    rows[1] = f'{2:032x},"never closed'
    rows[5] = f'{6:032x},a disk of 5",'
    (found,) = batches(path, "\n".join(["md5,note", *rows]) + "\n")
    assert [record.md5[-1] for record in found.records] == [1, 2, 3, 4, 5, 7, 8]
    assert [refused.place for refused in found.rejected] == ["line 7"]


@pytest.mark.parametrize("unstated", ["NULL", " n/a ", "-", "None", "NaN"])
def test_words_for_no_digest_cost_no_row(path: Path, unstated: str) -> None:
    (found,) = batches(path, f"md5,sha1,hash\n{'ab' * 16},{unstated},{unstated}\n")
    assert [(record.md5, record.sha1) for record in found.records] == [(b"\xab" * 16, b"")]
    assert not found.rejected
