"""Further rows of the table: what is no cross product, each judged by the truth that it has.

``rows`` names each with what judges it. A container that holds one volume is tried with two file
systems; a file system that is not in the cross product, raw and in E01.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyewf
import pyfsxfs
from container_images import opened

from evidence import bitlocker, catalogue, contents, discs, hfs, logical_images, luks, lvm, tree
from evidence import proof_archives as archives
from evidence.proof_rows import (
    CONTAINERS,
    Judged,
    Second,
    digest_of,
    digest_of_file,
    judged,
    unlocked,
)
from evidence.proof_truth import live_files_by_tsk
from evidence.tools import blank, run
from evidence.truth import (
    FOLDER,
    LINK,
    SPECIAL,
    Planted,
    Truth,
    deleted_file,
    live_file,
    sha256_hex,
)
from evidence.walked import rows_of, rows_of_system
from polit.evidence.logical import LogicalSource

Judge = Callable[[Path], Judged]
NOT_IN_TABLE = {
    "logical images (L01, AD1, AFF4-L)": "they hold files and no file system, so each has one row",
    "AFF4, BitLocker, LVM, LUKS with every file system": "they give bytes, which are compared "
    "whole; two file systems each show that what follows reads them",
    "XFS, HFSX, ISO 9660, UDF, APFS in every container": "containers give bytes, which the cross "
    "product compares for other file systems; these are tried raw and in E01",
    "shadow copies": "no public image is at hand; a volume written by hand is examined in "
    "`tests/unit/test_evidence_shadow.py`",
    "APFS and HFS+ with deleted files": "recovery of deleted files is not claimed for them",
    "DMG by Apple's own tool, AD1 by FTK Imager": "no free tool writes them and no public image "
    "of AD1 is at hand; writers of our own follow the published layout",
    "UDF alone": "`mkudffs` makes empty ones only, and `genisoimage` makes bridges; its trees are "
    "read as UDF",
}
"""Which combinations have no row, and why."""


def rows() -> dict[str, Judge]:
    """Return each further row and what judges it in an empty folder."""
    trees: dict[str, Judge] = {
        f"{told} in {container}": partial(_tree, name, container)
        for name, told in _TREE_NAMES.items()
        for container in ("raw", "E01")
    }
    return trees | _layered() | archives.rows()


def _layered() -> dict[str, Judge]:
    aff4: dict[str, Judge] = {
        f"{system} in AFF4, {compression}": partial(_aff4, compression, system)
        for compression in logical_images.COMPRESSIONS
        for system in ("fat32", "ext4")
    }
    logical: dict[str, Judge] = {f"files in {name}": partial(_logical, name) for name in LOGICAL}
    secrets = {"password": bitlocker.PASSWORD, "recovery password": bitlocker.RECOVERY}
    locked: dict[str, Judge] = {
        f"{system} in BitLocker, {kind}": partial(_bitlocker, kind, secret, system)
        for kind, secret in secrets.items()
        for system in ("fat16", "ext4")
    }
    nested: dict[str, Judge] = {
        f"{system} in {layers}": partial(_lvm, layers, system)
        for layers in ("LVM", "LUKS 2 in LVM", "LVM in LUKS 2")
        for system in ("fat32", "ext4")
    }
    return aff4 | logical | locked | nested


# Trees of live files

_TREE_NAMES = {
    "xfs": "XFS 5",
    "xfs_v4": "XFS 4",
    "iso9660": "ISO 9660 with Rock Ridge",
    "joliet": "ISO 9660 with Joliet",
    "udf": "UDF bridge",
    "sessions": "ISO 9660, two sessions",
    "hfs": "HFSX",
}
_LINKED = Planted(tree.LINK, entry_type=LINK)
_ORPHANS = "$OrphanFiles/"
_BESIDE: dict[str, tuple[Planted, ...]] = {
    "iso9660": (
        _LINKED,
        Planted("rr_moved", entry_type=FOLDER),
        Planted("boot.catalog", entry_type=SPECIAL),
        live_file("$Boot-1", contents.noise(910, 2048)),
    ),
    "joliet": (live_file(_ORPHANS + "ONLY_IN_ROCK_RIDGE.TXT", contents.text(911, 900)),),
    "udf": (live_file(_ORPHANS + discs.NOT_IN_UDF, contents.text(912, 900)),),
    "hfs": (
        _LINKED,
        live_file(hfs.FORKED, b"data"),
        live_file(f"{hfs.FILES_FOLDER}/iNode247", contents.text(922, 300)),
        Planted(f"{hfs.LOOP}/{hfs.LOOP}", entry_type=FOLDER),
        Planted(f"{hfs.FOLDERS_FOLDER}/dir_250", entry_type=FOLDER),
    ),
}
"""What a builder makes beside the files of its list."""


def _tree(name: str, container: str, scratch: Path) -> Judged:
    raw, listed = catalogue.built(name)
    planted = [*listed.planted, *_BESIDE.get(name, ())]
    known = {item.path for item in planted}
    parts = (path.split("/") for path in known if not path.startswith("$"))
    above = {"/".join(part[:depth]) for part in parts for depth in range(1, len(part))}
    folders = (Planted(path, entry_type=FOLDER) for path in sorted(above - known))
    whole = Truth((*planted, *folders))
    made = scratch / "made"
    made.mkdir()
    second = _SECOND[name](raw, scratch) if name in _SECOND else None
    with opened(CONTAINERS[container](raw, made)) as source:
        equal = digest_of(source, raw.stat().st_size) == digest_of_file(raw)
        found = rows_of(source)
    row = f"{_TREE_NAMES[name]} in {container}"
    return judged(row, found, whole, bytes_equal=equal, second=second)


def _by_tsk(raw: Path, scratch: Path) -> Second:
    del scratch
    known = live_files_by_tsk(raw)
    # The Sleuth Kit neither inflates nor names the private folder as we do.
    skipped = {hfs.DEFLATED_INLINE, hfs.SLASH, "a:b.txt", "boot.catalog", tree.LINK}
    plain = {path: sha256 for path, sha256 in known.items() if path not in skipped}
    return {path: one for path, one in plain.items() if "HFS+ Priv" not in path}, "fls and icat"


def _by_libfsxfs(raw: Path, scratch: Path) -> Second:
    del scratch
    volume = pyfsxfs.volume()
    volume.open(str(raw))

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
                yield name, sha256_hex(item.read_buffer_at_offset(item.size, 0) or b"")

    known = dict(below(volume.get_root_directory(), ""))
    volume.close()
    return known, "libfsxfs"


def _by_7z(kind: str, raw: Path, scratch: Path) -> Second:
    run(["7z", "x", "-y", f"-t{kind}", f"-o{scratch / 'second'}", raw])
    root = scratch / "second"
    files = {
        str(path.relative_to(root)): digest_of_file(path)
        for path in root.rglob("*")
        if path.is_file() and "[BOOT]" not in path.parts
    }
    wanted = {path: sha256 for path, sha256 in files.items() if path.isascii() and sha256}
    # It names UDF's volume as a folder.
    return {re.sub("^CDROM/", "", path): one for path, one in wanted.items()}, "7z"


_SECOND: dict[str, Callable[[Path, Path], Second]] = {
    "xfs": _by_libfsxfs,
    "xfs_v4": _by_libfsxfs,
    "hfs": _by_tsk,
    "iso9660": _by_tsk,
    "udf": partial(_by_7z, "udf"),
}

# Containers and layers with two file systems each


def _aff4(compression: str, system: str, scratch: Path) -> Judged:
    raw, listed = catalogue.built(system)
    image = scratch / "disk.aff4"
    logical_images.write_aff4(image, raw.read_bytes(), compression=compression)
    with opened(image) as source:
        equal = digest_of(source, raw.stat().st_size) == digest_of_file(raw)
        found = rows_of(source)
    return judged(f"{system} in AFF4, {compression}", found, listed, bytes_equal=equal)


def _bitlocker(kind: str, secret: str, system: str, scratch: Path) -> Judged:
    raw, listed = _reserved_fat(scratch) if system == "fat16" else catalogue.built(system)
    image = scratch / "volume.img"
    bitlocker.write_bitlocker(image, raw.read_bytes())
    told = run(["cryptsetup", "bitlkDump", image]).decode()
    assert "VMK" in told, "cryptsetup finds no volume master key"
    with opened(image) as source:
        inner = unlocked(source, "not this", secret)
        equal = digest_of(inner, raw.stat().st_size) == digest_of_file(raw)
        found = rows_of(inner)
    return judged(f"{system} in BitLocker, {kind}", found, listed, bytes_equal=equal)


def _reserved_fat(scratch: Path) -> tuple[Path, Truth]:
    """Make with ``mkfs.fat -R 4096``: what BitLocker keeps for itself lies in reserved sectors."""
    image = blank(scratch / "fat16.dd", 24 << 20)
    run(["mkfs.fat", "-F", "16", "-R", "4096", image])
    files = {f"{number}.jpg": contents.jpeg(940 + number) for number in range(6)}
    for name, data in files.items():
        run(["mcopy", "-i", image, "-", f"::/{name}"], given=data)
    run(["mdel", "-i", image, "::/5.jpg"])
    gone = deleted_file("_.jpg", files.pop("5.jpg"))
    return image, Truth((*(live_file(*one) for one in files.items()), gone))


def _lvm(layers: str, system: str, scratch: Path) -> Judged:
    raw, listed = catalogue.built(system)
    image = scratch / "volume.img"
    secrets = (luks.PASSWORD,)
    if layers == "LUKS 2 in LVM":
        inside = luks.make_luks2(scratch / "inside", raw.read_bytes()).path.read_bytes()
        _write_lvm(image, inside)
    else:
        _write_lvm(image, raw.read_bytes())
    if layers == "LVM in LUKS 2":
        image = luks.make_luks2(scratch / "outside", image.read_bytes()).path
    with opened(image) as source:
        inner = unlocked(source, *secrets)
        if layers != "LVM":
            inner = unlocked(inner, *secrets)
        equal = digest_of(inner, raw.stat().st_size) == digest_of_file(raw)
        found = rows_of(inner)
    return judged(f"{system} in {layers}", found, listed, bytes_equal=equal)


def _write_lvm(path: Path, plain: bytes) -> None:
    """Write a logical volume of two segments, the second before the first."""
    count = -(-len(plain) // lvm.EXTENT_BYTES)
    whole = plain.ljust(count * lvm.EXTENT_BYTES, b"\0")
    first = count // 3
    cut = first * lvm.EXTENT_BYTES
    segments = (
        lvm.segment(1, 0, first, f'"pv0", {count - first}'),
        lvm.segment(2, first, count - first, '"pv0", 0'),
    )
    told = lvm.metadata(lvm.volume("root", 1, *segments), extents=count)
    lvm.write_physical(path, told, whole[cut:] + whole[:cut])


# Logical images

Writer = Callable[[Path, list[logical_images.Planted]], None]
LOGICAL: dict[str, tuple[str, Writer]] = {
    "L01": ("files.L01", logical_images.write_l01),
    "AD1, version 4": ("files.ad1", logical_images.write_ad1),
    "AD1, version 3, segments": (
        "files.ad1",
        lambda to, files: logical_images.write_ad1(to, files, version=3, segment_bytes=1500),
    ),
    "AFF4-L": ("files.aff4", logical_images.write_aff4l),
}


def _logical(name: str, scratch: Path) -> Judged:
    file_name, write = LOGICAL[name]
    files = logical_images.planted_tree()
    write(scratch / file_name, files)
    planted = []
    for one in files:
        is_deleted = one.is_deleted and name == "L01"
        planted.append((deleted_file if is_deleted else live_file)(one.path, one.data))
    above = {path.rpartition("/")[0] for path in (one.path for one in files)} | {"pictures"}
    folders = (Planted(path, entry_type=FOLDER) for path in sorted(above) if path)
    deep = (Planted("pictures/deep", entry_type=FOLDER),)
    with opened(scratch / file_name) as source:
        assert isinstance(source, LogicalSource)
        found = list(rows_of_system(source.filesystem))
    second = _by_libewf(scratch / file_name) if name == "L01" else None
    truth = Truth((*planted, *folders, *deep))
    return judged(f"files in {name}", found, truth, bytes_equal=None, second=second)


def _by_libewf(image: Path) -> Second:
    handle = pyewf.handle()
    handle.open([str(image)])
    known: dict[str, str] = {}

    def collect(entry: pyewf.file_entry, path: str) -> None:
        count = entry.get_number_of_sub_file_entries()
        for child in (entry.get_sub_file_entry(number) for number in range(count)):
            collect(child, f"{path}/{child.get_name()}".lstrip("/"))
        if not count:
            size = entry.get_size()
            data = entry.read_buffer_at_offset(size, 0) if size else b""
            known[path] = hashlib.sha256(data).hexdigest()

    collect(handle.get_root_file_entry(), "")
    handle.close()
    deleted = {one.path for one in logical_images.planted_tree() if one.is_deleted}
    return {path: one for path, one in known.items() if path not in deleted}, "libewf"
