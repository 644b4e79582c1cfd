"""Figures that lie in images of disks: each is refused by name, none raises anything else."""

import struct
import time
from pathlib import Path

import pytest

from polit.base.errors import SourceUnreadable
from polit.evidence.container import open_container
from polit.evidence.containers._l01_tree import Extents
from polit.evidence.containers.dmg import unpack_adc
from polit.evidence.segments import close_segments, open_segments


def refused(path: Path, match: str) -> None:
    segments = open_segments([path])
    with pytest.raises(SourceUnreadable, match=match):
        open_container(segments)
    close_segments(segments)


@pytest.mark.parametrize("bits", [0, 1, 200])
def test_a_qcow_of_impossible_clusters_is_refused(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "a.qcow2"
    head = struct.pack(">4sIQIIQIIQ", b"QFI\xfb", 2, 0, 0, bits, 1 << 20, 0, 1, 512)
    path.write_bytes(head.ljust(4096, b"\0"))
    refused(path, "sizes that a QCOW image cannot have")


@pytest.mark.parametrize(
    "text",
    [
        b"<plist><dict><key>resource-fork</key><date>never</date></dict></plist>",
        b'<?xml version="1.0" encoding="nobodys"?><plist><dict/></plist>',
    ],
)
def test_a_dmg_with_an_odd_list_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "a.dmg"
    trailer = bytearray(512)
    trailer[:8] = b"koly\0\0\0\x04"
    struct.pack_into(">QQ", trailer, 216, 0, len(text))
    path.write_bytes(text + trailer)
    refused(path, "no table of chunks")


def test_far_references_of_adc_cost_what_they_give() -> None:
    literals = b"".join(bytes([0xFF]) + bytes(range(128)) for _ in range(512))
    size = 65_536 + 4 * 100_000
    began = time.monotonic()
    made = unpack_adc(literals + b"\x40\xff\xff" * 100_000, size)
    assert time.monotonic() - began < 2
    assert made == bytes(range(128)) * (size // 128) + bytes(range(size % 128))


def test_an_extent_that_is_no_number_moves_no_other() -> None:
    extents = Extents("3 10 20 zz 30 40 50", -1, is_sparse=False, digests=())
    assert extents.ranges() == [(0x10, 0x20)]
