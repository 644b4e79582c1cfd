"""What every file-system fixture holds: one plan, planted by each builder in its own way."""

from dataclasses import dataclass
from functools import cache

from evidence import contents

VICTIM = "Users/x/Downloads/overwritten picture.jpg"
REPLACEMENT = "Users/x/replacement of the picture.jpg"
FILLER = "fill the rest.txt"
OLD_NAME = "Users/x/Documents/old name of it.txt"
NEW_NAME = "Users/x/Documents/renamed to this.txt"
GONE_FOLDER = "Users/x/Downloads/gone folder"
RECYCLED = "Users/x/recycled folder"
TAKER = "taken over.bin"
CLUSTER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Plan:
    """Files by path (no leading ``/``), by what becomes of them.

    Args:
        live: Stay.
        deleted: Deleted singly; nothing is written afterwards.
        gone_folder: Deleted with the folder ``GONE_FOLDER`` that holds them.
        recycled: Deleted with the folder ``RECYCLED``, whose own clusters (on NTFS: whose record)
            are then given to something else: the names are lost with it.
        victim: Content of ``VICTIM``: deleted first, its clusters then given to another file.
        replacement: Content of ``REPLACEMENT``: as many clusters as the victim had.
        renamed: Content of ``OLD_NAME``, renamed to ``NEW_NAME``.
    """

    live: dict[str, bytes]
    deleted: dict[str, bytes]
    gone_folder: dict[str, bytes]
    recycled: dict[str, bytes]
    victim: bytes
    replacement: bytes
    renamed: bytes

    def folders(self) -> tuple[str, ...]:
        """Return the live folders, parents first."""
        paths = [*self.live, *self.deleted, VICTIM, REPLACEMENT, NEW_NAME]
        found = {
            "/".join(path.split("/")[:depth])
            for path in paths
            for depth in range(1, path.count("/") + 1)
        }
        return tuple(sorted(found))


@cache
def standard_plan() -> Plan:
    """Return the plan that all file-system builders plant."""
    return Plan(
        live={**_camera(), **_pictures(), **_downloads(), **_names()},
        deleted={
            "DCIM/100CANON/IMG_0101.JPG": contents.jpeg(101),
            "DCIM/100CANON/IMG_0102.JPG": contents.jpeg(102),
            "Users/x/Pictures/a deleted landscape.jpg": contents.jpeg(103, 480, 360),
            "Users/x/Pictures/a deleted drawing.png": contents.png(104),
            "Users/x/Documents/a deleted letter.txt": contents.text(105, 5_000),
        },
        gone_folder={
            f"{GONE_FOLDER}/first of the gone.jpg": contents.jpeg(111),
            f"{GONE_FOLDER}/second of the gone.png": contents.png(112),
            f"{GONE_FOLDER}/third of the gone.txt": contents.text(113, 3_000),
        },
        recycled={
            f"{RECYCLED}/first of the recycled.txt": contents.text(115, 2_000),
            f"{RECYCLED}/second of the recycled.jpg": contents.jpeg(116),
        },
        victim=contents.jpeg(120, 800, 600)[: 8 * CLUSTER_BYTES],
        replacement=contents.noise(121, 8 * CLUSTER_BYTES),
        renamed=contents.text(130, 6_000),
    )


def _camera() -> dict[str, bytes]:
    rolls = {f"DCIM/100CANON/IMG_{n:04}.JPG": contents.jpeg(n) for n in range(1, 7)}
    rolls |= {f"DCIM/101_PANA/P101{n:04}.JPG": contents.jpeg(20 + n, 240, 320) for n in range(1, 4)}
    return rolls


def _pictures() -> dict[str, bytes]:
    here = "Users/x/Pictures"
    return {
        f"{here}/landscape.jpg": contents.jpeg(31, 640, 480),
        f"{here}/copy of landscape.jpg": contents.jpeg(31, 640, 480),
        f"{here}/shapes.png": contents.png(32),
        f"{here}/gradient.png": contents.encoded(contents.gradient(33, 300, 200), "PNG"),
        f"{here}/grey.jpg": contents.encoded(contents.landscape(34, 90, 60).convert("L"), "JPEG"),
        f"{here}/truncated.jpg": contents.jpeg(35)[:2_000],
        f"{here}/truncated.png": contents.png(36)[:900],
        f"{here}/garbage.jpg": contents.noise(37, 3_000),
        f"{here}/bad crc.png": contents.png_bad_crc(38),
        f"{here}/huge header.png": contents.png_bomb(48, 8_388_648),
    }


def _downloads() -> dict[str, bytes]:
    here = "Users/x/Downloads"
    return {
        f"{here}/report.pdf": contents.pdf(41),
        f"{here}/letters.zip": contents.archive(contents.ARCHIVE_SEEDS[0]),
        f"{here}/random.bin": contents.noise(43, 20_000),
        f"{here}/empty.txt": b"",
        f"{here}/tiny.txt": b"tiny\n",
        f"{here}/picture.txt": contents.jpeg(44),
        f"{here}/words.jpg": contents.text(45, 900),
        f"{here}/one cluster.bin": contents.noise(46, CLUSTER_BYTES),
        f"{here}/one more than a cluster.bin": contents.noise(47, CLUSTER_BYTES + 1),
    }


def _names() -> dict[str, bytes]:
    here = "Users/x/Documents"
    return {
        f"{here}/name with spaces.txt": contents.text(51, 120),
        f"{here}/Grüße aus 東京.txt": contents.text(52, 130),
        f"{here}/photo\u202egpj.exe": contents.text(53, 140),
        f"{here}/zero\u200bwidth.txt": contents.text(54, 150),
        f"{here}/{'long' * 50}.txt": contents.text(55, 160),
        f"{here}/semi;colon 100% =plus+.txt": contents.text(56, 170),
        "a/b/c/d/e/f/g/h/i/j/deep.txt": contents.text(57, 180),
        "UPPER.TXT": contents.text(58, 190),
        "lower.txt": contents.text(59, 200),
    }
