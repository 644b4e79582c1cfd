"""The runner of proofs: resumable, and a failed proof is kept as failed."""

import json
from pathlib import Path

import pytest
from prove import runner
from prove.runner import Proof, is_proved, proofs_found, run_proof


def halved(count: int, scratch: Path) -> dict[str, object]:
    (scratch / "made").write_bytes(b"x")
    return {"half": count // 2}


def broken(count: int, scratch: Path) -> dict[str, object]:
    raise AssertionError(f"{count} lost in {scratch.name[:5]}")


HALVED = Proof("halved", 200, halved)
BROKEN = Proof("broken", 200, broken)


def kept(folder: Path, name: str) -> dict[str, object]:
    read: dict[str, object] = json.loads((folder / f"{name}.json").read_text())
    return read


def test_figures_are_kept_with_their_machine(tmp_path: Path) -> None:
    assert run_proof(HALVED, 10, tmp_path)
    record = kept(tmp_path, "halved")
    assert record["figures"] == {"half": 5}
    assert (record["count"], record["full_count"], record["passed"]) == (10, 200, True)
    machine = record["machine"]
    assert isinstance(machine, dict)
    assert machine["cores"] >= 1
    assert [path.name for path in tmp_path.iterdir()] == ["halved.json"]


def test_a_proof_that_passed_is_not_run_again(tmp_path: Path) -> None:
    assert not is_proved(HALVED, 10, tmp_path)
    run_proof(HALVED, 10, tmp_path)
    assert is_proved(HALVED, 10, tmp_path)
    assert not is_proved(HALVED, 11, tmp_path)


def test_a_proof_that_failed_is_kept_and_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not run_proof(BROKEN, 10, tmp_path)
    assert kept(tmp_path, "broken")["figures"] == {"error": "AssertionError: 10 lost in prove"}
    assert not is_proved(BROKEN, 10, tmp_path)
    assert "10 lost" in capsys.readouterr().err


def test_every_proof_of_the_folder_is_found_under_its_own_name() -> None:
    modules = list((Path(runner.__file__).parent).glob("prove_*.py"))
    found = proofs_found()
    assert len(found) == len(modules)
    assert all(proof.full_count >= 1 for proof in found.values())


def test_the_command_runs_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "RESULTS", tmp_path)
    monkeypatch.setattr(runner, "proofs_found", lambda: {"halved": HALVED, "broken": BROKEN})
    assert runner.main(["halved", "--count", "4"]) == 0
    assert runner.main(["--count", "4"]) == 1
    said = capsys.readouterr().out
    assert "halved: has its figures" in said
    assert "failed: broken" in said
    assert runner.main(["unknown"]) == 2
    assert runner.main(["--list"]) == 0
