"""Which further files an image may ask for, and how they are found: base names, one folder."""

import struct
import time
from pathlib import Path

import pytest

from polit.base.errors import SourceMissing, SourceUnreadable
from polit.evidence.companion_search import open_companions
from polit.evidence.companions import Companion, base_name, companion, match_name
from polit.evidence.containers._vmdk_facts import read_vmdk
from polit.evidence.segments import close_segments, open_segments


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("disk-flat.vmdk", "disk-flat.vmdk"),
        ("/etc/shadow", "shadow"),
        ("..\\..\\base\\parent.vhdx", "parent.vhdx"),
        ("file:///home/me/base.qcow2", "base.qcow2"),
        ("../..", ""),
        ("folder/", ""),
        (".", ""),
        ("a\0b", ""),
        ("x" * 256, ""),
        ("name\0", "name"),
    ],
)
def test_a_stated_path_gives_a_base_name_or_none(stated: str, name: str) -> None:
    assert base_name(stated) == name


def test_no_name_is_refused() -> None:
    with pytest.raises(SourceUnreadable, match="gives no name"):
        companion(["..", ""], "its parent", of="image.vhd")


def test_exact_names_come_before_those_in_another_case() -> None:
    wanted = Companion(("Base.vhd", "other.vhd"), "its parent", is_parent=True)
    assert match_name(["base.vhd", "Base.vhd"], wanted) == "Base.vhd"
    assert match_name(["BASE.VHD", "other.vhd"], wanted) == "other.vhd"
    assert match_name(["BASE.VHD"], wanted) == "BASE.VHD"
    assert match_name(["unlike"], wanted) is None


def descriptor(extents: list[str], parent: str = "") -> bytes:
    lines = [f'RW 8 FLAT "{name}" 0' for name in extents]
    values = [f"parentCID={'00000001' if parent else 'ffffffff'}", f'parentFileNameHint="{parent}"']
    return "\n".join(["# Disk DescriptorFile", "CID=00000001", *values, *lines]).encode()


def names_opened(path: Path) -> list[str]:
    segments = open_segments([path])
    try:
        found = open_companions(path, segments[0])
        close_segments(found.segments)
        return [one.name for one in found.paths]
    finally:
        close_segments(segments)


def test_extents_and_parents_are_found_beside_the_image(tmp_path: Path) -> None:
    (tmp_path / "a.vmdk").write_bytes(descriptor(["/vmfs/volumes/x/a-flat.vmdk"], "C:\\b.vmdk"))
    (tmp_path / "b.vmdk").write_bytes(descriptor(["b-flat.vmdk"]))
    for name in ("a-flat.vmdk", "b-flat.vmdk"):
        (tmp_path / name).write_bytes(bytes(4096))
    assert names_opened(tmp_path / "a.vmdk") == ["a-flat.vmdk", "b.vmdk", "b-flat.vmdk"]


def test_a_missing_companion_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.vmdk").write_bytes(descriptor(["gone-flat.vmdk"]))
    with pytest.raises(
        SourceMissing, match=r"gone-flat\.vmdk is missing: a\.vmdk needs it as an ext"
    ):
        names_opened(tmp_path / "a.vmdk")


def test_links_and_folders_are_no_companions(tmp_path: Path) -> None:
    (tmp_path / "a.vmdk").write_bytes(descriptor(["link"]))
    (tmp_path / "link").symlink_to("/etc/hostname")
    with pytest.raises(SourceMissing):
        names_opened(tmp_path / "a.vmdk")


def test_parents_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a.vmdk").write_bytes(descriptor([], "b.vmdk"))
    (tmp_path / "b.vmdk").write_bytes(descriptor([], "a.vmdk"))
    assert names_opened(tmp_path / "a.vmdk") == ["b.vmdk"]


def test_too_many_parents_are_refused(tmp_path: Path) -> None:
    for number in range(40):
        path = tmp_path / f"{number}.vmdk"
        path.write_bytes(descriptor([], f"{number + 1}.vmdk"))
    with pytest.raises(SourceUnreadable, match="32 deep"):
        names_opened(tmp_path / "0.vmdk")


def test_too_many_extents_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.vmdk").write_bytes(descriptor([f"{n}.bin" for n in range(300)]))
    with pytest.raises(SourceUnreadable, match="300 extents"):
        names_opened(tmp_path / "a.vmdk")


def test_a_backing_file_that_is_a_connection_is_refused(tmp_path: Path) -> None:
    name = b'json:{"driver":"nbd"}'
    head = struct.pack(">4sIQI", b"QFI\xfb", 2, 72, len(name)).ljust(72, b"\0") + name
    (tmp_path / "a.qcow2").write_bytes(head)
    with pytest.raises(SourceUnreadable, match="as a connection"):
        names_opened(tmp_path / "a.qcow2")


@pytest.mark.parametrize("length", [0, 3, 511, 600])
def test_a_header_of_no_sense_asks_for_nothing(tmp_path: Path, length: int) -> None:
    for head in (
        b"",
        b"KDMV",
        b"QFI\xfb\0\0\0\x02" + bytes(64),
        b"vhdxfile",
        b"conectix",
        b"# Disk DescriptorFile",
    ):
        (tmp_path / "odd").write_bytes(head.ljust(length, b"\xff"))
        assert names_opened(tmp_path / "odd") == []


def test_a_descriptor_of_spaces_is_read_in_no_time(tmp_path: Path) -> None:
    path = tmp_path / "disk.vmdk"
    path.write_bytes(b'# Disk DescriptorFile\nCID = " 1a"  \na=' + b" " * (1 << 19) + b'y"x\n')
    (segment,) = open_segments([path])
    before = time.monotonic()
    facts = read_vmdk(segment)
    close_segments([segment])
    assert time.monotonic() - before < 2
    assert facts is not None
    assert facts.values == {"cid": " 1a"}
