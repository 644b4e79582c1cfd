"""NTFS, made by mkntfs and written through ntfs-3g (FUSE), which deletes as Windows does.

Each phase is a mount of its own: after a mount ntfs-3g takes the lowest free record and finds
clusters from the start. A small *spacer* with the lowest record is deleted with the victim, and
a filler has taken all other clusters: so the replacement takes the spacer's record (whose name
is lost with it) and the victim's clusters (whose record still tells of them).

Where FUSE is closed to this user, ``ntfscp`` fills a flat volume: live files and streams only.
"""

import os
import re
import struct
import tempfile
from pathlib import Path

from evidence import contents, plan, truth
from evidence.mounts import ntfs_mounted, set_times, write_until_full
from evidence.tools import EPOCH_S, ToolFailed, blank, run, write_tree

SIZE_BYTES = 24 << 20
SPACER = "0 spacer.txt"
HARD_LINK = "Users/x/Pictures/hard link to landscape.jpg"
SYMLINK = "Users/x/Pictures/link to shapes.png"
COMPRESSED = "Users/x/Documents/squeezed/compressed.txt"
SPARSE = "Users/x/Documents/sparse.bin"
STREAM_OWNER = "Users/x/Documents/with streams.txt"
DELETED_OWNER = "Users/x/Documents/deleted with a stream.txt"
HARD_LINKED_OWNER = "Users/x/Documents/second name with streams.txt"
TAKING_FOLDER = "Users/x/took the record"
EMOJI = "Users/x/Documents/camera \U0001f4f7.jpg"
RESIDENT = "Users/x/Documents/resident.txt"
_ROOM_BYTES = 4 * plan.CLUSTER_BYTES
"""Left free for folders' indexes: fewer clusters than the victim has."""
_COMPRESSED_FOLDER = 0x810
STREAMS = {
    f"{STREAM_OWNER}:hidden.jpg": contents.jpeg(171),
    f"{STREAM_OWNER}:small note.txt": contents.text(172, 90),
    "Users/x/Downloads/report.pdf:Zone.Identifier": b"[ZoneTransfer]\r\nZoneId=3\r\n",
    "Users/x/Pictures:on a folder.png": contents.png(173),
}
DELETED_STREAM = {f"{DELETED_OWNER}:hidden too.jpg": contents.jpeg(174)}


def build_ntfs(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mkntfs -F -q -L PHOTOS -c 4096`` and three mounts with ``ntfs-3g``."""
    image = blank(folder / "ntfs.dd", SIZE_BYTES)
    run(["mkntfs", "-F", "-q", "-L", "PHOTOS", "-c", "4096", image])
    with tempfile.TemporaryDirectory(prefix="polit-mount-") as made:
        at = Path(made)
        try:
            filling = _plant(image, at)
        except ToolFailed as reason:
            return _build_flat(image, str(reason))
        victim = clusters_of(image, plan.VICTIM)
        spacer_record = record_of(image, SPACER)
        _overwrite(image, at)
        if not clusters_of(image, plan.REPLACEMENT) & victim:
            raise AssertionError("the victim's clusters were not given to the replacement")
        if record_of(image, plan.REPLACEMENT) != spacer_record:
            raise AssertionError("the spacer's record was not given to the replacement")
        _recycle_folder(image, at)
        _delete(image, at)
    return image, _truth(filling)


def _plant(image: Path, at: Path) -> bytes:
    standard = plan.standard_plan()
    with ntfs_mounted(image, at):
        (at / SPACER).write_bytes(b"spacer\n")
        files = {**standard.live, **standard.deleted, **standard.gone_folder, **_own_files()}
        files |= standard.recycled
        files |= {plan.OLD_NAME: standard.renamed, plan.VICTIM: standard.victim}
        write_tree(at, {os.fsencode(path): data for path, data in files.items()})
        _plant_special(at)
        for path, data in (STREAMS | DELETED_STREAM).items():
            (at / path).write_bytes(data)
        set_times(at, EPOCH_S)
        whole = contents.filler(SIZE_BYTES)
        size_bytes = write_until_full(at / plan.FILLER, whole) - _ROOM_BYTES
        os.truncate(at / plan.FILLER, size_bytes)
        return whole[:size_bytes]


def _own_files() -> dict[str, bytes]:
    return {
        STREAM_OWNER: contents.text(181, 400),
        DELETED_OWNER: contents.text(182, 2_500),
        EMOJI: contents.jpeg(183, 100, 80),
        RESIDENT: contents.text(184, 333),
    }


def sparse_bytes() -> bytes:
    """Return the content of the sparse file."""
    return bytes(200_000) + contents.text(185, 5_000) + bytes(195_000)


def compressed_bytes() -> bytes:
    """Return the content of the file that NTFS keeps compressed."""
    return contents.filler(150_000)


def _plant_special(at: Path) -> None:
    squeezed = (at / COMPRESSED).parent
    squeezed.mkdir()
    os.setxattr(squeezed, "system.ntfs_attrib_be", struct.pack(">I", _COMPRESSED_FOLDER))
    (at / COMPRESSED).write_bytes(compressed_bytes())
    with (at / SPARSE).open("wb") as sparse:
        sparse.seek(200_000)
        sparse.write(contents.text(185, 5_000))
        sparse.truncate(400_000)
    (at / HARD_LINK).hardlink_to(at / "Users/x/Pictures/landscape.jpg")
    (at / HARD_LINKED_OWNER).hardlink_to(at / STREAM_OWNER)
    (at / SYMLINK).symlink_to("shapes.png")


def _overwrite(image: Path, at: Path) -> None:
    with ntfs_mounted(image, at):
        (at / SPACER).unlink()
        (at / plan.VICTIM).unlink()
        (at / plan.REPLACEMENT).write_bytes(plan.standard_plan().replacement)


def _recycle_folder(image: Path, at: Path) -> None:
    """Delete a folder, and let a new folder take its record: its files lose their path."""
    record = record_of(image, plan.RECYCLED)
    with ntfs_mounted(image, at):
        for path in plan.standard_plan().recycled:
            (at / path).unlink()
        (at / plan.RECYCLED).rmdir()
    with ntfs_mounted(image, at):
        (at / TAKING_FOLDER).mkdir()
    if record_of(image, TAKING_FOLDER) != record:
        raise AssertionError("the deleted folder's record was not given to another folder")


def _delete(image: Path, at: Path) -> None:
    standard = plan.standard_plan()
    with ntfs_mounted(image, at):
        (at / plan.OLD_NAME).rename(at / plan.NEW_NAME)
        for path in (plan.FILLER, DELETED_OWNER, *standard.deleted, *standard.gone_folder):
            (at / path).unlink()
        (at / plan.GONE_FOLDER).rmdir()


def clusters_of(image: Path, path: str) -> frozenset[int]:
    """Return the clusters of a live file, as ``ntfscluster`` tells them."""
    told = run(["ntfscluster", "-F", f"/{path}", image]).decode(errors="replace")
    runs = re.findall(r"^ +\d+ +(\d+) +(\d+)$", told, re.MULTILINE)
    return frozenset(
        at for first, count in runs for at in range(int(first), int(first) + int(count))
    )


def record_of(image: Path, path: str) -> int:
    """Return the record number of a live file, as ``ntfsinfo`` tells it."""
    told = run(["ntfsinfo", "-F", f"/{path}", image]).decode(errors="replace")
    found = re.search(r"^Dumping Inode (\d+)", told, re.MULTILINE)
    if found is None:
        raise KeyError(path)
    return int(found[1])


def _truth(filling: bytes) -> truth.Truth:
    standard = plan.standard_plan()
    own = {path: data for path, data in _own_files().items() if path != DELETED_OWNER}
    live = {**standard.live, **own, COMPRESSED: compressed_bytes(), SPARSE: sparse_bytes()}
    live |= {plan.REPLACEMENT: standard.replacement, plan.NEW_NAME: standard.renamed}
    live |= {HARD_LINK: standard.live["Users/x/Pictures/landscape.jpg"]}
    live |= {HARD_LINKED_OWNER: own[STREAM_OWNER]}
    second = {
        path.replace(STREAM_OWNER, HARD_LINKED_OWNER): data
        for path, data in STREAMS.items()
        if path.startswith(f"{STREAM_OWNER}:")
    }
    folders = (*standard.folders(), COMPRESSED.rpartition("/")[0], TAKING_FOLDER)
    items = [truth.Planted(path, entry_type=truth.FOLDER) for path in folders]
    items += [truth.live_file(path, data) for path, data in live.items()]
    items += [
        truth.live_file(path, data, entry_type=truth.STREAM)
        for path, data in (STREAMS | second).items()
    ]
    items.append(truth.Planted(SYMLINK, entry_type=truth.LINK))
    return truth.Truth((*items, *_deleted(standard, filling)))


def _deleted(standard: plan.Plan, filling: bytes) -> list[truth.Planted]:
    gone = {**standard.deleted, **standard.gone_folder, plan.FILLER: filling}
    gone |= standard.recycled
    gone[DELETED_OWNER] = _own_files()[DELETED_OWNER]
    items = [truth.deleted_file(path, data) for path, data in gone.items()]
    items += [
        truth.deleted_file(path, data, entry_type=truth.STREAM)
        for path, data in DELETED_STREAM.items()
    ]
    items.append(truth.Planted(plan.GONE_FOLDER, truth.DELETED, entry_type=truth.FOLDER))
    items.append(truth.overwritten_file(plan.VICTIM, standard.victim))
    spacer = truth.live_file(SPACER, b"spacer\n")
    folder = truth.Planted(plan.RECYCLED, entry_type=truth.FOLDER)
    old = truth.live_file(plan.OLD_NAME, standard.renamed)
    return [
        *items,
        truth.lost(spacer, "its record belongs to another file now"),
        truth.lost(folder, "its record belongs to another folder now"),
        truth.lost(old, "the old name of a file that was renamed"),
    ]


def _build_flat(image: Path, reason: str) -> tuple[Path, truth.Truth]:
    items = copy_flat(image, {**plan.standard_plan().live, **_own_files()}, STREAMS)
    limit = f"NTFS without folders and deletions: ntfs-3g could not mount here ({reason})"
    return image, truth.Truth(tuple(items), (limit,))


def copy_flat(
    image: Path, files: dict[str, bytes], streams: dict[str, bytes]
) -> list[truth.Planted]:
    """Fill the root with ``ntfscp -f IMAGE FILE /NAME`` and ``ntfscp -f -N STREAM``.

    ntfscp makes no folders: a path's ``/`` become `` - ``; streams of folders are left out.
    """
    flat = {path.replace("/", " - "): data for path, data in files.items()}
    attached = {path.replace("/", " - "): data for path, data in streams.items()}
    attached = {path: data for path, data in attached.items() if path.partition(":")[0] in flat}
    with tempfile.NamedTemporaryFile(prefix="polit-write-") as made:
        given = Path(made.name)
        for name, data in flat.items():
            given.write_bytes(data)
            run(["ntfscp", "-f", image, given, f"/{name}"])
        for name, data in attached.items():
            owner, _, stream = name.partition(":")
            given.write_bytes(data)
            run(["ntfscp", "-f", "-N", stream, image, given, f"/{owner}"])
    items = [truth.live_file(name, data) for name, data in flat.items()]
    return items + [
        truth.live_file(name, data, entry_type=truth.STREAM) for name, data in attached.items()
    ]
