"""The verbs at their edges: paths that cannot be used, packages of others, files in the way."""

import errno
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import made_packages as made
import made_supplements as more
import pytest
import typer

from polit import cli
from polit.base.errors import AuthorityError, IntegrityError, UsageError
from polit.cli.output import check_new, write_new
from polit.cli.summary import summary_text
from polit.cli.thumbs import thumbs
from polit.model.outcome import NotExamined
from polit.package import seal
from polit.package.supplement import supplement_folder
from polit.store.keys import create_keys


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> made.MadePackage:
    """Return a sealed package of the installation that the verbs find."""
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "data"))
    return made.sealed(tmp_path)


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["polit", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_thumbs_draws_our_own_verified_package(sealed: made.MadePackage, tmp_path: Path) -> None:
    thumbs(sealed.folder, tmp_path / "sheet.png")
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")


def test_verify_tells_a_broken_supplement_from_a_broken_package(
    sealed: made.MadePackage,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    more.add(sealed, [more.alert()])
    with (supplement_folder(sealed.folder, 1) / "matches.sqlite").open("ab") as stream:
        stream.write(b"x")
    assert _run(monkeypatch, "verify", sealed.folder) == 4
    assert "The package holds, but its supplements DO NOT" in capsys.readouterr().out
    # With evidence that is not this package's the package itself is not to be relied on.
    (tmp_path / "other.dd").write_bytes(bytes(1 << 20))
    evidence = ("--evidence", tmp_path / "other.dd")
    assert _run(monkeypatch, "verify", sealed.folder, *evidence) == 4
    assert "The package DOES NOT HOLD" in capsys.readouterr().out


def test_thumbs_overwrites_nothing(sealed: made.MadePackage, tmp_path: Path) -> None:
    (tmp_path / "sheet.png").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        thumbs(sealed.folder, tmp_path / "sheet.png")
    assert (tmp_path / "sheet.png").read_text() == "mine"


def test_a_file_that_does_not_fit_is_not_left_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, _mode: str) -> NoReturn:
        os.close(descriptor)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(UsageError, match="No space left"):
        write_new(tmp_path / "sheet.png", b"x")
    assert not (tmp_path / "sheet.png").exists()


def test_a_place_that_is_no_folder_is_told_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        check_new(tmp_path / "none" / "sheet.png")


def test_what_has_no_known_size_is_told_without_one(sealed: made.MadePackage) -> None:
    gaps = (NotExamined("ends", "missing", 2, 0), NotExamined("space", "not carved", 1, 5))
    text = summary_text(sealed.folder, replace(sealed.manifest, not_examined=gaps), None)
    assert text.endswith("2  ends: missing\n          1  space, 5 B: not carved")


def test_a_summary_says_that_no_hash_set_was_asked(sealed: made.MadePackage) -> None:
    text = summary_text(sealed.folder, replace(sealed.manifest, hash_sets=()), None)
    assert "hash sets      none asked" in text.splitlines()


def test_thumbs_opens_no_altered_package(sealed: made.MadePackage, tmp_path: Path) -> None:
    (sealed.folder / "derivatives/tiles.pack").write_bytes(b"another")
    with pytest.raises(IntegrityError, match="does not hold"):
        thumbs(sealed.folder, tmp_path / "sheet.png")
    assert not (tmp_path / "sheet.png").exists()


def test_thumbs_opens_no_package_of_another_signer(
    sealed: made.MadePackage, tmp_path: Path
) -> None:
    other = create_keys(tmp_path / "other")
    seal.write_manifest(
        sealed.folder,
        seal.sign_manifest(replace(sealed.manifest, signature=None), other.signing),
    )
    with pytest.raises(AuthorityError, match="another installation"):
        thumbs(sealed.folder, tmp_path / "sheet.png")


@pytest.mark.parametrize("verb", ["show", "list", "verify"])
@pytest.mark.parametrize("name", ["x" * 300, "file/below"])
def test_a_path_that_cannot_be_used_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    verb: str,
    name: str,
) -> None:
    (tmp_path / "file").touch()
    assert _run(monkeypatch, verb, tmp_path / name) in {2, 6}
    told = capfd.readouterr().err
    assert told.startswith("polit: ")
    assert told.count("\n") == 1


def test_an_error_of_the_system_is_told_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "verify", tmp_path / ("x" * 300), "--json") == 2
    error = json.loads(capfd.readouterr().out)["error"]
    assert (error["name"], error["exit_code"]) == ("UsageError", 2)


def test_an_error_without_a_path_stays_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError(5, "inner fault")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(OSError, match="inner fault"):
        cli.main()


def test_a_verb_that_exits_keeps_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(monkeypatch, "--version") == typer.Exit().exit_code
