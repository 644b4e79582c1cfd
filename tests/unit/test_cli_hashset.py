"""``polit hashset`` as people and scripts call it: what it says, and its exit codes."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from polit import cli
from polit.cli.hashset_told import ImportLine
from polit.match.importing import ImportProgress
from polit.store.keys import create_keys


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Ran:
    """Runs verbs and keeps what they said."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._patch, self._capture = patch, capture
        self.said = self.told = ""

    def __call__(self, *words: str) -> int:
        self._patch.setattr(sys, "argv", ["polit", "hashset", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        self.said, self.told = self._capture.readouterr()
        return int(ended.value.code or 0)

    def json(self, *words: str) -> tuple[int, Any]:
        code = self(*words, "--json")
        values = json.loads(self.said)
        assert values["schema_version"] == 1
        return code, values


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ran:
    return Ran(monkeypatch, capsys)


def hash_list(path: Path, *contents: str, extra: str = "") -> str:
    digests = [hashlib.md5(each.encode()).hexdigest() for each in contents]
    path.write_text("".join(f"{each}\n" for each in digests) + extra)
    return str(path)


def test_a_set_from_its_import_to_its_removal(place: Path, run: Ran) -> None:
    path = hash_list(place / "known.txt", *"abc")
    assert run("import", path, "--status", "alert", "--provider", "Unit X") == 0
    assert "kept" in run.said
    assert run("import", path, "--status", "alert") == 0
    assert "nothing is changed" in run.said
    assert run("list") == 0
    assert "on " in run.said
    assert run("show", "known", "--record", "1") == 0
    assert hashlib.md5(b"b").hexdigest() in run.said
    assert "Unit X" in run.said
    assert run("verify") == 0
    assert run.said.startswith("holds")
    assert run("disable", "known", "--reason", "out of date") == 0
    assert run("list") == 0
    assert "OFF" in run.said
    assert run("enable", "known", "--reason", "mended") == 0
    assert run("remove", "known", "--reason", "ordered", "--by", "DC 4471") == 0
    assert run("list") == 0
    assert "no hash set" in run.said
    log = (place / "data" / "hashsets" / "log.jsonl").read_text()
    assert "DC 4471" in log


def test_objects_carry_the_whole_report(place: Path, run: Ran) -> None:
    path = hash_list(place / "known.txt", *"abca", extra="no hash\n")
    code, values = run.json("import", path, "--status", "known-good")
    assert code == 3
    (made,) = values["sets"]
    assert made["report"]["read"] == 5
    assert made["report"]["kept"] == 4
    assert sum(made["report"]["rejected"].values()) == 1
    assert made["report"]["duplicates"] == {"md5": 1}
    assert made["present"] is False
    assert made["file_name"] == "known.txt"
    code, values = run.json("import", path, "--status", "known-good")
    assert code == 0
    (made,) = values["sets"]
    assert made["present"] is True
    assert run("import", path, "--status", "alert", "--name", "other") == 3
    assert "no hash" not in run.said
    code, values = run.json("show", "known", "--record", "0")
    assert code == 0
    record = values["record"]
    assert isinstance(record, dict)
    assert record["asserted"] == "known-good"
    code, values = run.json("verify", "known")
    assert values["holds"] is True


def test_one_key_is_switched_off_in_whatever_set(place: Path, run: Ran) -> None:
    run("import", hash_list(place / "known.txt", *"ab"), "--status", "alert")
    key = f"md5:{hashlib.md5(b'b').hexdigest()}"
    code, values = run.json("disable", key, "--reason", "a wrong record")
    assert code == 0
    assert [each["records"] for each in values["stated_in"]] == [1]
    assert values["changed"]["key"] == key
    code, values = run.json("list")
    (off,) = values["disabled_keys"]
    assert off["reason"] == "a wrong record"
    assert run("list") == 0
    assert key in run.said
    code, values = run.json("show", "known", "--record", "1")
    assert values["record"]["is_off"] is True
    assert run("enable", key, "--reason", "it was right") == 0
    assert "1 records of known state it" in run.said
    assert run("disable", "sha1:" + "0" * 40, "--reason", "to come") == 0
    assert "No set" in run.said
    assert run("enable", "sha1:" + "0" * 40, "--reason", "not to come") == 0
    assert run("enable", key, "--reason", "again") == 2


def test_wrong_words_are_usage_errors(place: Path, run: Ran) -> None:
    path = hash_list(place / "known.txt", *"ab")
    assert run("import", path) == 2
    assert "--status" in run.told
    assert run("import", path, path, "--name", "x", "--status", "alert") == 2
    assert run("import", path, "--status", "alert", "--scheme", "none/1") == 2
    assert run("import", path, "--status", "alert", "--format", "none") == 2
    assert run("import", str(place / "missing"), "--status", "alert") == 6
    (place / "empty").write_bytes(b"")
    assert run("import", str(place / "empty"), "--status", "alert") == 6
    assert run("show", "unknown") == 2
    assert run("disable", "md5:12", "--reason", "why") == 2


def test_damage_is_an_integrity_error(place: Path, run: Ran) -> None:
    run("import", hash_list(place / "known.txt", *"ab"), "--status", "alert")
    (keys,) = (place / "data" / "hashsets").glob("*/md5.keys")
    keys.write_bytes(bytes(32))
    assert run("verify") == 4
    assert "FAILS" in run.said
    code, values = run.json("verify")
    assert code == 4
    assert values["holds"] is False


def test_an_update_from_signing_to_applying(place: Path, run: Ran) -> None:
    create_keys(place / "data")
    (place / "update").mkdir()
    hash_list(place / "update" / "first.txt", *"ab")
    assert run("sign", "update", "--provider", "Unit X", "--status", "alert") == 0
    code, values = run.json("sign", "update", "--provider", "Unit X", "--status", "alert")
    (place / "unit.pub").write_text(str(values["public_key"]))
    assert run("update", "update") == 4
    assert "not trusted" in run.told
    assert run("trust", "unit.pub", "--provider", "Unit X") == 0
    assert str(values["fingerprint"]) in run.said
    assert run.json("trust", "unit.pub", "--provider", "Unit X")[0] == 0
    assert run("update", "update") == 0
    assert "imported" in run.said
    assert run("update", "update") == 0
    assert "nothing is changed" in run.said
    (place / "update" / "first.txt").unlink()
    (place / "update" / "update.json").write_text('{"removes":[{"name":"first","reason":"old"}]}')
    assert run("sign", "update", "--provider", "Unit X") == 0
    assert run("update", "update") == 0
    assert "removed" in run.said
    code, values = run.json("update", "update")
    assert (code, values["removed"], values["imported"]) == (0, [], [])


def test_an_interrupted_import_says_that_it_goes_on(
    place: Path, run: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("polit.cli.hashset.import_set", interrupted)
        path = hash_list(place / "known.txt", *"ab")
        assert run("import", path, "--status", "alert") == 130
        assert "goes on" in run.told
    left = place / "data" / "hashsets" / "importing" / ("0" * 64)
    left.mkdir(parents=True)
    assert run("list") == 0
    assert "unfinished" in run.told
    assert run("discard", "0000") == 0
    assert "taken away" in run.said
    assert run.json("list")[1]["unfinished_imports"] == []
    left.mkdir()
    assert run.json("discard", "0" * 12)[1]["discarded"] == "0" * 64
    assert run("discard", "0000") == 2


def test_progress_has_counts_and_no_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 1.0, 12.0, 13.0])
    monkeypatch.setattr("polit.cli.hashset_told.monotonic_s", lambda: next(clock))
    with ImportLine(2_000_000) as line:
        line.watch(ImportProgress("reading", 0, 0))
        line.watch(ImportProgress("reading", 110_000, 1_760_000))
        line.watch(ImportProgress("reading", 120_000, 1_760_000))
    told = capsys.readouterr().err
    assert told == (
        "reading: 110,000 records, 10,000 a second, 1.76 MB kept of a file of 2 MB, 12 s\n"
    )


def test_progress_rewrites_its_line_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    clock = iter([0.0, 1.0])
    monkeypatch.setattr("polit.cli.hashset_told.monotonic_s", lambda: next(clock))
    with ImportLine(10) as line:
        line.watch(ImportProgress("reading", 1, 1))
    assert capsys.readouterr().err.count("\r\x1b[K") == 2
