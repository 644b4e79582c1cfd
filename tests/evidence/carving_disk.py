"""A disk of three small file systems with pictures where no file owns the bytes.

``sfdisk`` makes the table; ``mkfs.fat -F 12 -s 8``, ``mkntfs -F -q -c 4096`` and ``mke2fs -t ext4``
the file systems. Free blocks are those that ``blkls`` of the Sleuth Kit tells, which has nothing
to do with the code under test.
"""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from evidence import contents
from evidence.tools import blank, run

SIZE_BYTES = 20 << 20
FAT_AT, NTFS_AT, GAP_AT, EXT_AT = 1 << 20, 8 << 20, 13 << 20, 14 << 20
_FAT_BYTES, _NTFS_BYTES, _EXT_BYTES = 6 << 20, 5 << 20, 6 << 20
LIVE, GONE = contents.jpeg(901), contents.jpeg(902)
LONE, TWICE, BETWEEN = contents.jpeg(903), contents.jpeg(904), contents.jpeg(905)
IN_SLACK = contents.jpeg(906, 32, 24)
NOTE = b"a short note" * 9


@dataclass(frozen=True, slots=True)
class CarvingDisk:
    """What was made.

    Args:
        image: The disk.
        planted: SHA-256 of each picture that is to be carved, by where it begins in the image.
        copies: Where a copy of a file's content lies that is to be found again.
    """

    image: Path
    planted: dict[int, str]
    copies: frozenset[int]


def build(folder: Path) -> CarvingDisk:
    """Build the disk in a folder."""
    image = blank(folder / "carving.dd", SIZE_BYTES)
    table = "\n".join([
        "label: dos",
        f"start={FAT_AT // 512}, size={_FAT_BYTES // 512}, type=1",
        f"start={NTFS_AT // 512}, size={_NTFS_BYTES // 512}, type=7",
        f"start={EXT_AT // 512}, size={_EXT_BYTES // 512}, type=83",
    ])  # fmt: skip
    run(["sfdisk", "-q", "--no-reread", "--no-tell-kernel", image], given=table.encode())
    disk = bytearray(image.read_bytes())
    fat, ntfs, ext = _fat(folder), _ntfs(folder), _ext(folder)
    for at, part in ((FAT_AT, fat), (NTFS_AT, ntfs), (EXT_AT, ext)):
        data = part.read_bytes()
        disk[at : at + len(data)] = data
    fat_free = FAT_AT + _free(part=fat, unit_bytes=512)
    ntfs_free = NTFS_AT + _free(part=ntfs, unit_bytes=4096)
    ext_free = EXT_AT + _free(part=ext, unit_bytes=1024)
    slack_at = disk.index(NOTE) + len(NOTE)
    planted = {
        fat_free: TWICE,
        slack_at: IN_SLACK,
        ntfs_free: TWICE,
        GAP_AT + 512 * 7: BETWEEN,
        ext_free: LONE,
    }
    copies = {fat_free + (1 << 18): LIVE}
    # A head without a picture behind it is a decoy.
    decoys = {fat_free + (2 << 18): LONE[:300] + contents.noise(907, 4000)}
    for at, data in (planted | copies | decoys).items():
        disk[at : at + len(data)] = data
    image.write_bytes(disk)
    digests = {at: hashlib.sha256(data).hexdigest() for at, data in planted.items()}
    return CarvingDisk(image, digests, frozenset(copies))


def _fat(folder: Path) -> Path:
    part = blank(folder / "fat.part", _FAT_BYTES)
    run(["mkfs.fat", "-F", "12", "-s", "8", "-I", part])
    with tempfile.TemporaryDirectory(prefix="polit-tree-") as made:
        for name, data in {"live.jpg": LIVE, "gone.jpg": GONE, "note.txt": NOTE}.items():
            (Path(made) / name).write_bytes(data)
            run(["mcopy", "-i", part, Path(made) / name, f"::/{name}"])
    run(["mdel", "-i", part, "::/gone.jpg"])
    return part


def _ntfs(folder: Path) -> Path:
    part = blank(folder / "ntfs.part", _NTFS_BYTES)
    run(["mkntfs", "-F", "-q", "-c", "4096", part])
    return part


def _ext(folder: Path) -> Path:
    part = blank(folder / "ext.part", _EXT_BYTES)
    run(["mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", part])
    return part


def _free(part: Path, *, unit_bytes: int) -> int:
    """Return the middle of the longest free run, as the Sleuth Kit tells it, in bytes."""
    told = run(["blkls", "-l", part]).decode().splitlines()
    free = [int(line[:-2]) for line in told if line.endswith("|f")]
    runs: list[list[int]] = []
    for number in free:
        if runs and runs[-1][-1] + 1 == number:
            runs[-1].append(number)
        else:
            runs.append([number])
    longest = max(runs, key=len)
    return longest[len(longest) // 2] * unit_bytes // 4096 * 4096
