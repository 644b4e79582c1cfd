"""XFS, HFS+, ISO 9660 and UDF held against other tools and libraries, and against the corpora."""

import hashlib
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pycdlib
import pyfshfs
import pyfsxfs
import pytest
from evidence import discs, hfs, tree, xfs
from evidence.tools import ToolFailed, blank, run, tool
from evidence.truth import Truth
from walked_evidence import Found, RawImage, walk, whole

from polit.base.errors import SourceError
from polit.evidence.filesystems.hfs import HfsFileSystem
from polit.evidence.layering import find_layer
from polit.evidence.opening import open_filesystem
from polit.model.evidence import EntryState, EntryType, FileSystemFacts

if TYPE_CHECKING:
    from polit.evidence.filesystem import FileSystem

Images = Callable[[str], tuple[Path, Truth]]
TREES = ("xfs", "xfs_v4", "hfs", "iso9660", "joliet", "udf", "sessions")


def walked(
    path: Path, changes: dict[int, int] | None = None
) -> tuple[FileSystemFacts, list[Found]]:
    with RawImage(path, changes) as source:
        system = open_filesystem(source, whole(source))
        assert system is not None
        return system.facts, walk(system)


def text(item: Found) -> str:
    return item.path.removeprefix(b"/").decode("utf-8", "backslashreplace")


def contents_of(found: list[Found]) -> dict[str, str]:
    return {text(item): item.sha256 for item in found if item.content is not None}


@pytest.mark.parametrize("kind", TREES)
def test_all_that_was_planted_comes_out(kind: str, evidence_image: Images) -> None:
    path, truth = evidence_image(kind)
    _, found = walked(path)
    planted, read = truth.live_files(), contents_of(found)
    assert {name: read.get(name) for name in planted} == planted
    assert [item.path for item in found if item.error] == []
    known = {item.path for item in truth.planted}
    if kind.startswith("xfs"):
        assert {text(item) for item in found} == known
        types = {text(item): item.entry.entry_type for item in found}
        assert types[xfs.PIPE] is EntryType.SPECIAL


@pytest.mark.parametrize("kind", ["xfs", "hfs", "iso9660"])
def test_a_link_keeps_its_target(kind: str, evidence_image: Images) -> None:
    _, found = walked(evidence_image(kind)[0])
    links = {text(item): item.entry.link_target for item in found if item.entry.link_target}
    assert links == {tree.LINK: tree.LINK_TARGET.encode()}


@pytest.mark.parametrize("kind", ["xfs", "xfs_v4"])
def test_libfsxfs_reads_the_same(kind: str, evidence_image: Images) -> None:
    path, _ = evidence_image(kind)
    volume = pyfsxfs.volume()
    volume.open(str(path))

    def below(folder: pyfsxfs.file_entry, at: str) -> Iterator[tuple[str, str]]:
        for number in range(folder.get_number_of_sub_file_entries()):
            item = folder.get_sub_file_entry(number)
            try:
                name = f"{at}{item.name}"
            except OSError:  # it has no name for what is not UTF-8
                continue
            if item.file_mode and item.file_mode >> 12 == 4:
                yield from below(item, f"{name}/")
            elif item.file_mode and item.file_mode >> 12 == 8:
                data = item.read_buffer_at_offset(item.size, 0) if item.size else b""
                yield name, hashlib.sha256(data).hexdigest()

    theirs = dict(below(volume.get_root_directory(), ""))
    volume.close()
    _, found = walked(path)
    raw = xfs.RAW_NAME.decode("utf-8", "backslashreplace")
    assert theirs == {name: digest for name, digest in contents_of(found).items() if name != raw}


def test_xfs_db_counts_the_same_free_blocks_and_times(evidence_image: Images) -> None:
    path, _ = evidence_image("xfs")
    facts, found = walked(path)
    told = run(["xfs_db", "-r", "-c", "sb 0", "-c", "print fdblocks", path]).decode()
    assert facts.unallocated_bytes == int(told.split("=")[1]) * facts.block_size_bytes
    entry = next(item.entry for item in found if item.path == b"/readme.txt")
    command = ["-c", f"inode {entry.record}", "-c", "print core.size core.mtime core.nextents"]
    told = run(["xfs_db", "-r", *command, path]).decode()
    assert int(re.findall(r"core.size = (\d+)", told)[0]) == entry.size_bytes
    nanoseconds = int(re.findall(r"core.mtime.nsec = (\d+)", told)[0])
    assert entry.times.modified_ns is not None
    assert entry.times.modified_ns % 10**9 == nanoseconds


def fls_contents(path: Path, *options: str) -> dict[str, str]:
    """Return path to SHA-256 of the files that the Sleuth Kit lists and reads."""
    found = {}
    for line in run(["fls", "-r", "-p", *options, path]).decode("utf-8", "replace").splitlines():
        kind, _, name = line.partition("\t")
        if kind.startswith("r/r") and not name.startswith("$") and "*" not in kind:
            number = kind.split()[1].rstrip(":")
            try:
                data = run(["icat", *options, path, number])
            except ToolFailed:  # so it ends for a file of APFS without content
                data = b""
            found[name] = hashlib.sha256(data).hexdigest()
    return found


def test_the_sleuth_kit_and_libfshfs_read_the_same_hfs(evidence_image: Images) -> None:
    path, truth = evidence_image("hfs")
    _, found = walked(path)
    ours = contents_of(found)
    volume = pyfshfs.volume()
    volume.open(str(path))
    root = volume.get_root_directory()
    for number in range(root.get_number_of_sub_file_entries()):
        item = root.get_sub_file_entry(number)
        name = (item.name or "").replace("/", ":")
        if name in ours and item.size:
            data = item.read_buffer_at_offset(item.size, 0)
            assert hashlib.sha256(data).hexdigest() == ours[name], name
    volume.close()
    listed = run(["fls", "-r", "-p", path]).decode()
    for planted in truth.planted:
        if planted.entry_type == "file" and ":" not in planted.path:
            assert planted.path in listed, planted.path
    for name in (hfs.FRAGMENTED, hfs.DEFLATED_FORK, hfs.HARD_LINK):
        number = re.findall(rf"r/r (\d+):\t{name}\n", listed)[0]
        assert hashlib.sha256(run(["icat", path, number])).hexdigest() == ours[name]


def test_free_space_of_hfs_is_what_its_header_counts(evidence_image: Images) -> None:
    path, truth = evidence_image("hfs")
    with RawImage(path) as source:
        system = open_filesystem(source, whole(source))
        assert isinstance(system, HfsFileSystem)
        free = list(system.unallocated())
        assert sum(length for _, length in free) == system.facts.unallocated_bytes
        used = {
            place // hfs.BLOCK
            for item in walk(system)
            if item.content and item.entry.entry_type is EntryType.FILE
            for place, _ in system.open_content(item.entry.address).places()
        }
    assert len(used) > len(truth.live_files()) / 2
    assert not any(
        start // hfs.BLOCK <= b < (start + n) // hfs.BLOCK for start, n in free for b in used
    )


def test_a_folder_with_several_names_is_walked_once(evidence_image: Images) -> None:
    _, found = walked(evidence_image("hfs")[0])
    loops = [item for item in found if item.entry.raw_name == hfs.LOOP.encode()]
    assert len(loops) == 2
    assert len({item.entry.address for item in loops}) == 1


def test_pycdlib_reads_the_same_iso(evidence_image: Images) -> None:
    path, _ = evidence_image("iso9660")
    disc = pycdlib.PyCdlib()
    disc.open(str(path))
    theirs = set()
    for folder, _, names in disc.walk(rr_path="/"):
        theirs |= {f"{folder.strip('/')}/{name}".lstrip("/") for name in names}
    disc.close()
    _, found = walked(path)
    ours = {
        text(item)
        for item in found
        if item.entry.entry_type in (EntryType.FILE, EntryType.LINK)
        and item.entry.state is EntryState.LIVE
    }
    # The library lists folders that were moved where they lie; we list them where they belong.
    assert ours - {name for name in ours if name.startswith("deep/")} <= theirs
    assert len(ours) == len(theirs)


def test_boot_images_of_a_disc_are_told(evidence_image: Images) -> None:
    path, truth = evidence_image("iso9660")
    _, found = walked(path)
    boot = [item for item in found if item.entry.entry_type is EntryType.METADATA]
    assert [item.path for item in boot] == [b"/$Boot-1"]
    assert boot[0].sha256 == truth.live_files()[discs.BOOT]


@pytest.mark.parametrize("kind", ["joliet", "udf"])
def test_what_only_one_tree_of_a_disc_holds_is_found(kind: str, evidence_image: Images) -> None:
    facts, found = walked(evidence_image(kind)[0])
    assert facts.kind == ("udf" if kind == "udf" else "iso9660")
    beyond = [item for item in found if item.path.startswith(b"$Orphans")]
    name = {"udf": b"only-in-iso.txt", "joliet": b"ONLY_IN_ROCK_RIDGE.TXT"}[kind]
    assert [item.entry.raw_name for item in beyond] == [name]
    assert beyond[0].entry.state is EntryState.LIVE
    assert len(beyond[0].content or b"") == 900


def test_what_a_later_session_replaced_is_deleted(evidence_image: Images) -> None:
    path, truth = evidence_image("sessions")
    _, found = walked(path)
    (deleted,) = [item for item in found if item.entry.state is EntryState.DELETED]
    (planted,) = truth.deleted()
    assert (deleted.entry.raw_name.decode(), deleted.sha256) == (planted.path, planted.sha256)


def test_7z_lists_the_same_udf(evidence_image: Images) -> None:
    path, truth = evidence_image("udf")
    listed = run(["7z", "l", "-slt", "-tudf", path]).decode()
    theirs = {name for name in re.findall(r"^Path = (.*)$", listed, re.MULTILINE) if "." in name}
    planted = {name for name in truth.live_files() if "." in name}
    assert planted <= {name.removeprefix("CDROM/") for name in theirs}


def test_a_deleted_name_of_udf_is_read(evidence_image: Images) -> None:
    path, truth = evidence_image("udf")
    image = path.read_bytes()
    name = b"\x08readme.txt"
    at = image.index(name) - 38
    assert image[at : at + 2] == (257).to_bytes(2, "little")
    _, found = walked(path, {at + 18: 0x04})
    (deleted,) = [item for item in found if item.entry.state is EntryState.DELETED]
    assert deleted.sha256 == truth.live_files()["readme.txt"]


@pytest.mark.parametrize(
    "options",
    [
        ["--media-type=hd", "--udfrev=0x0102"],
        ["--media-type=hd", "--udfrev=0x0201", "--blocksize=4096"],
        ["--media-type=dvdrw"],
        ["--media-type=cdrw"],
        ["--media-type=cdr", "--udfrev=0x0150"],
        ["--media-type=cdr", "--udfrev=0x0201"],
        ["--media-type=bdr"],
    ],
)
def test_every_kind_of_partition_that_mkudffs_makes_is_opened(
    options: list[str], tmp_path: Path
) -> None:
    image = blank(tmp_path / "udf.dd", 24 << 20)
    run(["mkudffs", *options, image])
    facts, found = walked(image)
    assert facts.kind == "udf"
    assert found == []
    told = subprocess.run(
        [tool("udfinfo"), image], capture_output=True, check=False, timeout=60
    ).stdout.decode()
    assert f"blocksize={facts.block_size_bytes}" in told


@pytest.mark.corpora
def test_dftt_14_interpretations_of_iso_9660(corpora: Path, tmp_path: Path) -> None:
    archive = corpora / "sleuthkit+sleuthkit_test_data/from_brian/14-iso9660-1.zip"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    for name in ("iso-dirtree1", "iso-dirtree2"):
        _, found = walked(tmp_path / "14-iso9660-1" / f"{name}.iso")
        assert {item.entry.raw_name for item in found} == {b"File1.txt", b"File2.txt"}
        assert all(item.content for item in found)
    _, found = walked(tmp_path / "14-iso9660-1/iso-endian.iso")
    assert len({item.content for item in found}) == 2
    assert {item.entry.owner_name or item.entry.raw_name for item in found} == {b"File1.txt"}


@pytest.mark.corpora
def test_the_corpora_agree_with_the_sleuth_kit(corpora: Path, tmp_path: Path) -> None:
    archive = corpora / "sleuthkit+sleuthkit_test_data/nps-2009-hfsjtest1/image.gen1.zip"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    dfvfs = corpora / "log2timeline+dfvfs/test_data"
    for path in (tmp_path / "image.gen1.dmg", dfvfs / "hfsplus.raw", dfvfs / "iso9660.raw"):
        _, found = walked(path)
        files = [item for item in found if item.entry.entry_type is EntryType.FILE]
        assert contents_of(files) == fls_contents(path)


@pytest.mark.corpora
def test_apfs_agrees_with_the_sleuth_kit(corpora: Path) -> None:
    path = corpora / "log2timeline+dfvfs/test_data/apfs.raw"
    with RawImage(path) as source:
        plugin = find_layer(source, whole(source))
        assert plugin is not None
        layer = plugin.open_layer(source, whole(source), secrets=[], on_read=None)
        system: FileSystem | None = layer.filesystem(1)
        assert system is not None
        found = walk(system)
        files = [item for item in found if item.entry.entry_type is EntryType.FILE]
        (block,) = set(re.findall(r"APSB Block Number: (\d+)", run(["pstat", path]).decode()))
        assert contents_of(files) == fls_contents(path, "-P", "apfs", "-B", block)
        for item in files:
            for place in system.open_content(item.entry.address).places():
                stored = source.read_at(*place)
                assert stored.startswith(item.content or b"")


@pytest.mark.corpora
def test_a_damaged_container_of_apfs_ends_in_a_source_error(corpora: Path) -> None:
    path = corpora / "log2timeline+dfvfs/test_data/apfs.raw"
    ended = 0
    for at in range(0, 4096, 101):
        with RawImage(path, {at: 0x55}) as source:
            plugin = find_layer(source, whole(source))
            if plugin is None:
                continue
            try:
                layer = plugin.open_layer(source, whole(source), secrets=[], on_read=None)
                for inner in layer.volumes:
                    system = layer.filesystem(inner.facts.number)
                    assert system is not None
                    walk(system)
            except SourceError:
                ended += 1
    assert ended > 5
