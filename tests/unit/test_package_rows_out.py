"""Rows out of a package: numbered, repeatable, with folders, holders and hostile names."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from made_packages import MadePackage, sealed
from wide_packages import Shape, wide_package

from polit.base.errors import PackageDamaged
from polit.package import row_streams
from polit.package.rows_out import RowsOut, open_copy


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> MadePackage:
    return wide_package(tmp_path_factory.mktemp("wide"), Shape(2_000, 2))


@pytest.fixture
def rows(wide: MadePackage) -> Iterator[RowsOut]:
    with open_copy(wide.folder / "findings.sqlite") as connection:
        out = RowsOut(connection, 7)
        out.give_words({word: number for number, word in enumerate(out.words(), 1)})
        yield out


def test_numbers_begin_with_the_package_and_have_no_gaps(rows: RowsOut) -> None:
    for stream in row_streams.STREAMS:
        numbers = [row[0] for row in rows.stream(stream, after=0)]
        assert numbers == list(range(rows.base + 1, rows.base + 1 + len(numbers))), stream.name


def test_stream_goes_on_where_it_was_broken_off(rows: RowsOut) -> None:
    whole = list(rows.stream(row_streams.ENTRIES, after=0))

    assert list(rows.stream(row_streams.ENTRIES, after=1_234)) == whole[1_234:]
    assert [len(row) for row in whole[:2]] == [len(row_streams.ENTRIES.columns)] * 2


def test_what_lies_inside_another_names_it_and_its_folder(rows: RowsOut) -> None:
    columns = row_streams.ENTRIES.columns
    found = [
        dict(zip(columns, row, strict=True)) for row in rows.stream(row_streams.ENTRIES, after=0)
    ]
    by_id = {row["id"]: row for row in found}
    inside = [row for row in found if row["within_id"] is not None]

    assert inside
    for row in inside:
        holder = by_id[row["within_id"]]
        assert str(row["locator"]).startswith(str(holder["locator"]))
        assert row["folder_id"] == holder["folder_id"]


def test_folders_count_what_is_in_and_below_them(rows: RowsOut) -> None:
    columns = row_streams.FOLDERS.columns
    found = [
        dict(zip(columns, row, strict=True)) for row in rows.stream(row_streams.FOLDERS, after=0)
    ]

    root = found[0]
    assert (root["parent_id"], root["entries"], root["entries_below"]) == (None, 2, 2_000)
    assert sum(int(str(row["entries"])) for row in found) == 2_000
    assert all(row["parent_id"] == root["id"] for row in found[1:])


def test_facets_add_up(rows: RowsOut, wide: MadePackage) -> None:
    counts = {(facet.name, facet.value): facet.count for facet in rows.facets()}

    assert counts["outcome", "done"] == wide.manifest.tally.done
    assert counts["outcome", "failed"] == wide.manifest.tally.failed
    assert sum(count for (name, _), count in counts.items() if name == "entry_type") == 2_000
    assert rows.count("entries") == 2_000


def test_nul_stands_visibly(tmp_path: Path) -> None:
    made = sealed(tmp_path)
    path = made.folder / "findings.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE entries SET path = 'a' || char(0) || 'b' WHERE entry_id = 1")
        database.commit()

    with open_copy(path) as connection:
        out = RowsOut(connection, 1)
        out.give_words({})
        paths = {row[-2] for row in out.stream(row_streams.ENTRIES, after=0)}

    assert "a\\u{0}b" in paths


def test_a_volume_that_names_itself_lies_in_none(tmp_path: Path) -> None:
    made = sealed(tmp_path)
    path = made.folder / "findings.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE volumes SET parent_id = volume_id, layer = 'luks'")
        database.commit()

    with open_copy(path) as connection:
        volumes = list(RowsOut(connection, 1).stream(row_streams.VOLUMES, after=0))

    place = ("id", *row_streams.VOLUMES.columns[1:]).index
    assert [(row[place("parent_id")], row[place("layer")]) for row in volumes] == [(None, "luks")]


def test_other_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "findings.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE entries (entry_id)")
        database.commit()

    with open_copy(path) as connection, pytest.raises(PackageDamaged, match="schema"):
        RowsOut(connection, 1)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "findings.sqlite"
    path.write_bytes(b"nothing" * 1000)

    with pytest.raises(PackageDamaged, match="cannot be read"), open_copy(path) as connection:
        RowsOut(connection, 1)
