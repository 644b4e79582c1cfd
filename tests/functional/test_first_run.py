"""``./dev run`` on evidence of one's own, not served; ``test_served_run`` has the sample."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


def run_sample(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "USER": "newcomer",
        "POLIT_DEV": str(home.parent / "dev"),
    }
    command = [sys.executable, "-m", "tools.run_sample", *arguments, "--no-serve"]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_evidence_of_ones_own_is_examined(home: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "note.txt").write_text("benign")
    ended = run_sample(home, str(evidence))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 done" in ended.stdout
    assert "The record is served" not in ended.stdout
    assert list(home.iterdir()) == [], "something lands in the user's home"


def test_the_reason_of_a_refusal_is_on_the_screen(home: Path, tmp_path: Path) -> None:
    ended = run_sample(home, str(tmp_path / "none.E01"))
    assert ended.returncode == 6
    assert "there is no such file" in ended.stderr
