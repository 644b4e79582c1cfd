"""An encrypted volume through the whole examination, in the sandbox: locked, opened, resumed."""

import sqlite3
from pathlib import Path

import examinations as exam
import pytest
from evidence import catalogue
from evidence.luks import PASSWORD, make_luks2


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plain = catalogue.built("fat12")[0].read_bytes()
    whole = plain.ljust(-(-len(plain) // 4096) * 4096, b"\0")
    return make_luks2(tmp_path_factory.mktemp("encrypted") / "luks.img", whole).path


def rows(place: Path, sql: str) -> list[tuple[object, ...]]:
    path = exam.package_of(place) / "findings.sqlite"
    with sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True) as connection:
        return connection.execute(sql).fetchall()


def test_without_a_password_it_is_one_problem_and_counted(encrypted: Path, tmp_path: Path) -> None:
    ran = exam.examine(encrypted, tmp_path)
    assert ran.code == 3, ran.stderr
    assert ran.json()["not_examined"] == [
        {
            "what": "volume (no partition table)",
            "why": "encrypted (LUKS), and no given key opens it",
            "count": 1,
            "bytes": encrypted.stat().st_size,
        }
    ]
    problems = rows(tmp_path, "SELECT code, detail FROM problems")
    assert [code for code, _ in problems] == ["locked"]
    assert "--passwords" in str(problems[0][1])


def test_with_its_password_the_same_is_found_as_without_encryption(
    encrypted: Path, tmp_path: Path
) -> None:
    passwords = tmp_path / "list"
    passwords.write_text(f"wrong\n{PASSWORD}\n")
    ran = exam.examine(encrypted, tmp_path / "a", "--passwords", passwords)
    assert ran.code in {0, 3}, ran.stderr
    plain = exam.examine(catalogue.built("fat12")[0], tmp_path / "b")
    assert plain.code in {0, 3}, plain.stderr
    sql = (
        "SELECT path, state, hex(sha256) FROM entries JOIN results USING (entry_id)"
        " WHERE path NOT LIKE '$OrphanFiles%' ORDER BY 1, 2, 3"
    )
    assert rows(tmp_path / "a", sql) == rows(tmp_path / "b", sql) != []
    told = rows(tmp_path / "a", "SELECT locator, layer, opened_by FROM volumes")
    assert told == [("volume:0@0", "luks", "password 2"), ("volume:0@0;luks:1", None, None)]


def test_no_password_is_written_anywhere(encrypted: Path, tmp_path: Path) -> None:
    passwords = tmp_path / "list"
    passwords.write_text(f"{PASSWORD}\n")
    ran = exam.examine(encrypted, tmp_path, "--passwords", passwords, "--no-sets")
    assert PASSWORD not in ran.stderr + ran.stdout.decode()
    for path in (tmp_path / "out").rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes()
