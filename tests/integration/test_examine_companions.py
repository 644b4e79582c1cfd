"""A disk in several files is one exhibit: all of them are in the manifest, and all are watched."""

import shutil
from pathlib import Path

from evidence import catalogue, examined
from evidence.tools import run


def test_a_split_disk_is_examined_as_the_raw_one(tmp_path: Path) -> None:
    raw = catalogue.built("fat12")[0]
    folder = tmp_path / "machine"
    folder.mkdir()
    kind = ("-O", "vmdk", "-o", "subformat=twoGbMaxExtentFlat")
    run(["qemu-img", "convert", "-q", "-f", "raw", *kind, raw, folder / "disk.vmdk"])
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plain = examined.examine(raw, tmp_path / "a")
    split = examined.examine(folder / "disk.vmdk", tmp_path / "b")
    keep = ("path", "sha256", "state", "outcome")
    assert [[row.get(key) for key in keep] for row in split.rows] == [
        [row.get(key) for key in keep] for row in plain.rows
    ]
    assert len(split.rows) > 5
    manifest = (split.package / "manifest.json").read_text()
    assert "disk-f001.vmdk" in manifest
    shutil.move(folder / "disk-f001.vmdk", tmp_path)
    case = ("--case", "T-1", "--exhibit", "AB/1", "--examiner", "test")
    command = ("examine", str(folder / "disk.vmdk"), *case, "--out", str(tmp_path / "c"))
    refused = examined.polit(command, data=tmp_path / "data")
    assert refused.returncode == 6
    assert "disk-f001.vmdk is missing" in refused.stderr
