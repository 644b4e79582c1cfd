"""A handful of what ``./dev prove evidence`` and ``hostile`` judge in full."""

from pathlib import Path

import pytest
from evidence import hostile_images, proof_more, proof_rows
from evidence.hostile_run import run_hostile

FEW = (
    ("raw", "fat32"),
    ("VMDK stream", "ntfs"),
    ("QCOW2 with backing", "exfat_own"),
    ("LUKS 2", "ext4"),
)


@pytest.mark.parametrize(("container", "system"), FEW)
def test_row_of_the_table_holds(container: str, system: str, tmp_path: Path) -> None:
    judged = proof_rows.judge(container, system, tmp_path)
    assert judged.fault == ""
    assert judged.live[0] == judged.live[1] > 0
    assert judged.invented == 0


@pytest.mark.parametrize("row", ["UDF bridge in E01", "ext4 in LVM in LUKS 2"])
def test_further_row_of_the_table_holds(row: str, tmp_path: Path) -> None:
    judged = proof_more.rows()[row](tmp_path)
    assert judged.fault == ""
    assert judged.live[0] == judged.live[1] > 0


def test_row_with_other_bytes_does_not_hold(tmp_path: Path) -> None:
    changed = proof_rows.CONTAINERS["raw"]

    def spoilt(raw: Path, folder: Path) -> Path:
        image = changed(raw, folder)
        stored = bytearray(image.read_bytes())
        at = stored.rfind(b"\xff\xd8\xff\xe0")
        stored[at + 64] ^= 1
        image.write_bytes(stored)
        return image

    proof_rows.CONTAINERS["spoilt"] = spoilt
    try:
        assert proof_rows.judge("spoilt", "fat16", tmp_path).fault
    finally:
        del proof_rows.CONTAINERS["spoilt"]


def test_public_image_agrees_with_the_second_tool(corpora: Path, tmp_path: Path) -> None:
    name = "HFS+ in raw"
    judged = proof_rows.judge_corpus(name, corpora / proof_rows.CORPUS[name], tmp_path)
    assert judged.fault == ""


def test_image_that_names_a_file_of_the_host_is_refused(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    _, build = hostile_images.CASES["VMDK of a file of the host"]
    ran = run_hostile(build(given), tmp_path)
    assert (ran.code, ran.appeared) == (6, ())
    assert ran.words
