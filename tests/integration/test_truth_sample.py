"""End to end on the sample disk: the run that a new user sees first."""

import subprocess
import sys
from pathlib import Path

from evidence.compare import Row, compare
from evidence.examined import examine
from evidence.truth import Truth

BUILDER = Path(__file__).resolve().parents[2] / "samples" / "build_sample.py"
FLAWED = {"truncated.jpg": ["truncated"], "bad checksum.png": ["damaged"]}


def test_truth_of_sample_is_what_examination_lists(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(BUILDER), str(tmp_path)], check=True, capture_output=True)
    truth = Truth.load(tmp_path / "sample-truth.json")
    out = tmp_path / "out"
    out.mkdir()

    done = examine(tmp_path / "sample.dd", out)

    result = compare(truth, done.rows, labels=("CAMERA",))
    assert result.holds, result.report()
    assert done.code == 3
    failed = [name_of(row) for row in done.rows if row["outcome"] == "failed"]
    assert failed == ["far too large.png"]
    seen = [row for row in done.rows if name_of(row) in FLAWED]
    assert {name_of(row): row["flaws"] for row in seen} == FLAWED
    assert all(row["outcome"] == "done" and row["width_px"] for row in seen)
    (video,) = (row for row in done.rows if row["kind"] == "video")
    assert video["duration_ms"] == 6000


def name_of(row: Row) -> str:
    return str(row["path"]).rpartition("/")[2]
