"""Logical volumes: as libvslvm reads them; other types by name; hostile metadata ends."""

from pathlib import Path

import pytest
import pyvslvm
from container_images import mixed_bytes
from evidence.lvm import EXTENT_BYTES, metadata, segment, volume, write_physical
from walked_evidence import RawImage, whole

from polit.base.errors import SourceUnreadable
from polit.evidence.layer import Layer
from polit.evidence.layers import lvm
from polit.evidence.source import BadRange

EXTENTS = mixed_bytes(8 * EXTENT_BYTES, seed=3)[: 8 * EXTENT_BYTES]
TWO = (segment(1, 0, 2, '"pv0", 4'), segment(2, 2, 1, '"pv0", 0'))
VOLUMES = volume("root", 1, *TWO) + volume("swap_1", 2, segment(1, 0, 3, '"pv0", 1'))


def opened(path: Path) -> Layer:
    source = RawImage(path)
    assert lvm.detect(source, whole(source))
    return lvm.open_layer(source, whole(source), secrets=[], on_read=None)


def part(first: int, count: int) -> bytes:
    return EXTENTS[first * EXTENT_BYTES : (first + count) * EXTENT_BYTES]


def test_metadata_that_wraps_around_its_area_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pv.img"
    near_the_end = (1 << 20) - 4096 - 700
    write_physical(path, metadata(VOLUMES, extents=8), EXTENTS, text_at=near_the_end)
    assert opened(path).source(2).read_at(0, 1 << 24) == part(1, 3)


def test_linear_volumes_are_read_as_libvslvm_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "pv.img"
    write_physical(path, metadata(VOLUMES, extents=8), EXTENTS)
    layer = opened(path)
    root, swap = layer.source(1), layer.source(2)
    assert root.read_at(0, 1 << 24) == part(4, 2) + part(0, 1)
    assert root.read_at(2 * EXTENT_BYTES - 5, 10) == part(4, 2)[-5:] + part(0, 1)[:5]
    assert swap.read_at(0, 1 << 24) == part(1, 3)
    names = [inner.facts.description for inner in layer.volumes]
    assert names == ["logical volume group/root", "logical volume group/swap_1"]
    with path.open("rb") as stream:
        handle = pyvslvm.handle()
        handle.open_file_object(stream)
        handle.open_physical_volume_files_as_file_objects([stream])
        group = handle.get_volume_group()
        # It refuses a volume of two segments on one device, so the second volume is compared.
        other = group.get_logical_volume(1)
        assert other.get_size() == swap.size_bytes
        assert other.read_buffer_at_offset(swap.size_bytes, 0) == swap.read_at(0, 1 << 24)
        handle.close()


def test_what_is_not_linear_or_not_here_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pv.img"
    thin = volume("thin", 1, segment(1, 0, 2, '"pv0", 0', "thin-pool"))
    away = volume("away", 2, segment(1, 0, 2, '"pv1", 0'))
    write_physical(path, metadata(thin + away, extents=8, others=1), EXTENTS)
    layer = opened(path)
    assert [problem.code for problem in layer.problems()] == ["lvm_incomplete"]
    with pytest.raises(SourceUnreadable, match="of type thin-pool"):
        layer.source(1)
    with pytest.raises(SourceUnreadable, match="on another physical volume"):
        layer.source(2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a { " * 5000, "too deep"),
        ("group { extent_size = 0 }", "size of its extents"),
        ("group { id = [ 1, 2", "within a section"),
        ("group { x = }", "for a value"),
        ("\x01\x02", "not text"),
    ],
)
def test_hostile_metadata_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "pv.img"
    write_physical(path, text, EXTENTS)
    with pytest.raises(SourceUnreadable, match=words):
        opened(path)


def test_a_volume_beyond_the_end_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "pv.img"
    large = volume("large", 1, segment(1, 0, 1 << 40, '"pv0", 0'))
    write_physical(path, metadata(large, extents=8), EXTENTS)
    layer = opened(path)
    inner = layer.source(1)
    assert inner.size_bytes <= path.stat().st_size
    assert [problem.code for problem in layer.problems()] == ["lvm_beyond_end"]
    (cut,) = inner.bad_ranges()
    assert (cut.offset_bytes, cut.code) == (8 * EXTENT_BYTES, "chunk_missing")


def test_damage_around_it_is_told_where_the_volume_has_it(tmp_path: Path) -> None:
    path = tmp_path / "pv.img"
    write_physical(path, metadata(VOLUMES, extents=8), EXTENTS)
    source = RawImage(path)
    at = path.read_bytes().index(part(0, 1)) + 100
    source.bad = (BadRange(at, 50, "chunk_checksum"),)
    root = lvm.open_layer(source, whole(source), secrets=[], on_read=None).source(1)
    assert root.bad_ranges() == (BadRange(2 * EXTENT_BYTES + 100, 50, "chunk_checksum"),)
