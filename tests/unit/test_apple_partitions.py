"""Apple partition maps: what stands in them is read, what is wrong is named."""

import struct

from polit.evidence.source import BadRange, SourceProblem
from polit.evidence.volume import find_volumes


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._data, self.size_bytes = data, len(data)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        return self._data[offset_bytes : offset_bytes + length_bytes]

    def bad_ranges(self) -> tuple[BadRange, ...]:
        return ()

    def problems(self) -> tuple[SourceProblem, ...]:
        return ()


def disk(
    *entries: tuple[int, int, bytes, bytes], block: int = 512, count: int | None = None
) -> bytearray:
    image = bytearray(block * 400)
    image[:8] = struct.pack(">2sHI", b"ER", block, 400)
    for number, (start, length, name, kind) in enumerate(entries, 1):
        stated = len(entries) if count is None else count
        entry = struct.pack(">2sHIII32s32s", b"PM", 0, stated, start, length, name, kind)
        image[number * block : number * block + len(entry)] = entry
    return image


MAP = (1, 63, b"Apple", b"Apple_partition_map")
DATA = (64, 200, b"disk image", b"Apple_HFS")
FREE = (264, 136, b"", b"Apple_Free")


def test_partitions_and_gaps_cover_the_disk_once() -> None:
    for block in (512, 2048):
        found = find_volumes(_Bytes(bytes(disk(MAP, DATA, FREE, block=block))))
        assert (found.scheme, found.problems) == ("apm", ())
        (volume,) = [volume for volume in found.volumes if volume.allocated]
        assert (volume.offset_bytes, volume.size_bytes) == (64 * block, 200 * block)
        assert volume.description == "Apple_HFS: disk image"
        assert sum(each.size_bytes for each in found.volumes) == 400 * block


def test_a_disc_for_both_worlds_has_both_halves() -> None:
    image = disk(MAP, DATA)
    image[0x8001:0x8006] = b"CD001"
    found = find_volumes(_Bytes(bytes(image)))
    told = [volume.description for volume in found.volumes if volume.allocated]
    assert told == ["disc (iso9660)", "Apple_HFS: disk image"]
    assert [problem.code for problem in found.problems] == ["volumes_overlap"]


def test_a_damaged_map_is_named_and_ends() -> None:
    image = disk(MAP, DATA, count=0xFFFFFFFF)
    found = find_volumes(_Bytes(bytes(image)))
    assert [problem.code for problem in found.problems] == ["apm_damaged", "apm_damaged"]
    assert any(volume.allocated for volume in found.volumes)
    image[:2] = b"\0\0"
    assert find_volumes(_Bytes(bytes(image))).scheme == "none"
