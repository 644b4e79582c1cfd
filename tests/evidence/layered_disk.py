"""A disk of what lies within others: an archive, a volume group, a locked volume, free space.

``sfdisk`` makes the table; ``mkfs.fat -F 12 -I`` and ``mcopy`` the file systems, ``cryptsetup``
the locked volume, ``evidence.lvm`` the group. ``blkls`` of the Sleuth Kit tells what is free.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from evidence import contents, lvm
from evidence.luks import make_luks2
from evidence.tools import blank, run

FAT_AT, LUKS_AT, LVM_AT, GAP_AT = 1 << 20, 2 << 20, 7 << 20, 10 << 20
_SIZE_BYTES, _FAT_BYTES = 11 << 20, 1 << 20
NESTED, PRESSED, INSIDE, FREE = (contents.jpeg(seed, 96, 72) for seed in range(941, 945))
BETWEEN = contents.jpeg(945, 96, 72)


@dataclass(frozen=True, slots=True)
class LayeredDisk:
    """What was made.

    Args:
        image: The disk.
        named: SHA-256 of pictures that have names, by how their paths end.
        carved: SHA-256 of each picture that is to be carved, by where it begins in the image.
    """

    image: Path
    named: dict[str, str]
    carved: dict[int, str]


def build(folder: Path) -> LayeredDisk:
    """Build the disk in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    image = blank(folder / "layered.dd", _SIZE_BYTES)
    group = _group(folder)
    table = "\n".join([
        "label: dos",
        f"start={FAT_AT // 512}, size={_FAT_BYTES // 512}, type=1",
        f"start={LUKS_AT // 512}, size={(LVM_AT - LUKS_AT) // 512}, type=83",
        f"start={LVM_AT // 512}, size={len(group) // 512}, type=8e",
    ])  # fmt: skip
    run(["sfdisk", "-q", "--no-reread", "--no-tell-kernel", image], given=table.encode())
    disk = bytearray(image.read_bytes())
    documents = _zipped({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>",
                         "word/media/1.jpg": PRESSED})  # fmt: skip
    inner = _zipped({"holiday/nested.jpg": NESTED})
    outer = _zipped({"in/inner.zip": inner, "report.docx": documents})
    fat = _fat(folder / "fat.part", {"photos.zip": outer})
    locked = make_luks2(folder / "locked.part", bytes(1 << 20)).path.read_bytes()
    free = FAT_AT + _FAT_BYTES - (64 << 10)
    for at, data in {FAT_AT: fat, LUKS_AT: locked[: LVM_AT - LUKS_AT], LVM_AT: group,
                     free: FREE, GAP_AT + 512: BETWEEN}.items():  # fmt: skip
        disk[at : at + len(data)] = data
    image.write_bytes(disk)
    named = {"photos.zip/in/inner.zip/holiday/nested.jpg": NESTED,
             "photos.zip/report.docx/word/media/1.jpg": PRESSED, "inside.jpg": INSIDE}  # fmt: skip
    return LayeredDisk(
        image,
        {path: hashlib.sha256(data).hexdigest() for path, data in named.items()},
        {at: hashlib.sha256(data).hexdigest()
         for at, data in ((free, FREE), (GAP_AT + 512, BETWEEN))},
    )  # fmt: skip


def _group(folder: Path) -> bytes:
    """Return a physical volume whose one logical volume is a FAT."""
    inner = _fat(folder / "inner.part", {"inside.jpg": INSIDE})
    each = len(inner) // lvm.EXTENT_BYTES
    volumes = lvm.volume("home", 1, lvm.segment(1, 0, each, '"pv0", 0'))
    lvm.write_physical(folder / "lvm.part", lvm.metadata(volumes, extents=each), inner)
    return (folder / "lvm.part").read_bytes()


def _fat(path: Path, files: dict[str, bytes]) -> bytes:
    part = blank(path, _FAT_BYTES)
    run(["mkfs.fat", "-F", "12", "-I", part])
    for name, data in files.items():
        run(["mcopy", "-i", part, "-", f"::/{name}"], given=data)
    return part.read_bytes()


def _zipped(files: dict[str, bytes]) -> bytes:
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 2, 2, 2, 2, 2)), data)
    return room.getvalue()
