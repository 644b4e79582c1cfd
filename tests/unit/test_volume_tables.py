"""Partition tables: what tools write is read, what is wrong is named, hostile ones end."""

import struct
import subprocess
import time
import zlib
from dataclasses import dataclass, field

import pytest

from polit.evidence.source import BadRange, SourceProblem
from polit.evidence.volume import FoundVolumes, find_volumes

SECTOR = 512
MIB = 1 << 20


@dataclass
class Memory:
    """A source in memory: sparse, so that a large disk costs nothing."""

    size_bytes: int
    parts: dict[int, bytes] = field(default_factory=dict)
    reads: int = 0

    def put(self, sector: int, data: bytes) -> None:
        for at in range(0, len(data), SECTOR):
            self.parts[sector + at // SECTOR] = data[at : at + SECTOR].ljust(SECTOR, b"\0")

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        assert offset_bytes >= 0
        self.reads += 1
        end = min(offset_bytes + length_bytes, self.size_bytes)
        first, last = offset_bytes // SECTOR, -(-end // SECTOR)
        data = b"".join(self.parts.get(number, bytes(SECTOR)) for number in range(first, last))
        start = offset_bytes - first * SECTOR
        return data[start : start + max(end - offset_bytes, 0)]

    def bad_ranges(self) -> tuple[BadRange, ...]:
        return ()

    def problems(self) -> tuple[SourceProblem, ...]:
        return ()


def mbr(*entries: tuple[int, int, int], flag: int = 0) -> bytes:
    table = b"".join(
        struct.pack("<B3sB3sII", flag, b"\0\0\0", kind, b"\0\0\0", start, length)
        for kind, start, length in entries
    )
    return bytes(446) + table.ljust(64, b"\0") + b"\x55\xaa"


LINUX = bytes.fromhex("af3dc60f838472478e793d69d8477de4")


def gpt_entries(*ranges: tuple[int, int], count: int = 128) -> bytes:
    entries = b"".join(
        struct.pack("<16s16sQQQ72s", LINUX, bytes([n % 255 + 1] * 16), first, last, 0, b"")
        for n, (first, last) in enumerate(ranges)
    )
    return entries.ljust(count * 128, b"\0")


def gpt_header(own: int, other: int, table: int, entries: bytes, *, count: int = 128) -> bytes:
    def packed(crc: int) -> bytes:
        return struct.pack(
            "<8sIIIIQQQQ16sQIII",
            *(b"EFI PART", 0x10000, 92, crc, 0, own, other, 34, 0, bytes(16)),
            *(table, count, 128, zlib.crc32(entries)),
        )

    return packed(zlib.crc32(packed(0)))


def gpt_disk(*ranges: tuple[int, int], size_bytes: int = 64 * MIB) -> Memory:
    disk, entries = Memory(size_bytes), gpt_entries(*ranges)
    last = size_bytes // SECTOR - 1
    disk.put(0, mbr((0xEE, 1, last)))
    disk.put(1, gpt_header(1, last, 2, entries))
    disk.put(2, entries)
    disk.put(last, gpt_header(last, 1, last - 32, entries))
    disk.put(last - 32, entries)
    return disk


def ranges(found: FoundVolumes) -> list[tuple[int, int]]:
    return [
        (volume.offset_bytes // SECTOR, volume.size_bytes // SECTOR)
        for volume in found.volumes
        if volume.allocated
    ]


def codes(found: FoundVolumes) -> list[str]:
    return [problem.code for problem in found.problems]


def assert_covered_once(found: FoundVolumes, size_bytes: int) -> None:
    end = 0
    for volume in found.volumes:
        assert volume.offset_bytes == end
        assert volume.size_bytes > 0
        end += volume.size_bytes
    assert end == size_bytes


def test_a_source_without_a_table_is_one_volume() -> None:
    found = find_volumes(Memory(4 * MIB))
    assert [(v.number, v.offset_bytes, v.size_bytes) for v in found.volumes] == [(0, 0, 4 * MIB)]
    assert found.scheme == "none"


def test_primary_partitions_and_gaps_cover_the_source_once() -> None:
    disk = Memory(64 * MIB)
    disk.put(0, mbr((0x83, 2048, 2048), (0x07, 8192, 4096)))
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 2048), (8192, 4096)]
    assert [volume.number for volume in found.volumes if volume.allocated] == [1, 2]
    assert_covered_once(found, 64 * MIB)
    assert not found.problems


def test_partitions_are_numbered_by_their_offsets() -> None:
    disk = Memory(64 * MIB)
    disk.put(0, mbr((0x07, 8192, 4096), (0x83, 2048, 2048)))
    numbered = [(v.number, v.offset_bytes) for v in find_volumes(disk).volumes if v.allocated]
    assert numbered == [(1, 2048 * SECTOR), (2, 8192 * SECTOR)]


def test_logical_partitions_are_followed() -> None:
    disk = Memory(64 * MIB)
    disk.put(0, mbr((0x83, 2048, 2048), (0x05, 8192, 40_000)))
    disk.put(8192, mbr((0x0C, 64, 1000), (0x05, 4000, 3000)))
    disk.put(12_192, mbr((0x83, 128, 2000)))
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 2048), (8256, 1000), (12_320, 2000)]
    assert_covered_once(found, 64 * MIB)
    assert not found.problems


@pytest.mark.parametrize("target", [0, 4000])
def test_a_loop_in_the_extended_chain_ends_as_a_problem(target: int) -> None:
    disk = Memory(64 * MIB)
    disk.put(0, mbr((0x05, 8192, 40_000)))
    disk.put(8192, mbr((0x83, 64, 100), (0x05, 4000, 3000)))
    disk.put(12_192, mbr((0x83, 128, 200), (0x05, target, 3000)))
    found = find_volumes(disk)
    assert codes(found) == ["extended_chain_loops"]
    assert ranges(found) == [(8256, 100), (12_320, 200)]


def test_a_chain_that_never_ends_is_left_in_bounded_time() -> None:
    disk = Memory(512 * MIB)
    disk.put(0, mbr((0x05, 1, 1_000_000)))
    disk.put(1, mbr((0x83, 1, 1), (0x05, 2, 2)))
    for number in range(1, 1000):
        disk.put(1 + 2 * number, mbr((0x83, 1, 1), (0x05, 2 * number + 2, 2)))
    found = find_volumes(disk)
    assert "extended_chain_loops" in codes(found)
    assert disk.reads < 2000


def test_a_broken_chain_keeps_what_was_read_before() -> None:
    disk = Memory(64 * MIB)
    disk.put(0, mbr((0x05, 8192, 40_000)))
    disk.put(8192, mbr((0x83, 64, 100), (0x05, 4000, 3000)))
    found = find_volumes(disk)
    assert codes(found) == ["extended_chain_broken"]
    assert ranges(found) == [(8256, 100)]


def test_overlapping_partitions_are_both_kept_and_named() -> None:
    disk = Memory(64 * MIB)
    disk.put(0, mbr((0x83, 2048, 4096), (0x07, 4096, 4096)))
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 4096), (4096, 4096)]
    assert codes(found) == ["volumes_overlap"]


def test_what_lies_beyond_the_end_is_cut_off_and_named() -> None:
    disk = Memory(4 * MIB)
    disk.put(0, mbr((0x83, 2048, 1 << 30), (0x83, 1 << 31, 100)))
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 4 * MIB // SECTOR - 2048)]
    assert codes(found) == ["volume_beyond_end"] * 2


def test_an_old_superblock_does_not_hide_the_partitions() -> None:
    disk = Memory(64 * MIB)
    disk.put(0, mbr((0x83, 2048, 4096)))
    disk.put(2, bytes(56) + b"\x53\xef")
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 4096)]
    assert codes(found) == ["stale_file_system"]


@pytest.mark.parametrize("kind", ["fat16", "fat32", "ntfs", "exfat"])
def test_a_boot_sector_is_not_taken_for_a_table(
    kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("boot") / "image"
    with path.open("wb") as image:
        image.truncate(48 * MIB)
    command = {
        "fat16": ["/sbin/mkfs.fat", "-F", "16"],
        "fat32": ["/sbin/mkfs.fat", "-F", "32"],
        "ntfs": ["/sbin/mkntfs", "-F", "-q"],
        "exfat": ["/sbin/mkfs.exfat"],
    }[kind]
    subprocess.run([*command, path], check=True, capture_output=True)
    disk = Memory(48 * MIB)
    disk.put(0, path.read_bytes()[: 1 * MIB])
    assert find_volumes(disk).scheme == "none"


def test_a_disk_of_large_sectors_is_measured_by_what_stands_there() -> None:
    disk = Memory(64 * MIB)
    disk.put(0, mbr((0x83, 256, 1024)))
    disk.put(256 * 8 + 2, bytes(56) + b"\x53\xef")
    assert ranges(find_volumes(disk)) == [(2048, 8192)]


def test_both_copies_of_a_gpt_agree() -> None:
    found = find_volumes(gpt_disk((2048, 4095), (8192, 16_383)))
    assert found.scheme == "gpt"
    assert ranges(found) == [(2048, 2048), (8192, 8192)]
    assert_covered_once(found, 64 * MIB)
    assert not found.problems
    assert found.volumes[1].description == "Linux"


@pytest.mark.parametrize("sector", [1, 2])
def test_a_damaged_primary_copy_is_replaced_by_the_backup(sector: int) -> None:
    disk = gpt_disk((2048, 4095), (8192, 16_383))
    damaged = bytearray(disk.parts[sector])
    damaged[40] ^= 1
    disk.parts[sector] = bytes(damaged)
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 2048), (8192, 8192)]
    assert codes(found) == ["gpt_primary_damaged"]


def test_a_missing_primary_header_is_replaced_by_the_backup() -> None:
    disk = gpt_disk((2048, 4095))
    disk.put(1, bytes(SECTOR))
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 2048)]
    assert codes(found) == ["gpt_primary_missing"]


def test_a_damaged_backup_is_named() -> None:
    disk = gpt_disk((2048, 4095))
    disk.put(disk.size_bytes // SECTOR - 1, bytes(SECTOR))
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 2048)]
    assert codes(found) == ["gpt_backup_missing"]


def test_copies_that_differ_are_named() -> None:
    disk = gpt_disk((2048, 4095))
    last, entries = disk.size_bytes // SECTOR - 1, gpt_entries((2048, 8191))
    disk.put(last, gpt_header(last, 1, last - 32, entries))
    disk.put(last - 32, entries)
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 2048)]
    assert codes(found) == ["gpt_copies_differ"]


def test_a_gpt_without_its_protection_is_still_read() -> None:
    disk = gpt_disk((2048, 4095))
    disk.put(0, bytes(SECTOR))
    found = find_volumes(disk)
    assert ranges(found) == [(2048, 2048)]
    assert codes(found) == ["gpt_not_protected"]


def test_an_mbr_without_protection_outweighs_an_old_gpt() -> None:
    disk = gpt_disk((2048, 4095))
    disk.put(0, mbr((0x83, 10_000, 100)))
    assert ranges(find_volumes(disk)) == [(10_000, 100)]


def test_a_million_entries_end_in_bounded_time() -> None:
    disk = Memory(1 << 40)
    entries = gpt_entries(*((34 + n, 34 + n) for n in range(100)), count=128)
    disk.put(0, mbr((0xEE, 1, 0xFFFFFFFF)))
    disk.put(1, gpt_header(1, 5, 2, entries, count=1_000_000))
    started = time.monotonic()
    find_volumes(disk)
    assert time.monotonic() - started < 10


def test_many_thousand_true_entries_are_cut_off_and_named() -> None:
    disk = Memory(1 << 30)
    entries = gpt_entries(*((20_000 + n, 20_000 + n) for n in range(60_000)), count=60_000)
    disk.put(0, mbr((0xEE, 1, 0xFFFFFFFF)))
    disk.put(2, entries)
    disk.put(1, gpt_header(1, 5, 2, entries, count=60_000))
    found = find_volumes(disk)
    assert "too_many_volumes" in codes(found)
    assert sum(volume.allocated for volume in found.volumes) == 1024


def test_a_table_that_points_anywhere_is_no_crash() -> None:
    disk = Memory(64 * MIB)
    disk.put(0, mbr((0xEE, 1, 100)))
    disk.put(1, gpt_header(1, (1 << 64) - 1, (1 << 64) - 1, b""))
    assert find_volumes(disk).scheme == "gpt"
