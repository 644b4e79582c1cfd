"""exFAT, made by mkfs.exfat and written through exfat-fuse on a loop device (needs root).

The same order as on FAT makes overwriting certain; ``evidence.exfat_table`` reads the bitmap
and the entries to prove it. For users who may not set up loop devices, and as a second writer
everywhere, ``build_exfat_own`` plants the same through our own small writer.
"""

import os
import tempfile
from pathlib import Path

from evidence import contents, plan, truth
from evidence.exfat_table import ExfatImage
from evidence.mounts import exfat_mounted, set_times, write_until_full
from evidence.tools import EPOCH_S, blank, can_fuse, can_loop, run, write_tree

SIZE_BYTES = 24 << 20
EMOJI = "Users/x/Documents/camera \U0001f4f7.jpg"


def build_exfat(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mkfs.exfat -L PHOTOS -c 4096`` and exfat-fuse."""
    if not (can_loop() and can_fuse()):
        image, planted = build_exfat_own(folder)
        limit = "exFAT through our own writer: loop devices and FUSE need root here"
        return image, truth.Truth(planted.planted, (limit,))
    image = _made(folder / "exfat.dd")
    with tempfile.TemporaryDirectory(prefix="polit-mount-") as made:
        at = Path(made)
        filling = _plant(image, at)
        victim = ExfatImage(image).clusters_of(plan.VICTIM)
        with exfat_mounted(image, at):
            (at / plan.VICTIM).unlink()
            (at / plan.REPLACEMENT).write_bytes(plan.standard_plan().replacement)
        _check_overwritten(ExfatImage(image), victim)
        taking = _recycle_folder(image, at)
        _delete(image, at)
    return image, _truth(ExfatImage(image), filling, taking)


def build_exfat_own(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mkfs.exfat`` and our own writer (the serial number differs each time)."""
    image = _made(folder / "exfat-own.dd")
    standard = plan.standard_plan()
    made = ExfatImage(image)
    for path, data in _files().items():
        made.add_file(path, data)
    filling = contents.filler(len(made.free_clusters()) * made.cluster_bytes)
    made.add_file(plan.FILLER, filling)
    victim = made.clusters_of(plan.VICTIM)
    made.delete(plan.VICTIM)
    made.add_file(plan.REPLACEMENT, standard.replacement)
    _check_overwritten(made, victim)
    freed = made.clusters_of(plan.RECYCLED)
    for path in (*standard.recycled, plan.RECYCLED):
        made.delete(path)
    taking = contents.noise(122, len(made.free_clusters()) * made.cluster_bytes)
    made.add_file(plan.TAKER, taking)
    _check_recycled(made, freed)
    made.rename(plan.OLD_NAME, plan.NEW_NAME)
    gone = (plan.FILLER, *standard.deleted, *standard.gone_folder, plan.GONE_FOLDER)
    for path in gone:
        made.delete(path)
    made.save()
    return image, _truth(made, filling, taking)


def _made(path: Path) -> Path:
    image = blank(path, SIZE_BYTES)
    run(["mkfs.exfat", "-L", "PHOTOS", "-c", "4096", image])
    return image


def _files() -> dict[str, bytes]:
    standard = plan.standard_plan()
    files = {**standard.live, **standard.deleted, **standard.gone_folder, **standard.recycled}
    files |= {plan.OLD_NAME: standard.renamed, plan.VICTIM: standard.victim}
    return {**files, EMOJI: contents.jpeg(191, 100, 80)}


def _plant(image: Path, at: Path) -> bytes:
    with exfat_mounted(image, at):
        write_tree(at, {os.fsencode(path): data for path, data in _files().items()})
        set_times(at, EPOCH_S)
        whole = contents.filler(SIZE_BYTES)
        return whole[: write_until_full(at / plan.FILLER, whole)]


def _recycle_folder(image: Path, at: Path) -> bytes:
    """Delete a folder, let one file take all that this freed, and return the file's bytes."""
    freed = ExfatImage(image).clusters_of(plan.RECYCLED)
    with exfat_mounted(image, at):
        for path in plan.standard_plan().recycled:
            (at / path).unlink()
        (at / plan.RECYCLED).rmdir()
    made = ExfatImage(image)
    taking = contents.noise(122, len(made.free_clusters()) * made.cluster_bytes)
    with exfat_mounted(image, at):
        (at / plan.TAKER).write_bytes(taking)
    _check_recycled(ExfatImage(image), freed)
    return taking


def _check_recycled(made: ExfatImage, freed: tuple[int, ...]) -> None:
    if not set(freed) <= set(made.clusters_of(plan.TAKER)):
        raise AssertionError("the deleted folder's clusters were not given to another file")


def _delete(image: Path, at: Path) -> None:
    standard = plan.standard_plan()
    with exfat_mounted(image, at):
        (at / plan.OLD_NAME).rename(at / plan.NEW_NAME)
        for path in (plan.FILLER, *standard.deleted, *standard.gone_folder):
            (at / path).unlink()
        (at / plan.GONE_FOLDER).rmdir()


def _check_overwritten(made: ExfatImage, victim: tuple[int, ...]) -> None:
    now = made.clusters_of(plan.REPLACEMENT)
    if not set(now) & set(victim):
        raise AssertionError(f"the replacement lies in {now}, the victim was in {victim}")


def _truth(made: ExfatImage, filling: bytes, taking: bytes) -> truth.Truth:
    standard = plan.standard_plan()
    live = {**standard.live, EMOJI: contents.jpeg(191, 100, 80)}
    live[plan.TAKER] = taking
    live |= {plan.REPLACEMENT: standard.replacement, plan.NEW_NAME: standard.renamed}
    items = [truth.Planted(path, entry_type=truth.FOLDER) for path in standard.folders()]
    items += [truth.live_file(path, data) for path, data in live.items()]
    gone = {**standard.deleted, **standard.gone_folder, plan.FILLER: filling}
    items += [truth.deleted_file(path, data) for path, data in gone.items()]
    items.append(truth.Planted(plan.GONE_FOLDER, truth.DELETED, entry_type=truth.FOLDER))
    items.append(truth.overwritten_file(plan.VICTIM, standard.victim))
    items += truth.recycled_folder(plan.RECYCLED, standard.recycled)
    if any(item.deleted and item.path == plan.OLD_NAME for item in made.sets()):
        items.append(truth.overwritten_file(plan.OLD_NAME, standard.renamed))
    return truth.Truth(tuple(items))
