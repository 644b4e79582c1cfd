"""FAT12, FAT16 and FAT32, made by mkfs.fat and mtools: no mount, no root.

The order makes overwriting certain: everything is planted, a filler takes all that is left,
the victim is deleted, and the replacement can go nowhere but into the victim's clusters. Then
the filler goes, and last the files that must stay recoverable. Whether clusters were really
given away is read by ``evidence.fat_table``, our own reader of directories and the table.
"""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from evidence import contents, plan, truth
from evidence.fat_table import FatImage
from evidence.tools import blank, run, write_tree

_SHORT_NAME = re.compile(r"^([A-Z0-9_]{1,8}|[a-z0-9_]{1,8})(\.([A-Z0-9_]{1,3}|[a-z0-9_]{1,3}))?$")


@dataclass(frozen=True, slots=True)
class FatKind:
    """One size of FAT."""

    bits: int
    size_bytes: int
    sectors_per_cluster: int


KINDS = {
    12: FatKind(12, 4 << 20, 8),
    16: FatKind(16, 20 << 20, 4),
    32: FatKind(32, 40 << 20, 1),
}


def build_fat12(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mkfs.fat -F 12 -s 8``, then mmd, mcopy, mren, mdel, mdeltree."""
    return _build(folder, KINDS[12])


def build_fat16(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mkfs.fat -F 16 -s 4``, then mmd, mcopy, mren, mdel, mdeltree."""
    return _build(folder, KINDS[16])


def build_fat32(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mkfs.fat -F 32 -s 1``, then mmd, mcopy, mren, mdel, mdeltree."""
    return _build(folder, KINDS[32])


def _build(folder: Path, kind: FatKind) -> tuple[Path, truth.Truth]:
    image = blank(folder / f"fat{kind.bits}.dd", kind.size_bytes)
    options = ["-F", str(kind.bits), "-s", str(kind.sectors_per_cluster), "-i", "20240601"]
    run(["mkfs.fat", "--invariant", *options, "-n", "PHOTOS", image])
    standard = plan.standard_plan()
    planted = {**standard.live, **standard.deleted, **standard.gone_folder, **standard.recycled}
    planted |= {plan.OLD_NAME: standard.renamed, plan.VICTIM: standard.victim}
    copy_tree(image, planted)
    filling = contents.filler(FatImage(image).free_bytes())
    copy_tree(image, {plan.FILLER: filling})
    victim_clusters = FatImage(image).chain_of(plan.VICTIM)
    run(["mdel", "-i", image, f"::/{plan.VICTIM}"])
    copy_tree(image, {plan.REPLACEMENT: standard.replacement})
    _check_overwritten(image, victim_clusters)
    taking = _recycle_folder(image)
    run(["mren", "-i", image, f"::/{plan.OLD_NAME}", f"::/{plan.NEW_NAME}"])
    for path in (plan.FILLER, *standard.deleted):
        run(["mdel", "-i", image, f"::/{path}"])
    run(["mdeltree", "-i", image, f"::/{plan.GONE_FOLDER}"])
    return image, _truth(standard, (filling, taking), FatImage(image))


def copy_tree(image: Path, files: dict[str, bytes]) -> None:
    """Copy files into an image in sorted order: mmd for new folders, one mcopy a folder."""
    folders = {
        "/".join(path.split("/")[:n]) for path in files for n in range(1, path.count("/") + 1)
    }
    new = sorted(folders - FatImage(image).live_folders())
    if new:
        run(["mmd", "-i", image, *(f"::/{folder}" for folder in new)])
    with tempfile.TemporaryDirectory(prefix="polit-tree-") as made:
        write_tree(Path(made), {os.fsencode(path): data for path, data in files.items()})
        for folder in sorted({path.rpartition("/")[0] for path in files}):
            held = sorted(path for path in files if path.rpartition("/")[0] == folder)
            run(["mcopy", "-m", "-i", image, *(Path(made) / path for path in held), f"::/{folder}"])


def _recycle_folder(image: Path) -> bytes:
    """Delete a folder, let one file take all that this freed, and return the file's bytes."""
    freed = FatImage(image).chain_of(plan.RECYCLED)
    run(["mdeltree", "-i", image, f"::/{plan.RECYCLED}"])
    taking = contents.noise(122, FatImage(image).free_bytes())
    copy_tree(image, {plan.TAKER: taking})
    if not set(freed) <= set(FatImage(image).chain_of(plan.TAKER)):
        raise AssertionError("the deleted folder's clusters were not given to another file")
    return taking


def _check_overwritten(image: Path, victim_clusters: tuple[int, ...]) -> None:
    now = FatImage(image).chain_of(plan.REPLACEMENT)
    if set(now) != set(victim_clusters):
        raise AssertionError(f"the replacement lies in {now}, the victim was in {victim_clusters}")


def _truth(standard: plan.Plan, filled: tuple[bytes, bytes], made: FatImage) -> truth.Truth:
    filling, taking = filled
    live = {
        **standard.live,
        plan.REPLACEMENT: standard.replacement,
        plan.NEW_NAME: standard.renamed,
        plan.TAKER: taking,
    }
    items = [truth.Planted(path, entry_type=truth.FOLDER) for path in standard.folders()]
    items += [truth.live_file(path, data) for path, data in live.items()]
    gone = {**standard.deleted, plan.FILLER: filling}
    items += [truth.deleted_file(after_deletion(path), data) for path, data in gone.items()]
    items.append(truth.Planted(plan.GONE_FOLDER, truth.DELETED, entry_type=truth.FOLDER))
    items += [truth.deleted_file(path, data) for path, data in standard.gone_folder.items()]
    items.append(truth.overwritten_file(plan.VICTIM, standard.victim))
    items += truth.recycled_folder(plan.RECYCLED, standard.recycled)
    if made.has_deleted(plan.OLD_NAME):
        items.append(truth.overwritten_file(plan.OLD_NAME, standard.renamed))
    return truth.Truth(tuple(items))


def after_deletion(path: str) -> str:
    """Return a deleted path as it can still be read: a short name lost its first byte.

    mtools writes a long name only where a short one with case bits cannot say the same.
    """
    folder, _, name = path.rpartition("/")
    lead = f"{folder}/" if folder else ""
    return f"{lead}_{name[1:]}" if _SHORT_NAME.match(name) else lead + name
