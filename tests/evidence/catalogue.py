"""All builders by name, and their cache on disk.

An image is built once for each state of these scripts and kept under
``$TMPDIR/polit-fixtures-<uid>/<digest of the scripts>/<name>/``; the file is read-only. Delete
the folder to build anew.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from evidence import containers, discs, disk, exfat, ext, fat, hfs, ntfs, xfs
from evidence.tools import can_fuse, can_loop
from evidence.truth import Truth

Builder = Callable[[Path], tuple[Path, Truth]]

FILE_SYSTEMS: dict[str, Builder] = {
    "fat12": fat.build_fat12,
    "fat16": fat.build_fat16,
    "fat32": fat.build_fat32,
    "exfat": exfat.build_exfat,
    "exfat_own": exfat.build_exfat_own,
    "ntfs": ntfs.build_ntfs,
    "ext2": ext.build_ext2,
    "ext3": ext.build_ext3,
    "ext4": ext.build_ext4,
    "ext4_1k": ext.build_ext4_1k,
}
"""One volume without a partition table."""

TREES: dict[str, Builder] = {
    "xfs": xfs.build_xfs,
    "xfs_v4": xfs.build_xfs_v4,
    "iso9660": discs.build_iso9660,
    "joliet": discs.build_joliet,
    "udf": discs.build_udf,
    "sessions": discs.build_sessions,
    "hfs": hfs.build_hfs,
}
"""File systems whose deleted files are not looked for: one tree of live files each."""

_STALE_S = 2 * 3600
_BUILD_NOTHING = {
    "assertions.py",
    "compare.py",
    "examined.py",
    "fixtures.py",
    "host_folder.py",
    "many_files.py",
    "carving_verdicts.py",
    "hostile_archives.py",
    "hostile_images.py",
    "hostile_run.py",
    "proof_archives.py",
    "proof_more.py",
    "proof_rows.py",
    "proof_truth.py",
    "reformatted.py",
    "second_tool.py",
    "walked.py",
}
"""Scripts whose change leaves the cached images as they are."""


def cache_folder() -> Path:
    """Return the folder of this user for these scripts, made if need be."""
    digest = hashlib.sha256()
    for script in sorted(Path(__file__).parent.glob("*.py")):
        if script.name in _BUILD_NOTHING:
            continue
        digest.update(script.name.encode() + b"\0" + script.read_bytes())
    digest.update(bytes([can_fuse(), can_loop()]))
    root = Path(tempfile.gettempdir()) / f"polit-fixtures-{os.geteuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    if root.stat().st_uid != os.geteuid() or root.is_symlink():
        raise AssertionError(f"{root} belongs to somebody else: set TMPDIR")
    _drop_stale(root)
    folder = root / digest.hexdigest()[:16]
    folder.mkdir(exist_ok=True)
    os.utime(folder)
    return folder


def built(name: str) -> tuple[Path, Truth]:
    """Return an image and what is in it, building it when no cached one is there."""
    kept = cache_folder() / name
    if not (kept / "truth.json").is_file():
        _build(name, kept)
    image = kept / (kept / "image").read_text(encoding="utf-8")
    return image, Truth.load(kept / "truth.json")


def _build(name: str, kept: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=kept.parent) as made:
        work = Path(made) / "built"
        work.mkdir()
        image, planted = BUILDERS[name](work)
        for path in work.iterdir():
            path.chmod(0o444)
        (work / "image").write_text(image.name, encoding="utf-8")
        planted.save(work / "truth.json")
        try:
            work.rename(kept)
        except OSError:
            if not (kept / "truth.json").is_file():
                raise


def _drop_stale(root: Path) -> None:
    oldest = time.time() - _STALE_S
    for folder in root.iterdir():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def _of_mbr(container: containers.Container) -> Builder:
    """Return a builder that puts the one cached MBR disk into a container."""

    def build(folder: Path) -> tuple[Path, Truth]:
        image, planted = built("mbr")
        return container(image, folder), planted

    return build


BUILDERS: dict[str, Builder] = {
    **FILE_SYSTEMS,
    **TREES,
    **disk.DISKS,
    **{name: _of_mbr(container) for name, container in containers.CONTAINERS.items()},
}
"""Every builder whose image is kept."""
