"""The source as the coordinator holds it: names, identity, devices, and where it truly lies."""

import os
from pathlib import Path

import pytest

from polit.base.errors import SourceError, UsageError
from polit.examine import mounts
from polit.examine.source import open_source

_FAT_SECTORS = 8192


def test_a_name_that_is_not_utf8_becomes_safe_text(tmp_path: Path) -> None:
    image = tmp_path / os.fsdecode(b"image \xff.dd")
    image.write_bytes(bytes(512))
    source = open_source(image, accept_atime=False)
    try:
        assert source.walk.segments[0].name == "image \\xff.dd"
        source.walk.segments[0].name.encode()
    finally:
        source.close()


def test_our_own_folder_keeps_its_access_times(tmp_path: Path) -> None:
    source = open_source(tmp_path, accept_atime=True)
    source.close()
    assert source.access_times_may_change is False


def test_the_mount_table_is_read(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_bytes(
        b"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        b"2 1 8:17 /a /mnt/two\\040words ro,nosuid shared:1 - vfat /dev/sdb1 ro,utf8\n"
        b"3 1 8:17 / /mnt/view ro - vfat /dev/sdb1 rw\n"
    )
    found = mounts.read_mounts(table)
    assert [mount.is_writable for mount in found] == [True, False, True]
    assert found[1].point == Path("/mnt/two words")
    assert (found[1].root, found[1].device) == (Path("/a"), "8:17")


@pytest.mark.parametrize("target", ["evidence", "evidence/a/b", "link/x", "evidence/../evidence"])
def test_a_target_inside_the_evidence_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "evidence")
    with pytest.raises(UsageError, match="inside the evidence"):
        mounts.check_outside(tmp_path / "evidence", (tmp_path / "out", tmp_path / target))


def test_a_target_beside_the_evidence_is_taken(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    image = tmp_path / "image.dd"
    image.touch()
    mounts.check_outside(tmp_path / "evidence", (tmp_path / "evidence2", tmp_path))
    mounts.check_outside(image, (tmp_path / "out", tmp_path))


def test_an_image_is_no_folder_to_write_to(tmp_path: Path) -> None:
    image = tmp_path / "image.dd"
    image.touch()
    os.link(image, tmp_path / "other name")
    for target in (image, tmp_path / "other name", image / "below"):
        with pytest.raises(UsageError, match="inside the evidence"):
            mounts.check_outside(image, (target,))


def test_a_bind_mount_of_a_folder_of_the_evidence_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evidence/sub").mkdir(parents=True)
    (tmp_path / "bound").mkdir()
    # As the table stands after: mount --bind evidence/sub bound
    table = [
        mounts.Mount("8:1", Path("/"), Path("/"), Path("/dev/sda1"), is_writable=True),
        mounts.Mount("8:1", tmp_path / "evidence/sub", tmp_path / "bound", Path("/dev/sda1"),
                     is_writable=True),
    ]  # fmt: skip
    monkeypatch.setattr(mounts, "read_mounts", lambda: table)
    with pytest.raises(UsageError, match="inside the evidence"):
        mounts.check_outside(tmp_path / "evidence", (tmp_path / "bound/out",))


def test_a_device_mounted_for_writing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def table(*, is_writable: bool) -> list[mounts.Mount]:
        return [mounts.Mount("7:250", Path("/"), tmp_path, Path("none"), is_writable=is_writable)]

    monkeypatch.setattr(mounts, "read_mounts", lambda: table(is_writable=True))
    with pytest.raises(SourceError, match="mounted for writing"):
        mounts.check_unmounted(Path("/dev/loop250"), os.makedev(7, 250))
    mounts.check_unmounted(Path("/dev/loop249"), os.makedev(7, 249))
    monkeypatch.setattr(mounts, "read_mounts", lambda: table(is_writable=False))
    mounts.check_unmounted(Path("/dev/loop250"), os.makedev(7, 250))
