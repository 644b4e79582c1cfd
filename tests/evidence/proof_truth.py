"""Live files of an image by the Sleuth Kit's own commands: the truth of images made elsewhere.

``fls -r -p -F -u`` names them, ``icat`` gives their bytes. polit asks the same library for FAT,
NTFS and ext; for HFS+, APFS, ISO 9660 and XFS it does not, so that the two are independent.
"""

import contextlib
import hashlib
import re
import subprocess
from pathlib import Path

from evidence.tools import ToolFailed, run

_LINE = re.compile(r"^r/[r-] (\d+(?:-\d+-\d+)?):\t(.*)$", re.MULTILINE)
_FILES_AT_MOST = 400


def live_files_by_tsk(raw: Path, *, offset_sectors: int = 0, pool_block: int = 0) -> dict[str, str]:
    """Return path to SHA-256 of the live files of a volume, at most 400.

    Args:
        raw: A raw image.
        offset_sectors: Where the volume begins.
        pool_block: For APFS: the block of the volume's superblock, else 0.
    """
    pool = ["-P", "apfs", "-B", str(pool_block)] if pool_block else []
    at = ["-o", str(offset_sectors), *pool]
    told = run(["fls", "-r", "-p", "-F", "-u", *at, raw]).decode("utf-8", "backslashreplace")
    found = {}
    for inode, path in _LINE.findall(told)[:_FILES_AT_MOST]:
        if not path.startswith(("$", "^")) and not path.endswith("(Volume Label Entry)"):
            # icat refuses a file that has a resource fork alone.
            with contextlib.suppress(ToolFailed):
                found[path] = hashlib.sha256(run(["icat", *at, raw, inode])).hexdigest()
    return found


def deleted_names_by_tsk(raw: Path) -> set[str]:
    """Return the last parts of the deleted files' names that ``fls -r -p -d`` tells."""
    told = run(["fls", "-r", "-p", "-d", raw]).decode("utf-8", "backslashreplace")
    paths = [line.partition("\t")[2] for line in told.splitlines() if "\t" in line]
    names = (path.removesuffix(" (realloc)").rpartition("/")[2] for path in paths)
    return {name for name in names if name}


def exported(image: Path, folder: Path) -> Path:
    """Return an image as raw bytes, by ``qemu-img`` or ``ewfexport``: not by polit."""
    target = folder / "exported.raw"
    if image.suffix.lower().startswith(".e0"):
        made = folder / "exported"
        command = ["ewfexport", "-u", "-q", "-f", "raw", "-t", str(made), str(image)]
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
        return made.with_suffix(".raw")
    if image.suffix in {".qcow2", ".vmdk", ".vhd", ".dmg"}:
        run(["qemu-img", "convert", "-q", "-O", "raw", image, target])
        return target
    return image
