"""The fixtures prove themselves: what builders say is what other tools read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from evidence import catalogue, disk, ext, second_tool, tools
from evidence.truth import Truth, path_text, sha256_hex

Images = Callable[[str], tuple[Path, Truth]]
KINDS = {
    "fat12": "fat",
    "fat16": "fat",
    "fat32": "fat",
    "exfat": "exfat_own",
    "exfat_own": "exfat",
    "ntfs": "ntfs",
    "ext2": "ext",
    "ext3": "ext",
    "ext4": "ext",
    "ext4_1k": "ext",
}


@pytest.mark.parametrize("name", sorted(catalogue.FILE_SYSTEMS))
def test_fixture_live_files_are_what_a_second_tool_reads(name: str, evidence_image: Images) -> None:
    if name == "exfat_own" and not (tools.can_loop() and tools.can_fuse()):
        pytest.skip("skipped: needs root (a loop device, to mount with exfat-fuse)")
    image, truth = evidence_image(name)
    refused = {path_text(raw) for raw in ext.NOT_BY_LIBFSEXT}

    read = second_tool.live_files(image, KINDS[name])

    assert read == {path: sha for path, sha in truth.live_files().items() if path not in refused}


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if "exfat" not in kind])
def test_fixture_folders_are_what_a_second_tool_lists(name: str, evidence_image: Images) -> None:
    image, truth = evidence_image(name)
    planted = {item.path for item in truth.live() if item.entry_type == "folder"}
    assert second_tool.live_folders(image, KINDS[name]) == planted


@pytest.mark.parametrize("name", ["ext2", "ext3", "ext4", "ext4_1k"])
def test_fixture_names_that_libfsext_refuses_are_read_by_debugfs(
    name: str, evidence_image: Images
) -> None:
    image, _ = evidence_image(name)
    for raw in ext.NOT_BY_LIBFSEXT:
        folder, _, last = raw.rpartition(b"/")
        digest = second_tool.debugfs_sha256(image, f"/{folder.decode()}", last)
        assert digest == sha256_hex(ext.RAW_NAMES[raw])


@pytest.mark.parametrize("name", sorted(catalogue.FILE_SYSTEMS))
def test_fixture_has_each_kind_of_deletion(name: str, evidence_image: Images) -> None:
    _, truth = evidence_image(name)
    if truth.limits and name == "ntfs":
        pytest.skip(f"skipped: needs root ({truth.limits[0]})")
    deleted = truth.deleted()
    assert sum(item.must_be_found and item.sha256 is not None for item in deleted) >= 8
    assert any(item.overwritten for item in deleted)
    assert any(item.entry_type == "folder" for item in deleted)


@pytest.mark.parametrize("name", sorted(catalogue.FILE_SYSTEMS))
def test_fixture_has_no_path_twice_in_one_state(name: str, evidence_image: Images) -> None:
    _, truth = evidence_image(name)
    keys = [(item.path, item.state) for item in truth.planted]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", ["fat12", "fat16", "fat32", "exfat_own", "ext3"])
def test_fixture_is_the_same_when_built_again(
    name: str, evidence_image: Images, tmp_path: Path
) -> None:
    image, truth = evidence_image(name)
    again, truth_again = catalogue.BUILDERS[name](tmp_path)
    assert truth_again == truth
    if name.startswith("fat"):
        assert disk.digest_of(again) == disk.digest_of(image)


@pytest.mark.parametrize("name", ["exfat", "exfat_own"])
def test_fixture_exfat_is_clean_to_its_checker(name: str, evidence_image: Images) -> None:
    image, _ = evidence_image(name)
    assert b": clean." in tools.run(["fsck.exfat", "-n", image])


@pytest.mark.parametrize("name", ["fat12", "fat16", "fat32"])
def test_fixture_fat_is_clean_to_its_checker(name: str, evidence_image: Images) -> None:
    image, _ = evidence_image(name)
    assert tools.ended(["fsck.fat", "-n", image]).returncode == 0


@pytest.mark.parametrize(("name", "places"), [("mbr", disk.MBR_PLACES), ("gpt", disk.GPT_PLACES)])
def test_fixture_disk_table_is_as_planned(
    name: str, places: tuple[disk.Place, ...], evidence_image: Images
) -> None:
    image, truth = evidence_image(name)
    table = disk.table_of(image)
    assert table == [(place.first_sector, place.sectors) for place in places]
    offsets = {item.volume_offset_bytes for item in truth.planted}
    assert offsets <= {first * disk.SECTOR_BYTES for first, _ in table}


def test_fixture_mbr_volume_is_its_image_byte_for_byte(
    evidence_image: Images, tmp_path: Path
) -> None:
    image, _ = evidence_image("mbr")
    part, _ = disk.MBR_PLACES[0].fill(tmp_path) if disk.MBR_PLACES[0].fill else (None, None)
    assert part is not None
    with image.open("rb") as opened:
        opened.seek(disk.MBR_PLACES[0].first_sector * disk.SECTOR_BYTES)
        assert opened.read(part.stat().st_size) == part.read_bytes()


def test_fixture_split_parts_join_to_the_disk(evidence_image: Images) -> None:
    first, truth = evidence_image("split_raw")
    disk_image, disk_truth = evidence_image("mbr")
    parts = sorted(first.parent.glob("disk.dd.*"))
    assert [part.suffix for part in parts] == [".001", ".002", ".003", ".004", ".005"]
    assert b"".join(part.read_bytes() for part in parts) == disk_image.read_bytes()
    assert truth == disk_truth


@pytest.mark.parametrize("name", ["e01", "e01_best", "e01_none", "e01_segments"])
def test_fixture_e01_is_verified_by_ewfverify(name: str, evidence_image: Images) -> None:
    image, _ = evidence_image(name)
    told = tools.run(["ewfverify", "-q", image])
    assert b"SUCCESS" in told
