"""Volumes that no driver opens are named, as their own tools make them."""

from pathlib import Path

import pytest
from evidence.tools import blank, run
from walked_evidence import RawImage, whole

from polit.evidence.opening import name_unopened, open_filesystem
from polit.evidence.signatures import HEAD_BYTES, name_of, signature_of

MADE = {
    "Btrfs": (["mkfs.btrfs", "-q"], 128 << 20),
    "Linux swap": (["mkswap"], 1 << 20),
    "Minix": (["mkfs.minix"], 1 << 20),
}
FROM_THE_FORMATS = {
    "ReFS": (3, b"ReFS\0\0\0\0"),
    "F2FS": (1024, bytes.fromhex("1020f5f2")),
    "JFS": (0x8000, b"JFS1"),
    "ReiserFS": (0x10034, b"ReIsEr2Fs"),
    "LVM physical volume": (512, b"LABELONE"),
    "Linux RAID": (4096, bytes.fromhex("fc4e2ba9")),
    "SquashFS": (0, b"hsqs"),
    "EROFS": (1024, bytes.fromhex("e2e1f5e0")),
    "ZFS": (0x21000, bytes.fromhex("0cb1ba0000000000")),
    "UFS2": (0x1055C, bytes.fromhex("19015419")),
    "VMFS": (0x100000, bytes.fromhex("0dd001c0")),
    "HFS": (1024, b"BD"),
}


@pytest.mark.parametrize("name", MADE)
def test_a_volume_is_named_as_its_own_tool_made_it(name: str, tmp_path: Path) -> None:
    command, size = MADE[name]
    image = blank(tmp_path / "volume.dd", size)
    run([*command, image])
    with RawImage(image) as source:
        assert open_filesystem(source, whole(source)) is None
        assert name_unopened(source, whole(source)) == name


@pytest.mark.parametrize("name", FROM_THE_FORMATS)
def test_a_volume_is_named_by_its_signature(name: str) -> None:
    place, magic = FROM_THE_FORMATS[name]
    head = bytes(place) + magic
    assert name_of(head.ljust(HEAD_BYTES, b"\0")) == name


def test_two_bytes_do_not_make_a_volume() -> None:
    head = (bytes(1040) + b"\x7f\x13").ljust(4096, b"\0")
    assert (signature_of(head), name_of(head)) == ("", "Minix")
    assert name_of(bytes(HEAD_BYTES)) == ""
