"""Allocation maps against tools of the file systems' own makers, block by block."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from evidence.tools import run
from evidence.truth import Truth
from walked_evidence import RawImage, walk, whole

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import FileSystem, TellsFreeSpace
from polit.evidence.filesystems.ext import ExtFileSystem
from polit.evidence.opening import open_filesystem

Images = Callable[[str], tuple[Path, Truth]]
LAYOUTS = {
    "ext2": ["-t", "ext2", "-b", "1024"],
    "ext3": ["-t", "ext3"],
    "ext4": ["-t", "ext4", "-b", "1024"],
    "no flexible groups": ["-t", "ext4", "-O", "^flex_bg,^metadata_csum", "-b", "1024"],
    "meta groups": ["-t", "ext4", "-O", "meta_bg,^resize_inode", "-b", "1024"],
    "two backups": ["-t", "ext4", "-O", "sparse_super2", "-b", "1024"],
    "64 bits": ["-t", "ext4", "-O", "64bit,metadata_csum", "-b", "1024"],
    "32 bits": ["-t", "ext4", "-O", "^64bit,^metadata_csum,uninit_bg", "-b", "1024"],
    "small inodes": ["-t", "ext4", "-I", "128", "-b", "2048"],
    "inline data": ["-t", "ext4", "-O", "inline_data,^has_journal", "-b", "1024"],
}


def made(folder: Path, options: list[str]) -> Path:
    """Make 200 MiB of ext with ``mke2fs -d`` out of a small tree."""
    tree = folder / "tree"
    (tree / "some" / "folders").mkdir(parents=True)
    for number in range(40):
        (tree / "some" / f"file {number}").write_bytes(b"text " * number * 97)
    (tree / "some" / "link").symlink_to("file 1")
    image = folder / "ext.dd"
    with image.open("wb") as empty:
        empty.truncate(200 << 20)
    run(["mke2fs", "-q", "-F", *options, "-d", tree, image])
    return image


def opened(source: RawImage) -> FileSystem:
    system = open_filesystem(source, whole(source))
    assert system is not None
    return system


def free_by_dumpe2fs(image: Path) -> set[int]:
    told = run(["/sbin/dumpe2fs", image]).decode()
    free: set[int] = set()
    for line in re.findall(r"^  Free blocks: (.+)$", told, re.MULTILINE):
        for part in line.split(", "):
            first, _, last = part.partition("-")
            free.update(range(int(first), int(last or first) + 1))
    return free


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_ext_bitmap_agrees_with_dumpe2fs(layout: str, tmp_path: Path) -> None:
    image = made(tmp_path, LAYOUTS[layout])
    expected = free_by_dumpe2fs(image)
    with RawImage(image) as source:
        system = opened(source)
        assert isinstance(system, ExtFileSystem)
        first, size = system.layout.first_data_block, system.layout.block_size_bytes
        count = system.allocation.block_count
        found = {
            first + block for block in range(count) if not system.allocation.any_used(block, 1)
        }
        assert found == expected
        assert system.facts.unallocated_bytes == len(expected) * size


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_ext_layouts_are_read(layout: str, tmp_path: Path) -> None:
    image = made(tmp_path, LAYOUTS[layout])
    with RawImage(image) as source:
        found = {item.path: item.content for item in walk(opened(source))}
    for number in range(40):
        assert found[b"/some/file %d" % number] == b"text " * number * 97


def test_bigalloc_is_refused_with_its_reason(tmp_path: Path) -> None:
    image = made(tmp_path, ["-t", "ext4", "-O", "bigalloc", "-C", "16384"])
    with RawImage(image) as source, pytest.raises(SourceUnreadable, match="fragments"):
        opened(source)


@pytest.mark.parametrize("kind", ["fat12", "fat16", "fat32"])
def test_fat_table_agrees_with_fsck(kind: str, evidence_image: Images) -> None:
    image, _ = evidence_image(kind)
    told = subprocess.run(
        ["/sbin/fsck.fat", "-nv", image], capture_output=True, check=False
    ).stdout.decode()
    match = re.search(r"(\d+)/(\d+) clusters", told)
    assert match is not None
    with RawImage(image) as source:
        facts = opened(source).facts
    free = int(match[2]) - int(match[1])
    assert facts.unallocated_bytes == free * facts.block_size_bytes


def test_ntfs_bitmap_agrees_with_ntfsinfo(evidence_image: Images) -> None:
    image, _ = evidence_image("ntfs")
    told = run(["ntfsinfo", "-m", "-f", image]).decode()
    match = re.search(r"Free Clusters: (\d+)", told)
    assert match is not None
    with RawImage(image) as source:
        facts = opened(source).facts
    assert facts.unallocated_bytes == int(match[1]) * facts.block_size_bytes


def test_exfat_bitmap_agrees_with_dump(evidence_image: Images) -> None:
    image, _ = evidence_image("exfat")
    match = re.search(r"Free Clusters:\s+(\d+)", run(["/sbin/dump.exfat", image]).decode())
    assert match is not None
    with RawImage(image) as source:
        facts = opened(source).facts
    assert facts.unallocated_bytes == int(match[1]) * facts.block_size_bytes


_UNITS = {"fat12": 512, "fat16": 512, "fat32": 512, "exfat": 512, "ntfs": 4096}


@pytest.mark.parametrize("kind", [*_UNITS, "ext2", "ext3", "ext4", "ext4_1k"])
def test_free_ranges_agree_with_another_tool(kind: str, evidence_image: Images) -> None:
    image, _ = evidence_image(kind)
    with RawImage(image) as source:
        system = opened(source)
        assert isinstance(system, TellsFreeSpace)
        ranges, size = list(system.unallocated()), source.size_bytes
        unit = _UNITS.get(kind, system.facts.block_size_bytes)
    found = {at // unit for start, length in ranges for at in range(start, start + length, unit)}
    if kind in _UNITS:
        told = run(["blkls", "-l", image]).decode().splitlines()
        expected = {int(line[:-2]) for line in told if line.endswith("|f")}
    else:  # of groups without a bitmap the Sleuth Kit takes too much as free
        expected = free_by_dumpe2fs(image)
    if kind == "ntfs":  # what lies behind the last cluster: the copy of the boot sector
        expected.add(size // unit - 1)
    assert found == expected


def test_bad_clusters_of_fat_are_searched(tmp_path: Path) -> None:
    image, bad = tmp_path / "bad.dd", tmp_path / "bad.txt"
    with image.open("wb") as empty:
        empty.truncate(16 << 20)
    bad.write_text("3000\n")
    run(["mkfs.fat", "-F", "16", "-s", "4", "-l", bad, image])
    with RawImage(image) as source:
        system = opened(source)
        assert isinstance(system, TellsFreeSpace)
        searched = sum(length for _, length in system.unallocated())
        behind = system.facts.unallocated_bytes
        assert behind is not None
        assert any(at <= 3000 << 10 < at + size for at, size in system.unallocated())
    assert searched - behind == 2048
