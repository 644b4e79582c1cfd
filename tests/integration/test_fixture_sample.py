"""The sample disk: what its builder says is on it, is on it."""

import subprocess
import sys
from pathlib import Path

import pytest
from evidence import second_tool
from evidence.truth import Truth

BUILDER = Path(__file__).resolve().parents[2] / "samples" / "build_sample.py"
MIB = 1 << 20


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """Build the sample as ``./dev run`` does."""
    out = tmp_path_factory.mktemp("sample")
    subprocess.run([sys.executable, str(BUILDER), str(out)], check=True, capture_output=True)
    return out / "sample.dd", Truth.load(out / "sample-truth.json")


@pytest.mark.parametrize(("number", "at_mib", "kind"), [(1, 1, "fat"), (2, 75, "ntfs")])
def test_fixture_sample_volume_is_what_a_second_tool_reads(
    number: int, at_mib: int, kind: str, sample: tuple[Path, Truth], tmp_path: Path
) -> None:
    image, truth = sample
    volume = tmp_path / "volume.dd"
    with image.open("rb") as opened:
        opened.seek(at_mib * MIB)
        volume.write_bytes(opened.read(72 * MIB if number == 1 else 64 * MIB))
    planted = Truth(tuple(item for item in truth.planted if item.volume == number))

    assert second_tool.live_files(volume, kind) == planted.live_files()


def test_fixture_sample_has_what_it_promises(sample: tuple[Path, Truth]) -> None:
    image, truth = sample
    assert 60 <= len(truth.planted) <= 200
    assert image.stat().st_blocks * 512 <= 200 * MIB
    assert any(item.overwritten for item in truth.deleted())
    assert any(item.entry_type == "folder" for item in truth.deleted())
    assert any(item.entry_type == "stream" for item in truth.live())
