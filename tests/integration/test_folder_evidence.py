"""A host folder as evidence: beneath one descriptor, no link followed, changes noticed."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from walked_evidence import Found, walk

from polit.base.errors import EvidenceChanged, SourceUnreadable
from polit.evidence.filesystem import FileSystem
from polit.evidence.opening import open_folder
from polit.model.evidence import ContentState, EntryType, FoundEntry

DEPTH = 10_000


@contextmanager
def opened(path: Path | int) -> Iterator[FileSystem]:
    descriptor = os.dup(path) if isinstance(path, int) else os.open(path, os.O_RDONLY)
    try:
        yield open_folder(descriptor, no_atime=True)
    finally:
        os.close(descriptor)


def walked(path: Path) -> dict[bytes, Found]:
    with opened(path) as system:
        return {item.path: item for item in walk(system)}


def entries(system: FileSystem) -> dict[bytes, FoundEntry]:
    listing = system.list_folder(system.root, start_index=0, journal=lambda _: None)
    return {entry.raw_name: entry for _, entry in listing}


def test_every_kind_of_name_is_one_entry(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"content")
    (tmp_path / "hard").hardlink_to(tmp_path / "folder" / "file")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder link").symlink_to("folder")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.fsencode(os.path.relpath(tmp_path / "socket")))
    (tmp_path / os.fsdecode(b"not \xff utf-8")).write_bytes(b"raw")

    found = walked(tmp_path)

    kinds = {path: item.entry.entry_type for path, item in found.items()}
    assert kinds == {
        b"/folder": EntryType.FOLDER,
        b"/folder/file": EntryType.FILE,
        b"/hard": EntryType.FILE,
        b"/link": EntryType.LINK,
        b"/folder link": EntryType.LINK,
        b"/pipe": EntryType.SPECIAL,
        b"/socket": EntryType.SPECIAL,
        b"/not \xff utf-8": EntryType.FILE,
    }
    assert found[b"/link"].entry.link_target == b"/etc/passwd"
    assert found[b"/link"].content is None
    assert found[b"/pipe"].entry.content is ContentState.SPECIAL
    assert found[b"/hard"].content == found[b"/folder/file"].content == b"content"


def test_names_come_in_the_order_of_their_bytes(tmp_path: Path) -> None:
    names = [b"b", b"\xc3\xa9", b"B", b"a", b"10", b"9", b"\xff"]
    for name in names:
        (tmp_path / os.fsdecode(name)).touch()
    with opened(tmp_path) as system:
        assert list(entries(system)) == sorted(names)


def test_listing_goes_on_after_an_index(tmp_path: Path) -> None:
    for number in range(10):
        (tmp_path / f"{number}").touch()
    journalled: list[int] = []
    with opened(tmp_path) as system:
        rest = list(system.list_folder(system.root, start_index=7, journal=journalled.append))
    assert [(index, entry.raw_name) for index, entry in rest] == [(7, b"7"), (8, b"8"), (9, b"9")]
    assert journalled == [7, 8, 9]


def test_access_times_stay(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"content")
    paths = (tmp_path, tmp_path / "folder", tmp_path / "folder" / "file")
    for path in paths:
        os.utime(path, ns=(10**18, 10**18))
    before = [path.stat() for path in paths]
    assert walked(tmp_path)[b"/folder/file"].content == b"content"
    assert [path.stat() for path in paths] == before


@pytest.mark.parametrize("when", ["grown", "shrunk", "touched", "replaced", "gone", "link", "pipe"])
def test_a_file_that_changed_since_it_was_listed_is_named(tmp_path: Path, when: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    with opened(tmp_path) as system:
        address = entries(system)[b"file"].address
        match when:
            case "grown":
                path.write_bytes(b"more content")
            case "shrunk":
                os.truncate(path, 1)
            case "touched":
                os.utime(path, ns=(1, 1))
            case "replaced":
                (tmp_path / "other").write_bytes(b"CONTENT")
                (tmp_path / "other").replace(path)
            case "gone":
                path.unlink()
            case "link":
                path.unlink()
                path.symlink_to("/etc/hostname")
            case "pipe":
                path.unlink()
                os.mkfifo(path)
        with pytest.raises(EvidenceChanged):
            system.open_content(address)


def test_a_file_that_changes_while_it_is_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    with opened(tmp_path) as system:
        content = system.open_content(entries(system)[b"file"].address)
        assert content.read_at(0, 3) == b"con"
        os.utime(path, ns=(1, 1))
        with pytest.raises(EvidenceChanged):
            content.close()
        content.close()


def test_a_file_that_is_cut_while_it_is_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    with opened(tmp_path) as system:
        content = system.open_content(entries(system)[b"file"].address)
        os.truncate(path, 2)
        with pytest.raises(EvidenceChanged):
            content.read_at(0, 7)


def test_a_folder_swapped_for_a_link_is_not_entered(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    evidence = tmp_path / "evidence"
    (evidence / "folder").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret").touch()
    with opened(evidence) as system:
        address = entries(system)[b"folder"].address
        (evidence / "folder").rmdir()
        (evidence / "folder").symlink_to(outside)
        with pytest.raises(EvidenceChanged):
            list(system.list_folder(address, start_index=0, journal=lambda _: None))


def test_a_folder_that_changed_since_it_was_met_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with opened(tmp_path) as system:
        address = entries(system)[b"folder"].address
        (tmp_path / "folder" / "new").touch()
        with pytest.raises(EvidenceChanged):
            list(system.list_folder(address, start_index=0, journal=lambda _: None))


def test_a_path_out_of_the_folder_is_no_address(tmp_path: Path) -> None:
    with opened(tmp_path) as system, pytest.raises(SourceUnreadable):
        system.open_content(system.root)


def make_deep(root: Path, name: bytes, depth: int) -> None:
    """Make folders inside each other, deeper than a path can be long."""
    here = os.open(root, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open(b"at the bottom", os.O_CREAT | os.O_WRONLY, 0o600, dir_fd=here))
    os.close(here)


def remove_deep(root: Path, name: bytes, depth: int) -> None:
    """Take the chain apart from the top: move the inside out, remove the shell."""
    for number in range(depth):
        top = root / os.fsdecode(name)
        inside = top / os.fsdecode(name)
        if inside.exists():
            inside.rename(root / f"next {number}")
        else:
            (top / "at the bottom").unlink()
        top.rmdir()
        if (root / f"next {number}").exists():
            (root / f"next {number}").rename(top)


@pytest.mark.parametrize("name", [b"d", b"n" * 255], ids=["short", "255 bytes"])
def test_a_folder_at_depth_ten_thousand_is_reached(tmp_path: Path, name: bytes) -> None:
    make_deep(tmp_path, name, DEPTH)
    try:
        with opened(tmp_path) as system:
            address, depth = system.root, 0
            longest = 0
            while True:
                listing = system.list_folder(address, start_index=0, journal=lambda _: None)
                ((_, entry),) = list(listing)
                longest = max(longest, len(entry.address))
                if entry.entry_type is not EntryType.FOLDER:
                    break
                address, depth = entry.address, depth + 1
            assert depth == DEPTH
            assert longest <= 65_535
            assert system.open_content(entry.address).read_at(0, 1) == b""
        with opened(tmp_path) as system:
            assert system.open_content(entry.address).size_bytes == 0
    finally:
        remove_deep(tmp_path, name, DEPTH)


def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("skipped: needs root to be absent")
    path = tmp_path / "file"
    path.touch(mode=stat.S_IWUSR)
    with opened(tmp_path) as system, pytest.raises(SourceUnreadable, match="refuses"):
        system.open_content(entries(system)[b"file"].address)
