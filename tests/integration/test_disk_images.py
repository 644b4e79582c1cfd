"""Images of machines against second tools, with lies, damage, locks and wrong parents."""

import hashlib
import random
import shutil
import struct
from pathlib import Path

import pytest
from container_images import evidence_of, libewf_bytes, mixed_bytes, opened, read_all
from disk_images import DISKS, convert, raw_again
from evidence.tools import run
from made_differences import DIFFERENCES

from polit.base.errors import SourceError, SourceUnreadable
from polit.evidence.container import open_container
from polit.evidence.segments import close_segments, find_segments

DEVICE = mixed_bytes(3 << 20, seed=6)
_KINDS = sorted({**DISKS, **DIFFERENCES})
_NO_SECOND_TOOL = ("ex01_bzip2", "vhd_differencing", "vhdx_differencing")
"""libewf reads no bzip2, QEMU follows no parents of Microsoft: these stand on what was planted."""


def build(kind: str, folder: Path, device: bytes = DEVICE) -> Path:
    return {**DISKS, **DIFFERENCES}[kind][1](folder, device)


def without(data: bytes, ranges: list[tuple[int, int]]) -> bytes:
    left = bytearray(data)
    for offset, length in ranges:
        end = min(offset + length, len(left))
        left[offset:end] = bytes(max(end - offset, 0))
    return bytes(left)


@pytest.mark.parametrize("kind", [one for one in _KINDS if one not in _NO_SECOND_TOOL])
def test_a_second_tool_reads_the_same(kind: str, tmp_path: Path) -> None:
    image = build(kind, tmp_path)
    if kind.startswith("ex01"):
        again = libewf_bytes(find_segments(image).paths)
    elif kind.startswith("dmg"):
        again = run(["7z", "x", "-so", image])
    else:
        again = raw_again(image)
    assert again == DEVICE
    with opened(image) as source:
        assert read_all(source) == again


@pytest.mark.parametrize("kind", _KINDS)
def test_an_image_cut_short_gives_no_wrong_byte(kind: str, tmp_path: Path) -> None:
    image = build(kind, tmp_path)
    chooser = random.Random(kind)
    whole = image.read_bytes()
    for _ in range(4):
        image.write_bytes(whole[: chooser.randrange(1, len(whole))])
        try:
            with opened(image) as source:
                data = read_all(source)
                bad = [(one.offset_bytes, one.length_bytes) for one in source.bad_ranges()]
        except SourceError:
            continue
        if kind not in {"vhd_fixed", "dmg_zlib", "dmg_bzip2"}:
            assert without(data, bad) == without(DEVICE, bad)
        else:
            # Without its end nothing tells it from a raw image.
            assert data == image.read_bytes()


@pytest.mark.parametrize("kind", _KINDS)
def test_flipped_bits_end_in_an_answer(kind: str, tmp_path: Path) -> None:
    image = build(kind, tmp_path)
    chooser = random.Random(kind)
    whole = image.read_bytes()
    for _ in range(6):
        altered = bytearray(whole)
        for _ in range(3):
            at = chooser.choice([0, len(altered) - 4096, chooser.randrange(len(altered))])
            at = max(min(at + chooser.randrange(4096), len(altered) - 8), 0)
            altered[at : at + 4] = chooser.choice([b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f"])
        image.write_bytes(altered)
        try:
            with opened(image) as source:
                for offset in range(0, min(source.size_bytes, 8 << 20), 1 << 20):
                    source.read_at(offset, 1 << 20)
        except SourceError:
            continue


def test_a_damaged_chunk_of_ex01_is_a_bad_range(tmp_path: Path) -> None:
    image = build("ex01_plain", tmp_path)
    data = bytearray(image.read_bytes())
    lone = next(at for at in range(0, len(DEVICE), 509) if data.count(DEVICE[at : at + 64]) == 1)
    data[data.find(DEVICE[lone : lone + 64])] ^= 1
    image.write_bytes(data)
    chunk = (lone - lone % 32_768, 32_768)
    with opened(image) as source:
        assert without(read_all(source), [chunk]) == without(DEVICE, [chunk])
        (bad,) = source.bad_ranges()
    assert (bad.offset_bytes, bad.length_bytes, bad.code) == (*chunk, "chunk_checksum")


def test_ex01_tells_its_digests_and_texts(tmp_path: Path) -> None:
    with opened(build("ex01_deflate_segments", tmp_path)) as source:
        stored = {one.algorithm: one.value_hex for one in source.stored_digests()}
        texts = dict(source.acquisition().untrusted_texts)
    assert stored == {
        "md5": hashlib.md5(DEVICE, usedforsecurity=False).hexdigest(),
        "sha1": hashlib.sha1(DEVICE, usedforsecurity=False).hexdigest(),
    }
    assert texts["case_number"] == "OP-1"
    assert texts["acquired_at"] == "2023-11-14T22:13:20+00:00"


@pytest.mark.parametrize(
    ("kind", "base"), [("vhd_differencing", "vhd_dynamic"), ("vmdk_with_parent", "vmdk_delta")]
)
def test_a_wrong_parent_is_refused(kind: str, base: str, tmp_path: Path) -> None:
    image = build(kind, tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    name = "vhd_dynamic" if base == "vhd_dynamic" else "vmdk_monolithicSparse"
    stranger = build(name, other)
    shutil.copy(stranger, tmp_path / f"base{image.suffix}")
    with pytest.raises(SourceUnreadable, match="not the parent"), opened(image):
        pass


def test_parents_in_a_circle_are_refused(tmp_path: Path) -> None:
    image = build("qcow_with_backing", tmp_path)
    shutil.copy(image, tmp_path / "base.qcow2")
    with pytest.raises(SourceUnreadable, match="its own backing file"), opened(image):
        pass


def test_an_encrypted_qcow_is_refused(tmp_path: Path) -> None:
    path = build("qcow_version_3", tmp_path)
    data = bytearray(path.read_bytes())
    struct.pack_into(">I", data, 32, 2)
    path.write_bytes(data)
    with pytest.raises(SourceUnreadable, match="is an encrypted QCOW"), opened(path):
        pass


def test_snapshots_of_qcow_are_named_as_not_examined(tmp_path: Path) -> None:
    image = build("qcow_version_3", tmp_path)
    run(["qemu-img", "snapshot", "-c", "before holiday", image])
    with opened(image) as source:
        (problem,) = source.problems()
        assert read_all(source) == DEVICE
    assert problem.code == "snapshots_not_examined"
    assert "before holiday" in problem.detail


def test_a_disk_of_no_sense_is_refused(tmp_path: Path) -> None:
    image = build("qcow_version_3", tmp_path)
    data = bytearray(image.read_bytes())
    struct.pack_into(">Q", data, 24, 1 << 60)
    image.write_bytes(data)
    with pytest.raises(SourceUnreadable, match="more than any has"), opened(image):
        pass


def test_a_second_part_of_a_cut_image_is_refused(tmp_path: Path) -> None:
    raw = tmp_path / "disk.raw"
    raw.write_bytes(DEVICE)
    image = convert(raw, tmp_path / "image.qcow2", "-O", "qcow2")
    parts: list[str | Path] = ["split", "-b", "1000000", "-a", "3", "--numeric-suffixes=1", image]
    run([*parts, tmp_path / "cut."])
    with pytest.raises(SourceUnreadable, match="join them again"), opened(tmp_path / "cut.001"):
        pass


def test_an_extent_alone_is_refused(tmp_path: Path) -> None:
    build("vmdk_twoGbMaxExtentSparse", tmp_path)
    alone = next(tmp_path.glob("*-s001.vmdk"))
    with pytest.raises(SourceUnreadable, match="without its descriptor"), opened(alone):
        pass


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("name", "sha256"),
    [
        ("log2timeline+dfvfs/test_data/image.vhd", "c6db12a7"),
        ("log2timeline+dfvfs/test_data/image-differential.vhd", "c6db12a7"),
        ("log2timeline+dfvfs/test_data/hfsplus_zlib.dmg", "c86d3616"),
        ("log2timeline+dfvfs/test_data/ext2.vmdk", ""),
        ("log2timeline+dfvfs/test_data/ext2.qcow2", ""),
        ("log2timeline+dfvfs/test_data/windows_volume.qcow2", ""),
        ("SecurityRonin+ewf-forensic/core/tests/data/zeros_128s.Ex01", ""),
        ("SecurityRonin+ewf-forensic/core/tests/data/zeros_128s_compressed.Ex01", ""),
    ],
)
def test_public_images_read_as_a_second_tool_reads_them(
    name: str, sha256: str, corpora: Path, tmp_path: Path
) -> None:
    image = corpora / name
    _, segments = evidence_of(image)
    source = open_container(segments).source
    data = read_all(source)
    assert source.bad_ranges() == ()
    close_segments(segments)
    if sha256:
        assert hashlib.sha256(data).hexdigest().startswith(sha256)
    elif name.endswith(".Ex01"):
        assert data == libewf_bytes((image,))
        (stored,) = source.stored_digests()
        assert stored.value_hex == hashlib.md5(data, usedforsecurity=False).hexdigest()
    else:
        copy = tmp_path / image.name
        shutil.copy(image, copy)
        assert data == raw_again(copy)
