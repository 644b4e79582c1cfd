"""End to end on the sample disk: the run that a new user sees first."""

import subprocess
import sys
from pathlib import Path

from evidence.compare import compare
from evidence.examined import examine
from evidence.truth import Truth

BUILDER = Path(__file__).resolve().parents[2] / "samples" / "build_sample.py"
BROKEN = ("far too large.png",)
FLAWED = ("truncated.jpg", "bad checksum.png")


def test_truth_of_sample_is_what_examination_lists(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(BUILDER), str(tmp_path)], check=True, capture_output=True)
    truth = Truth.load(tmp_path / "sample-truth.json")
    out = tmp_path / "out"
    out.mkdir()

    done = examine(tmp_path / "sample.dd", out)

    result = compare(truth, done.rows, labels=("CAMERA",))
    assert result.holds, result.report()
    assert done.code == 3
    seen = [row for row in done.rows if str(row["path"]).endswith(FLAWED)]
    assert len(seen) == len(FLAWED)
    assert all(row["outcome"] == "done" and row["width_px"] for row in seen)
    failed = [str(row["path"]) for row in done.rows if row["outcome"] == "failed"]
    assert [path.rpartition("/")[2] for path in failed] == ["far too large.png"]
    flaws = {str(row["path"]).rpartition("/")[2]: row["flaws"] for row in done.rows if row["flaws"]}
    assert FLAWED.items() <= flaws.items()
    (video,) = (row for row in done.rows if row["kind"] == "video")
    assert video["duration_ms"] == 6000
