"""L01, AD1 and AFF4-L give the planted files, and a hostile one ends in bounded time, by name."""

import contextlib
import hashlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pyewf
import pytest
from evidence.logical_images import (
    ACCESSED,
    CREATED,
    MODIFIED,
    Planted,
    planted_tree,
    write_ad1,
    write_aff4l,
    write_l01,
)
from walked_evidence import Found, walk

from polit.base.digests import DigestMeter
from polit.base.errors import SourceUnreadable
from polit.evidence.container import open_container
from polit.evidence.containers._l01_tree import read_tree
from polit.evidence.filesystem import FileSystem
from polit.evidence.logical import LogicalContent, LogicalFile, LogicalSource, LogicalTree
from polit.evidence.segments import close_segments, find_segments, open_segments
from polit.evidence.watched import damage_code
from polit.model.evidence import (
    Address,
    ContentState,
    EntryState,
    EntryType,
    FileSystemFacts,
    TimeBasis,
    TimeFacts,
)

Writer = Callable[[Path, list[Planted]], None]
WRITERS: dict[str, tuple[str, Writer]] = {
    "l01": ("files.L01", write_l01),
    "ad1": ("files.ad1", write_ad1),
    "ad1_v3_cut": (
        "files.ad1",
        lambda to, tree: write_ad1(to, tree, version=3, segment_bytes=1500),
    ),
    "aff4l": ("files.aff4", write_aff4l),
}
NS = 1_000_000_000


@contextlib.contextmanager
def opened(path: Path) -> Iterator[LogicalSource]:
    segments = open_segments(find_segments(path).paths)
    try:
        source = open_container(segments).source
        assert isinstance(source, LogicalSource)
        yield source
        source.close()
    finally:
        close_segments(segments)


def written(kind: str, folder: Path) -> Path:
    name, write = WRITERS[kind]
    write(folder / name, planted_tree())
    return folder / name


def contents(found: list[Found]) -> dict[str, bytes]:
    return {item.path.decode()[1:]: item.content for item in found if item.content is not None}


def mismatch(system: FileSystem, address: Address, data: bytes) -> str:
    content, meter = system.open_content(address), DigestMeter()
    assert isinstance(content, LogicalContent)
    assert content.digests
    meter.update(data)
    return content.mismatch(meter.digests())


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_files_are_the_planted_ones(kind: str, tmp_path: Path) -> None:
    with opened(written(kind, tmp_path)) as source:
        found = walk(source.filesystem)
        assert contents(found) == {one.path: one.data for one in planted_tree()}
        assert source.problems() == ()
        for item in found:
            if item.content is not None:
                assert mismatch(source.filesystem, item.entry.address, item.content) == ""
                assert item.entry.times.created_ns == CREATED * NS
                assert item.entry.times.modified_ns == MODIFIED * NS
                assert item.entry.times.accessed_ns == ACCESSED * NS
        deleted = [item.path for item in found if item.entry.state is EntryState.DELETED]
        assert deleted == ([b"/pictures/gone.txt"] if kind == "l01" else [])


def test_l01_agrees_with_libewf(tmp_path: Path) -> None:
    handle = pyewf.handle()
    handle.open([str(written("l01", tmp_path))])
    theirs: dict[str, bytes] = {}

    def collect(entry: pyewf.file_entry, path: str) -> None:
        children = [
            entry.get_sub_file_entry(number)
            for number in range(entry.get_number_of_sub_file_entries())
        ]
        for child in children:
            collect(child, f"{path}/{child.get_name()}".lstrip("/"))
        if not children:
            size = entry.get_size()
            theirs[path] = entry.read_buffer_at_offset(size, 0) if size else b""
            assert hashlib.md5(theirs[path]).hexdigest() == entry.get_hash_value_md5()

    collect(handle.get_root_file_entry(), "")
    handle.close()
    with opened(tmp_path / "files.L01") as source:
        assert contents(walk(source.filesystem)) == theirs


@pytest.mark.parametrize("kind", ["l01", "aff4l"])
def test_a_wrong_stored_digest_is_told(kind: str, tmp_path: Path) -> None:
    name = WRITERS[kind][0]
    write = write_l01 if kind == "l01" else write_aff4l
    write(tmp_path / name, planted_tree(), wrong_md5_of="four.txt")
    with opened(tmp_path / name) as source:
        told = {
            item.path: mismatch(source.filesystem, item.entry.address, item.content)
            for item in walk(source.filesystem)
            if item.content is not None
        }
    assert told.pop(b"/four.txt") == "the image states md5 " + "1" * 32
    assert set(told.values()) == {""}


def test_damaged_chunk_of_an_l01_costs_its_files(tmp_path: Path) -> None:
    image = written("l01", tmp_path)
    raw = bytearray(image.read_bytes())
    raw[raw.index(b"sectors") + 76 + 30] ^= 0xFF
    image.write_bytes(raw)
    with opened(image) as source:
        hurt = set()
        for item in walk(source.filesystem):
            if item.content is not None:
                content = source.filesystem.open_content(item.entry.address)
                places, size = content.places(), content.size_bytes
                if damage_code(places, source.bad_ranges(), size_bytes=size):
                    hurt.add(item.path)
    assert hurt == {b"/pictures/one.txt"}


def test_a_lost_ad1_segment_costs_what_lies_in_it(tmp_path: Path) -> None:
    image = written("ad1_v3_cut", tmp_path)
    (tmp_path / "files.ad3").unlink()
    with opened(image) as source:
        found = walk(source.filesystem)
        assert [problem.code for problem in source.problems()] == ["segment_missing"]
    planted = {one.path: one.data for one in planted_tree()}
    assert "pictures/one.txt" in {item.path.decode()[1:] for item in found}
    assert all(planted[path] == data for path, data in contents(found).items())


def test_ad1_items_that_loop_end(tmp_path: Path) -> None:
    image = written("ad1", tmp_path)
    raw = bytearray(image.read_bytes())
    first = int.from_bytes(raw[512 + 36 : 512 + 44], "little")
    second = int.from_bytes(raw[512 + first : 512 + first + 8], "little")
    struct.pack_into("<Q", raw, 512 + second, first)
    image.write_bytes(raw)
    with opened(image) as source, pytest.raises(SourceUnreadable, match="come back"):
        list(source.filesystem.list_folder(source.filesystem.root, start_index=0, journal=print))


def test_ad1_folders_cannot_share_items(tmp_path: Path) -> None:
    image = tmp_path / "files.ad1"
    write_ad1(image, [Planted("one/a", b"1"), Planted("two/b", b"2"), Planted("cccc", b"3")])
    raw = bytearray(image.read_bytes())
    third = raw.index(b"cccc" + bytes(8)) - 48 - 512
    for name in (b"one", b"two"):
        item = raw.index(name + bytes(8)) - 48
        struct.pack_into("<Q", raw, item + 8, third)
    image.write_bytes(raw)
    with opened(image) as source:
        found = [item.path for item in walk(source.filesystem)]
    assert found == [b"/one", b"/two", b"/cccc", b"/one/cccc"]


@pytest.mark.parametrize(
    ("at", "value"), [(32, 1 << 62), (24, 1 << 62), (16, 1 << 63), (44, 1 << 31)]
)
def test_lying_ad1_item_costs_itself(at: int, value: int, tmp_path: Path) -> None:
    image = tmp_path / "files.ad1"
    write_ad1(image, [Planted("a", b"first"), Planted("b", b"second")])
    raw = bytearray(image.read_bytes())
    first = int.from_bytes(raw[512 + 36 : 512 + 44], "little")
    struct.pack_into("<I" if at == 44 else "<Q", raw, 512 + first + at, value)
    image.write_bytes(raw)
    with opened(image) as source:
        found = contents(walk(source.filesystem))
    assert found.get("b") == (None if at == 44 else b"second")


def tree_text(lines: list[str]) -> bytes:
    text = "\n".join(["5", "rec", "tb", "1", "", "entry", "1\t1", "p\tn\tid\tls", *lines, ""])
    raw = text.encode("utf-16-le", "surrogatepass")
    return hashlib.md5(raw).digest() + struct.pack("<Q24x", len(raw)) + raw


def test_deep_wide_and_cut_l01_trees_are_read() -> None:
    deep = ["0\t1", "1\t\t\t0"] + ["0\t1", "1\tx\t1\t0"] * 10_000
    tree = read_tree(tree_text([*deep, "0\t0", "\tleaf\ud800\t2\t5"]), on_beat=lambda: None)
    assert len(tree.files) == 10_001
    assert tree.files[-1].raw_name == b"leaf\xed\xa0\x80"
    assert tree.problems == ()
    cut = read_tree(tree_text(deep), on_beat=lambda: None)
    assert [problem.code for problem in cut.problems] == ["tree_damaged"]
    assert len(cut.files) == 10_000


def test_a_folder_of_100_000_names_goes_on_anywhere() -> None:
    files = [LogicalFile(0, b"%d" % number, EntryType.FILE) for number in range(100_000)]

    def refuse(number: int) -> LogicalContent:
        raise SourceUnreadable(str(number))

    kept = TimeFacts(TimeBasis.UTC, (), "")
    system = LogicalTree(FileSystemFacts("l01", 0, kept, None), files, refuse)
    tail = list(system.list_folder(system.root, start_index=99_998, journal=lambda _: None))
    assert [entry.raw_name for _, entry in tail] == [b"99998", b"99999"]
    assert all(entry.content is ContentState.READABLE for _, entry in tail)
