"""Foreign databases of hashes: what is read, what is hostile, and that they are never changed."""

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hash_lists import made_rows, write_list

from polit.base.errors import HashSetUnreadable, SourceMissing
from polit.match.detecting import format_of
from polit.match.formats import _database, kdb, nsrl
from polit.match.reading import ReadBatch, ReadStart, Rejected

SHA256, SHA1, MD5 = (hashlib.new(kind, b"one") for kind in ("sha256", "sha1", "md5"))
ROW = (SHA256.hexdigest().upper(), SHA1.hexdigest().upper(), MD5.hexdigest().upper())
COLUMNS = (
    "sha256 VARCHAR, sha1 VARCHAR, md5 VARCHAR, crc32 VARCHAR, file_name VARCHAR, "
    "file_size INTEGER, package_id INTEGER"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "RDS.db"


def made(path: Path, *statements: str, rows: int = 1) -> Path:
    with sqlite3.connect(path) as connection:
        for statement in statements or (f"CREATE TABLE FILE ({COLUMNS})",):
            connection.execute(statement)
        if not statements:
            connection.executemany(
                "INSERT INTO FILE VALUES (?, ?, ?, '0', 'one.bin', 3, 1)", [ROW] * rows
            )
    connection.close()
    return path


def batches(path: Path, position: str = "") -> list[ReadBatch]:
    return list(nsrl.read(path, ReadStart(position)))


def test_digests_and_what_the_row_says(path: Path) -> None:
    ((record,),) = (batch.records for batch in batches(made(path)))
    assert (record.sha256, record.sha1, record.md5) == (
        SHA256.digest(), SHA1.digest(), MD5.digest(),
    )  # fmt: skip
    assert record.fields == (("file_name", "one.bin"), ("file_size", "3"), ("package_id", "1"))


def test_the_file_is_not_changed_and_nothing_appears_beside_it(path: Path) -> None:
    made(path)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    path.chmod(0o444)
    batches(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_rows_that_are_only_in_the_log_are_read(path: Path, tmp_path: Path, mode: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode={mode}")
    connection.execute(f"CREATE TABLE FILE ({COLUMNS})")
    connection.execute("BEGIN")
    for _ in range(100):
        connection.execute("INSERT INTO FILE VALUES (?, ?, ?, '0', 'x', 3, 1)", ROW)
    connection.execute("COMMIT")
    folder = tmp_path / "seized"
    folder.mkdir()
    for each in path.parent.glob("RDS.db*"):
        (folder / each.name).write_bytes(each.read_bytes())
    connection.close()
    listed = sorted(folder.iterdir())
    assert (folder / f"{path.name}-wal" in listed) == (mode == "wal")
    assert sum(len(batch.records) for batch in batches(folder / path.name)) == 100
    assert sorted(folder.iterdir()) == listed


def test_a_table_without_rowids_is_read_by_its_key_and_goes_on(path: Path) -> None:
    made(
        path,
        'CREATE TABLE FILE (sha256 TEXT, md5 TEXT, "odd ""name" INTEGER, '
        "PRIMARY KEY (md5, sha256)) WITHOUT ROWID",
    )
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO FILE VALUES (?, ?, 1)",
            ((row.sha256.hex(), row.md5.hex()) for row in made_rows(25_000)),
        )
    connection.close()
    found = batches(path)
    records = [record for batch in found for record in batch.records]
    assert [record.md5 for record in records] == sorted(row.md5 for row in made_rows(25_000))
    for at, batch in enumerate(found, 1):
        assert batches(path, batch.position) == found[at:]


def test_deleted_rows_leave_no_gap_in_the_count(path: Path) -> None:
    made(path, rows=12_000)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM FILE WHERE rowid % 3 = 0")
        connection.execute("UPDATE FILE SET rowid = -5 WHERE rowid = 1")
    connection.close()
    found = batches(path)
    assert sum(len(batch.records) for batch in found) == 8000
    assert found[-1].position == "11999:8000"


@pytest.mark.parametrize(
    "cell", ["'g'", "'00'", "x'00'", "5", "1.5", "'" + "0" * 62 + "é'", "'" + "0" * 31 + "\u0661'"]
)
def test_a_malformed_digest_costs_its_row(path: Path, cell: str) -> None:
    made(path, rows=3)
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE FILE SET md5 = {cell} WHERE rowid = 2")
    connection.close()
    (batch,) = batches(path)
    assert len(batch.records) == 2
    assert batch.rejected == [Rejected("row 2", "a digest is malformed, or there is none")]


def test_odd_cells_beside_the_digests_are_kept_as_they_are(path: Path) -> None:
    made(path, rows=3)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE FILE SET file_name = x'66ff', file_size = NULL WHERE rowid = 1")
        connection.execute("UPDATE FILE SET file_size = 1.5, md5 = '' WHERE rowid = 2")
    connection.close()
    (batch,) = batches(path)
    assert [record.fields[:2] for record in batch.records] == [
        (("file_name", "f\\xff"), ("package_id", "1")),
        (("file_name", "one.bin"), ("file_size", "1.5")),
        (("file_name", "one.bin"), ("file_size", "3")),
    ]
    assert batch.records[1].md5 == b""


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (("CREATE TABLE other (a)",), "no table FILE"),
        (("CREATE TABLE FILE (a, b)",), "column md5 or sha1 or sha256"),
        (("CREATE TABLE t (md5)", "CREATE VIEW FILE AS SELECT * FROM t"), "no table FILE"),
        (("CREATE VIRTUAL TABLE FILE USING fts5(md5)",), "no table FILE"),
        (("CREATE TABLE FILE (a TEXT, md5 AS (upper(a)))",), "column md5"),
        (("CREATE TABLE FILE (md5, rowid, _rowid_, oid)",), "no order"),
    ],
)
def test_what_is_no_plain_table_is_refused(
    path: Path, statements: tuple[str, ...], said: str
) -> None:
    made(path, *statements)
    with pytest.raises(HashSetUnreadable, match=said):
        batches(path)


def test_a_column_called_rowid_does_not_mislead(path: Path) -> None:
    made(path, "CREATE TABLE FILE (md5 TEXT, rowid TEXT)")
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO FILE VALUES (?, 'x')", ((row.md5.hex(),) for row in made_rows(5))
        )
    connection.close()
    (batch,) = batches(path)
    assert [record.md5 for record in batch.records] == [row.md5 for row in made_rows(5)]


def test_the_view_of_distinct_hashes_and_triggers_take_no_part(path: Path) -> None:
    made(path)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE VIEW DISTINCT_HASH AS WITH RECURSIVE n(x) AS "
            "(SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
        )
        connection.execute("CREATE TRIGGER t AFTER INSERT ON FILE BEGIN DELETE FROM FILE; END")
    connection.close()
    assert len(batches(path)[0].records) == 1


def test_a_statement_that_never_ends_is_stopped(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_database, "_STEP_OPERATIONS", 100)
    monkeypatch.setattr(_database, "_MAX_STEPS", 5)
    made(path, rows=5000)
    with pytest.raises(HashSetUnreadable, match="interrupted"):
        batches(path)


def test_a_cell_beyond_the_limit_ends_the_read(path: Path) -> None:
    made(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE FILE SET file_name = zeroblob(5000000)")
    connection.close()
    with pytest.raises(HashSetUnreadable, match="too big"):
        batches(path)


def overwritten(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.write_bytes(path.read_bytes()[:100]),
        lambda path: overwritten(path, 4096 * 3, b"\xff" * 4096),
        lambda path: overwritten(path, 16, b"\x00\x03"),
        lambda path: overwritten(path, 105, b"\x00" * 2000),
    ],
    ids=["half", "header alone", "a page", "page size", "schema"],
)
def test_a_damaged_database_is_refused(path: Path, damage: Callable[[Path], object]) -> None:
    made(path, rows=3000)
    damage(path)
    with pytest.raises(HashSetUnreadable):
        batches(path)


def test_rows_that_repeat_themselves_end_the_read(path: Path) -> None:
    made(path, rows=3000)
    data = bytearray(path.read_bytes())
    pages = {at: data[at : at + 4096] for at in range(4096, len(data), 4096)}
    leaves = [at for at, page in pages.items() if page[0] == 0x0D]
    data[leaves[5] : leaves[5] + 4096] = pages[leaves[4]]
    path.write_bytes(data)
    with pytest.raises(HashSetUnreadable, match="damaged"):
        batches(path)


def test_no_file_is_missing(path: Path) -> None:
    with pytest.raises(SourceMissing):
        list(kdb.read(path, ReadStart()))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HashSetUnreadable):
        list(kdb.read(tmp_path, ReadStart()))


def test_a_name_with_odd_characters_is_opened(tmp_path: Path) -> None:
    path = write_list(tmp_path / "a?b#c%20 é.kdb", "kdb", 3)
    assert format_of(path).NAME == "kdb"
    assert len(next(kdb.read(path, ReadStart())).records) == 3
