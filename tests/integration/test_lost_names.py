"""Names that no folder leads to: what a quick format left is found, and nothing is invented."""

from collections.abc import Callable
from pathlib import Path

import pytest
from evidence import reformatted
from evidence.examined import examine
from evidence.proof_truth import deleted_names_by_tsk
from evidence.truth import DELETED, FILE, Truth
from walked_evidence import Found, RawImage, walk, whole

from polit.evidence.filesystem import dropped_by
from polit.evidence.opening import open_filesystem
from polit.model.evidence import EntryState, EntryType

Images = Callable[[str], tuple[Path, Truth]]

AT_LEAST = {"fat12": 43, "fat16": 43, "fat32": 43, "exfat_own": 44, "ntfs": 51, "ext4": 48}
"""Contents that come out of a volume that was made anew. The names of its root are overwritten
by the new one's; on NTFS so are the first records, and streams are not looked for."""
OVERWRITTEN = {b"overwritten picture.jpg"}
"""Its clusters held another file's bytes before the format: nothing tells that any more."""


def found_in(path: Path) -> tuple[list[Found], dict[str, int]]:
    with RawImage(path) as source:
        system = open_filesystem(source, whole(source))
        assert system is not None
        return walk(system), dropped_by(system)


def lost_in(found: list[Found]) -> list[Found]:
    return [item for item in found if item.path.startswith(b"$Orphans")]


def dropped_orphans(path: Path) -> dict[str, int]:
    with RawImage(path) as source:
        system = open_filesystem(source, whole(source))
        assert system is not None
        assert not list(system.list_orphans(start_index=0, journal=lambda _: None))
        return dropped_by(system)


@pytest.mark.parametrize("kind", sorted(reformatted.EMPTY_FORMATS))
def test_empty_volume_has_no_lost_name(kind: str, tmp_path: Path) -> None:
    assert dropped_orphans(reformatted.empty_volume(kind, tmp_path / "clean", seed=None)) == {}


@pytest.mark.parametrize("kind", sorted(reformatted.EMPTY_FORMATS))
def test_random_free_space_gives_no_lost_name(kind: str, tmp_path: Path) -> None:
    image = reformatted.empty_volume(kind, tmp_path / "noise", seed=7)
    dropped = dropped_orphans(image)
    # The new ext4 leaves its inode table as it was, and says so: what is there was no inode.
    assert (sum(dropped.values()) > 0) == (kind == "ext4")


@pytest.mark.parametrize("name", sorted(AT_LEAST))
def test_quick_format_leaves_names_and_contents(
    name: str, evidence_image: Images, tmp_path: Path
) -> None:
    image, truth = evidence_image(name)
    planted = {item.sha256 for item in truth.planted if item.sha256 and item.size_bytes}
    names = {item.path.rpartition("/")[2].encode() for item in truth.planted}

    lost = lost_in(found_in(reformatted.made_anew(image, name, tmp_path / "again"))[0])

    read = [item for item in lost if item.content]
    assert len({item.sha256 for item in read} & planted) >= AT_LEAST[name]
    assert all(item.entry.state is EntryState.DELETED for item in lost)
    named = [item for item in read if b"OrphanFile-" not in item.entry.raw_name]
    others = [item.path for item in named if item.sha256 not in planted]
    assert {path.rpartition(b"/")[2] for path in others} <= OVERWRITTEN | {b"link to shapes.png"}
    invented = {item.entry.raw_name for item in named} - names
    # A long name that was cut at a cluster's end keeps its short one; Latin-1 bytes stay.
    assert invented <= {b"LONGLO~1.TXT", b"latin \xe9t\xe9.jpg"}


def test_no_lost_name_is_listed_twice(evidence_image: Images, tmp_path: Path) -> None:
    for name in ("fat32", "exfat_own", "ext4"):
        image, _ = evidence_image(name)
        lost = lost_in(found_in(reformatted.made_anew(image, name, tmp_path / name))[0])
        places = [(item.entry.raw_name, item.entry.address) for item in lost]
        assert len(places) == len(set(places)), name


def test_folder_without_name_is_listed_with_what_it_holds(
    evidence_image: Images, tmp_path: Path
) -> None:
    image, truth = evidence_image("ext4")
    held = {
        item.sha256
        for item in truth.live()
        if item.path.startswith("Users/x/Pictures/") and item.entry_type == FILE
    }
    lost = lost_in(found_in(reformatted.unlinked(image, "Users/x/Pictures", tmp_path / "cut"))[0])
    live = [item for item in lost if item.entry.state is EntryState.LIVE]
    assert [item.entry.entry_type for item in live].count(EntryType.FOLDER) == 1
    assert {item.sha256 for item in live if item.content} == held


def test_exfat_set_with_a_wrong_checksum_is_dropped_and_counted(
    evidence_image: Images, tmp_path: Path
) -> None:
    image, truth = evidence_image("exfat_own")
    again = reformatted.made_anew(image, "exfat_own", tmp_path / "again")
    lost = lost_in(found_in(again)[0])
    name = "first of the gone.jpg"
    assert name.encode() in {item.entry.raw_name for item in lost}
    assert any(item.path.endswith(name) and item.state == DELETED for item in truth.planted)

    stored = again.read_bytes()
    at = stored.find("first of the go".encode("utf-16-le"))
    again.write_bytes(stored[:at] + b"F" + stored[at + 1 :])

    found, dropped = [], {}
    with RawImage(again) as source:
        system = open_filesystem(source, whole(source))
        assert system is not None
        found = list(system.list_orphans(start_index=0, journal=lambda _: None))
        dropped = dropped_by(system)
    assert b"First of the gone.jpg" not in {entry.raw_name for _, entry in found}
    assert dropped["lost_checksum"] == 1


def test_what_is_dropped_stands_in_the_account(tmp_path: Path) -> None:
    image = reformatted.empty_volume("ext4", tmp_path / "noise.dd", seed=7)
    dropped = dropped_orphans(image)
    done = examine(image, tmp_path)
    told = done.summary["not_examined"]
    assert isinstance(told, list)
    counts = [item["count"] for item in told if item["what"] == "lost directory entries"]
    assert sum(counts) == sum(dropped.values()) > 0


def test_ntfs_records_whose_index_is_damaged_are_listed_by_their_own_names(
    evidence_image: Images, tmp_path: Path
) -> None:
    image, truth = evidence_image("ntfs")
    stored = bytearray(image.read_bytes())
    for at in range(0, len(stored), 4096):
        is_index = stored[at : at + 4] == b"INDX"
        if is_index and "IMG_0001.JPG".encode("utf-16-le") in stored[at : at + 4096]:
            stored[at : at + 4] = b"BAAD"
    torn = tmp_path / "torn"
    torn.write_bytes(stored)
    held = {
        item.sha256
        for item in truth.live()
        if item.path.startswith("DCIM/100CANON/") and item.entry_type == FILE
    }

    found = found_in(torn)[0]

    live = [item for item in lost_in(found) if item.entry.state is EntryState.LIVE]
    assert len(held) > 1
    assert {item.sha256 for item in live if item.content} == held
    assert {item.entry.raw_name for item in live} >= {b"IMG_0001.JPG", b"IMG_0006.JPG"}


def test_the_sleuth_kit_names_no_lost_file_that_is_missing(
    evidence_image: Images, tmp_path: Path
) -> None:
    image, _ = evidence_image("fat16")
    again = reformatted.made_anew(image, "fat16", tmp_path / "again.dd")
    ours = {item.entry.raw_name.decode() for item in found_in(again)[0]}
    theirs = deleted_names_by_tsk(again)
    assert len(theirs) == len(ours)
    # It cuts the long name of 204 letters.
    assert all(name.startswith("longlong") for name in theirs - ours)
