"""Contents come out of a package with all that matching asks of them, each once, in order."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import hashed_packages as hashed
import made_packages as made
import pytest

from polit.base.errors import PackageDamaged
from polit.package.contents import read_contents
from polit.package.database import open_reader
from polit.package.layout import SCHEMA
from polit.store.keys import create_keys


@pytest.fixture
def rows() -> Iterator[sqlite3.Connection]:
    """Yield empty tables of a package."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        connection.execute("PRAGMA foreign_keys=OFF")
        yield connection


def _result(rows: sqlite3.Connection, number: int, data: bytes, mime: str = "image/jpeg") -> bytes:
    found = made.digests(data)
    rows.execute(
        "INSERT INTO results VALUES (?, 'done', NULL, ?, ?, ?, ?, ?, 'still', 'signature', 1)",
        (number, found.size_bytes, found.md5, found.sha1, found.sha256, mime),
    )
    return found.sha256


def _hash(rows: sqlite3.Connection, sha256: bytes, value: bytes = bytes(32)) -> None:
    rows.execute(
        "INSERT INTO perceptual_hashes VALUES (?, 'pdq', 'full', 0, NULL, ?, 90, NULL)",
        (sha256, value),
    )


def test_contents_come_as_they_were_put_in(tmp_path: Path) -> None:
    package = hashed.hashed_package(tmp_path, create_keys(tmp_path / "data"), contents=40, seed=5)
    with closing(open_reader(package.folder)) as findings:
        found = list(read_contents(findings))
    assert [one.digests.sha256 for one in found] == sorted(
        made.digests(data).sha256 for data in package.contents
    )
    by_sha256 = {made.digests(data).sha256: data for data in package.contents}
    for one in found:
        data = by_sha256[one.digests.sha256]
        assert one.digests == made.digests(data)
        assert set(one.hashes) == set(package.hashes[data])
        assert one.is_video == any(each.variant == "frame" for each in one.hashes)


def test_a_content_that_many_entries_hold_comes_once(rows: sqlite3.Connection) -> None:
    for number in range(3):
        _result(rows, number, b"same")
    (found,) = read_contents(rows)
    assert (found.digests, found.hashes, found.is_video) == (made.digests(b"same"), (), False)


def test_fingerprints_of_what_no_entry_holds_are_passed_over(rows: sqlite3.Connection) -> None:
    held = _result(rows, 1, b"held")
    for sha256 in (bytes(32), held, b"\xff" * 32):
        _hash(rows, sha256)
    (found,) = read_contents(rows)
    assert len(found.hashes) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE results SET sha256 = x'00'",
        "UPDATE results SET md5 = x'00'",
        "UPDATE perceptual_hashes SET value = x'00'",
        "UPDATE perceptual_hashes SET quality = 101",
        "UPDATE perceptual_hashes SET dihedral = zeroblob(32)",
    ],
)
def test_a_digest_or_fingerprint_that_is_none_is_refused(
    rows: sqlite3.Connection, sql: str
) -> None:
    _hash(rows, _result(rows, 1, b"held"))
    rows.execute("PRAGMA ignore_check_constraints=ON")
    rows.execute(sql)
    with pytest.raises(PackageDamaged):
        list(read_contents(rows))
