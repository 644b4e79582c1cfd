"""What every file-system driver must keep; each driver brings an example."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from evidence.logical_images import Planted, planted_tree, write_ad1, write_aff4l, write_l01
from evidence.truth import Truth
from walked_evidence import Found, RawImage, walk, whole

from polit.base.errors import SourceUnreadable
from polit.evidence.container import open_container
from polit.evidence.filesystem import FileSystem
from polit.evidence.logical import LogicalSource
from polit.evidence.opening import open_filesystem, open_folder
from polit.evidence.segments import close_segments, open_segments
from polit.model.evidence import Address, ContentState, EntryState, EntryType

Images = Callable[[str], tuple[Path, Truth]]
IMAGES = (
    *("fat12", "fat16", "fat32", "exfat", "ntfs", "ext2", "ext3", "ext4"),
    *("xfs", "hfs", "iso9660", "udf"),
)
LOGICAL: dict[str, Callable[[Path, list[Planted]], None]] = {
    "l01": write_l01,
    "ad1": write_ad1,
    "aff4": write_aff4l,
}
Opener = Callable[[], FileSystem]
STORED_OTHERWISE = {b"compressed.txt", b"sparse.bin", b"deflated-fork.bin"}
"""Compressed and sparse: their places hold other bytes than they have."""


@pytest.fixture(params=[*IMAGES, "folder", *LOGICAL])
def opener(
    request: pytest.FixtureRequest, evidence_image: Images, tmp_path: Path
) -> Iterator[Opener]:
    """Return what opens the same evidence again and again."""
    kind = str(request.param)
    if kind == "folder":
        for number in range(30):
            (tmp_path / f"folder {number % 3}").mkdir(exist_ok=True)
            (tmp_path / f"folder {number % 3}" / f"{number}").write_bytes(bytes([number]) * 9000)
        descriptor = os.open(tmp_path, os.O_RDONLY)
        yield lambda: open_folder(descriptor, no_atime=True)
        os.close(descriptor)
        return
    if kind in LOGICAL:
        yield from logical_opener(kind, tmp_path / f"files.{kind}")
        return
    image, _ = evidence_image(kind)
    with RawImage(image) as source:

        def opened() -> FileSystem:
            system = open_filesystem(source, whole(source))
            assert system is not None
            return system

        yield opened


def logical_opener(kind: str, image: Path) -> Iterator[Opener]:
    LOGICAL[kind](image, planted_tree())
    segments = open_segments([image])

    def opened() -> FileSystem:
        source = open_container(segments).source
        assert isinstance(source, LogicalSource)
        return source.filesystem

    yield opened
    close_segments(segments)


def readable(found: list[Found]) -> list[Found]:
    return [item for item in found if item.content]


class TestFileSystemContract:
    """Run against every driver."""

    def test_two_walks_find_the_same(self, opener: Opener) -> None:
        assert walk(opener()) == walk(opener())

    def test_a_listing_goes_on_behind_any_index(self, opener: Opener) -> None:
        system = opener()
        address = self.fullest_folder(system)
        entire = list(system.list_folder(address, start_index=0, journal=lambda _: None))
        assert len(entire) >= 4
        for start in range(entire[-1][0] + 2):
            again = opener()
            tail = list(again.list_folder(address, start_index=start, journal=lambda _: None))
            assert tail == [pair for pair in entire if pair[0] >= start]

    def test_each_index_is_journalled_before_its_entry(self, opener: Opener) -> None:
        system = opener()
        journalled: list[int] = []
        listing = system.list_folder(
            self.fullest_folder(system), start_index=2, journal=journalled.append
        )
        for index, _ in listing:
            assert journalled[-1] == index
        assert journalled == sorted(set(journalled))
        assert journalled[0] == 2

    def test_a_journal_that_raises_ends_the_listing(self, opener: Opener) -> None:
        def stop(_: int) -> None:
            raise KeyError

        system = opener()
        with pytest.raises(KeyError):
            list(system.list_folder(system.root, start_index=0, journal=stop))

    def test_addresses_work_in_a_file_system_opened_anew(self, opener: Opener) -> None:
        found = readable(walk(opener()))
        again = opener()
        for item in found:
            assert len(item.entry.address) <= 65_535
            content = again.open_content(item.entry.address)
            assert content.read_at(0, content.size_bytes) == item.content
            content.close()

    def test_ranges_agree_with_the_whole(self, opener: Opener) -> None:
        system = opener()
        for item in readable(walk(system))[:40]:
            assert item.content is not None
            content, size = system.open_content(item.entry.address), len(item.content)
            for start, length in ((0, 1), (1, size), (size // 2, 700), (size - 1, 5), (511, 1026)):
                assert content.read_at(start, length) == item.content[start : start + length]
            assert content.read_at(size, 10) == b""
            assert content.read_at(size + 4096, 10) == b""
            content.close()
            content.close()

    def test_sizes_agree_with_contents(self, opener: Opener) -> None:
        for item in walk(opener()):
            if item.content is not None:
                assert len(item.content) == item.entry.size_bytes, item.path

    def test_folders_have_no_size_and_no_content(self, opener: Opener) -> None:
        folders = [
            item.entry for item in walk(opener()) if item.entry.entry_type is EntryType.FOLDER
        ]
        assert folders
        assert all(entry.size_bytes == 0 for entry in folders)
        assert all(entry.content is not ContentState.READABLE for entry in folders)

    def test_only_deleted_entries_are_overwritten(self, opener: Opener) -> None:
        entries = [item.entry for item in walk(opener()) if item.entry.overwritten]
        assert all(entry.state is EntryState.DELETED for entry in entries)

    def test_no_name_is_empty_or_a_dot(self, opener: Opener) -> None:
        names = {item.entry.raw_name for item in walk(opener())}
        assert not names & {b"", b".", b".."}

    def test_times_are_those_that_the_facts_tell_of(self, opener: Opener) -> None:
        system = opener()
        kept = {name for name, _ in system.facts.time_facts.resolution_ns}
        for item in walk(system):
            times = item.entry.times
            for name in ("created", "modified", "accessed", "changed", "deleted"):
                assert name in kept or getattr(times, f"{name}_ns") is None

    @pytest.mark.parametrize("address", [b"", b"x", b"\xff" * 19, b"\xff" * 22, b"\xff" * 500])
    def test_a_foreign_address_is_refused(self, opener: Opener, address: bytes) -> None:
        system = opener()
        with pytest.raises(SourceUnreadable):
            list(system.list_folder(Address(address), start_index=0, journal=lambda _: None))
        with pytest.raises(SourceUnreadable):
            system.open_content(Address(address))

    def fullest_folder(self, system: FileSystem) -> Address:
        """Return the folder with the most names among the root and its folders."""
        folders = [system.root]
        for _, entry in system.list_folder(system.root, start_index=0, journal=lambda _: None):
            if entry.entry_type is EntryType.FOLDER and entry.content is ContentState.NONE:
                folders.append(entry.address)

        def names_in(address: Address) -> int:
            return sum(
                1 for _ in system.list_folder(address, start_index=0, journal=lambda _: None)
            )

        return max(folders, key=names_in)


@pytest.mark.parametrize("kind", IMAGES)
def test_every_read_of_a_volume_is_a_sign_of_life(kind: str, evidence_image: Images) -> None:
    image, _ = evidence_image(kind)
    beats: list[None] = []
    with RawImage(image) as source:
        system = open_filesystem(source, whole(source), on_read=lambda: beats.append(None))
        assert system is not None
        opened = len(beats)
        walk(system)
    assert 0 < opened < len(beats)


@pytest.mark.parametrize("kind", IMAGES)
def test_contents_lie_where_they_say(kind: str, evidence_image: Images) -> None:
    image, _ = evidence_image(kind)
    agreed = 0
    with RawImage(image) as source:
        system = open_filesystem(source, whole(source))
        assert system is not None
        for item in readable(walk(system)):
            places = system.open_content(item.entry.address).places()
            stored = b"".join(source.read_at(*place) for place in places)
            assert item.content is not None
            if places and item.entry.raw_name not in STORED_OTHERWISE:
                assert stored[: len(item.content)] == item.content, item.path
                agreed += 1
    assert agreed > 20
