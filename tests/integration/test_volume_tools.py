"""Tables that sfdisk and sgdisk wrote, against them and against the Sleuth Kit."""

import json
import subprocess
from pathlib import Path

import pytest
import pytsk3
from evidence.tools import run
from walked_evidence import RawImage

from polit.evidence.volume import find_volumes

SCRIPTS = {
    "primary": "label: dos\n,10M,83\n,20M,7\n,,c\n",
    "extended": "label: dos\n,10M,83\n,60M,5\n,10M,83\n,15M,7\n,12M,b\n",
    "gpt": "label: gpt\n,10M,L\n,20M,S\n,,U\n",
    "gpt with holes": "label: gpt\nstart=4096,size=8192\nstart=40960,size=4096\n",
}


@pytest.fixture(params=sorted(SCRIPTS))
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "disk.dd"
    with path.open("wb") as image:
        image.truncate(100 << 20)
    script = SCRIPTS[str(request.param)]
    run(["sfdisk", "-q", "--no-reread", "--no-tell-kernel", path], given=script.encode())
    return path


def found_in(path: Path) -> list[tuple[int, int]]:
    with RawImage(path) as source:
        found = find_volumes(source)
        assert not found.problems
        return [(v.offset_bytes, v.size_bytes) for v in found.volumes if v.allocated]


def test_volumes_are_those_of_sfdisk(disk: Path) -> None:
    table = json.loads(run(["sfdisk", "--json", disk]))["partitiontable"]
    containers = {"5", "f", "85"}
    stated = [
        (part["start"] * 512, part["size"] * 512)
        for part in table["partitions"]
        if part["type"] not in containers
    ]
    assert found_in(disk) == sorted(stated)


def test_volumes_are_those_of_the_sleuth_kit(disk: Path) -> None:
    listed = pytsk3.Volume_Info(pytsk3.Img_Info(str(disk)))
    stated = [(part.start * 512, part.len * 512) for part in listed if int(part.flags) == 1]
    assert found_in(disk) == sorted(stated)


def test_a_backup_that_sgdisk_wrote_replaces_the_primary(tmp_path: Path) -> None:
    path = tmp_path / "disk.dd"
    with path.open("wb") as image:
        image.truncate(64 << 20)
    subprocess.run(
        ["/sbin/sgdisk", "-n", "1:2048:4095", "-n", "2:8192:20000", path],
        check=True,
        capture_output=True,
    )
    before = found_in(path)
    with path.open("r+b") as image:
        image.seek(512)
        image.write(bytes(512 * 33))
    with RawImage(path) as source:
        after = find_volumes(source)
    assert [(v.offset_bytes, v.size_bytes) for v in after.volumes if v.allocated] == before
    assert [problem.code for problem in after.problems] == ["gpt_primary_missing"]
