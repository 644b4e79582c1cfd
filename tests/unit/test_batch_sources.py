"""Which images of a folder are sources: none hides another without being named."""

from pathlib import Path

from polit.examine.batch_sources import find_sources


def _descriptor(path: Path, extent: str) -> None:
    line = f'RW 100 FLAT "{extent}" 0'
    path.write_text(f"# Disk DescriptorFile\nCID=fffffffe\nparentCID=ffffffff\n{line}\n")


def test_an_image_that_another_needs_is_named(tmp_path: Path) -> None:
    _descriptor(tmp_path / "disk.vmdk", "other.dd")
    (tmp_path / "other.dd").write_bytes(bytes(51_200))
    found = find_sources(tmp_path, take_folders=False)
    assert [one.path.name for one in found.sources] == ["disk.vmdk"]
    (left,) = found.left
    assert left[0].name == "other.dd"
    assert "disk.vmdk" in left[1]


def test_images_that_need_each_other_hide_neither(tmp_path: Path) -> None:
    for name, other in (("a.vmdk", "b.vmdk"), ("b.vmdk", "a.vmdk")):
        _descriptor(tmp_path / name, other)
    found = find_sources(tmp_path, take_folders=False)
    assert [one.path.name for one in found.sources] == ["a.vmdk", "b.vmdk"]
    assert not found.left
