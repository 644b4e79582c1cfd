"""A disk in several files is one exhibit: all of them are in the manifest."""

from pathlib import Path

from evidence import catalogue, examined
from evidence.tools import run


def test_a_disk_in_two_files_is_one_exhibit(tmp_path: Path) -> None:
    raw, truth = catalogue.built("fat12")
    folder = tmp_path / "machine"
    folder.mkdir()
    kind = ("-O", "vmdk", "-o", "subformat=twoGbMaxExtentFlat")
    run(["qemu-img", "convert", "-q", "-f", "raw", *kind, raw, folder / "disk.vmdk"])
    done = examined.examine(folder / "disk.vmdk", tmp_path)
    planted = set(truth.live_files().values())
    assert len(planted) > 5
    assert planted <= {row["sha256"] for row in done.rows}
    manifest = (done.package / "manifest.json").read_text()
    assert "disk.vmdk" in manifest
    assert "disk-f001.vmdk" in manifest
