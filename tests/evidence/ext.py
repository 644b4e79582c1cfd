r"""ext2, ext3 and ext4, made by mke2fs and debugfs: no mount, no root.

``debugfs rm`` frees inode and blocks but leaves the inode's size and block map, as ext2 always
did: such files must come out. What the Linux kernel does on ext3 and ext4 (it clears the map)
is planted beside it with ``debugfs punch``: the name and inode remain, the content is gone.

debugfs takes the lowest free inode and the first free blocks. So a small *spacer* is deleted
with the victim: the replacement takes the spacer's inode (whose name then leads to a record
that belongs to another file) and the victim's blocks (whose inode still tells of them).
"""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from evidence import contents, plan, truth
from evidence.tools import ToolFailed, blank, ended, run, write_tree

UUID = "20240601-0000-4000-8000-00000000e2f5"
SPACER = "Users/x/0 spacer/spacer.txt"
SECOND_SPACER = "Users/x/0 spacer/spacer two.txt"
TAKING = contents.noise(122, 64_000)
CLEARED = "Users/x/Documents/cleared by the kernel.txt"
FAST_LINK = "Users/x/fast link"
SLOW_LINK = "Users/x/slow link"
HARD_LINK = "Users/x/Pictures/hard link to landscape.jpg"
SPARSE = "Users/x/Documents/sparse.bin"
RAW_NAMES = {
    b"Users/x/Documents/latin \xe9t\xe9.jpg": contents.jpeg(151, 100, 80),
    b"Users/x/Documents/new\nline.txt": contents.text(152, 210),
    b"Users/x/Documents/back\\slash.txt": contents.text(153, 220),
    "Users/x/Documents/camera \U0001f4f7.jpg".encode(): contents.jpeg(154, 100, 80),
    b"Users/x/Documents/" + b"n" * 255: contents.text(155, 230),
}
NOT_BY_LIBFSEXT = tuple(raw for raw in RAW_NAMES if b"\xe9t\xe9" in raw or b"n" * 255 in raw)
"""Names that libfsext's binding refuses (not UTF-8) or leaves out (255 bytes long)."""


@dataclass(frozen=True, slots=True)
class ExtKind:
    """One flavour: the type for ``mke2fs -t`` and its block size."""

    name: str
    block_bytes: int


def build_ext2(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mke2fs -t ext2 -b 1024 -d``, then ``debugfs -w -f``."""
    return _build(folder, ExtKind("ext2", 1024))


def build_ext3(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mke2fs -t ext3 -b 4096 -d``, then ``debugfs -w -f``."""
    return _build(folder, ExtKind("ext3", 4096))


def build_ext4(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mke2fs -t ext4 -b 4096 -d``, then ``debugfs -w -f``."""
    return _build(folder, ExtKind("ext4", 4096))


def build_ext4_1k(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``mke2fs -t ext4 -b 1024 -d``, then ``debugfs -w -f``."""
    return _build(folder, ExtKind("ext4", 1024))


def _build(folder: Path, kind: ExtKind) -> tuple[Path, truth.Truth]:
    standard = plan.standard_plan()
    image = blank(folder / f"{kind.name}-{kind.block_bytes}.dd", 24 << 20)
    with tempfile.TemporaryDirectory(prefix="polit-tree-") as made:
        _populate(Path(made), standard)
        options = ["-t", kind.name, "-b", str(kind.block_bytes), "-U", UUID]
        seed = f"hash_seed={UUID},root_owner=0:0"
        run(["mke2fs", "-q", "-F", *options, "-E", seed, "-L", "PHOTOS", "-d", made, image])
    victim_blocks = blocks_of(image, plan.VICTIM)
    spacer_inode = inode_of(image, SPACER)
    debug(image, [f'rm "/{SPACER}"', f'rm "/{plan.VICTIM}"'])
    _write(image, plan.REPLACEMENT, standard.replacement)
    _check_overwritten(image, victim_blocks, spacer_inode)
    _recycle_folder(image)
    debug(image, _deletions(standard))
    return image, _truth(standard)


def _populate(root: Path, standard: plan.Plan) -> None:
    files = {**standard.live, **standard.deleted, **standard.gone_folder, **standard.recycled}
    files |= {plan.OLD_NAME: standard.renamed, plan.VICTIM: standard.victim}
    files |= {SPACER: b"spacer\n", SECOND_SPACER: b"spacer\n", CLEARED: contents.text(160, 9_000)}
    raw = {os.fsencode(path): data for path, data in files.items()}
    write_tree(root, {**raw, **RAW_NAMES, os.fsencode(SPARSE): b""})
    with (root / SPARSE).open("r+b") as sparse:
        sparse.seek(100_000)
        sparse.write(contents.text(161, 5_000))
        sparse.truncate(300_000)
    (root / FAST_LINK).symlink_to("Pictures/shapes.png")
    (root / SLOW_LINK).symlink_to("/" + "far/" * 30 + "away.png")
    (root / HARD_LINK).hardlink_to(root / "Users/x/Pictures/landscape.jpg")
    (root / "Users/x/far away").mkdir()


def sparse_bytes() -> bytes:
    """Return the content of the sparse file."""
    return bytes(100_000) + contents.text(161, 5_000) + bytes(195_000)


def _deletions(standard: plan.Plan) -> list[str]:
    rename = [f'ln "/{plan.OLD_NAME}" "/{plan.NEW_NAME}"', f'unlink "/{plan.OLD_NAME}"']
    singly = [f'rm "/{path}"' for path in (*standard.deleted, *standard.gone_folder)]
    cleared = [f'punch "/{CLEARED}" 0', f'sif "/{CLEARED}" size 0', f'rm "/{CLEARED}"']
    return [*rename, *singly, f'rmdir "/{plan.GONE_FOLDER}"', *cleared]


def debug(image: Path, commands: list[str]) -> None:
    """Run debugfs commands that write.

    Raises:
        ToolFailed: One of them was refused.
    """
    done = ended(["debugfs", "-w", "-f", "-", image], given="\n".join(commands).encode())
    said = done.stderr.decode(errors="replace").splitlines()[1:]
    if said:
        raise ToolFailed(f"debugfs on {image.name}: {said}")


def _write(image: Path, path: str, data: bytes) -> None:
    folder, _, name = path.rpartition("/")
    with tempfile.NamedTemporaryFile(prefix="polit-write-") as made:
        made.write(data)
        made.flush()
        debug(image, [f'cd "/{folder}"', f'write {made.name} "{name}"'])


def _recycle_folder(image: Path) -> None:
    """Delete a folder and let a file take its block, but a spacer's inode."""
    freed = blocks_of(image, plan.RECYCLED)
    held = [f'rm "/{path}"' for path in (SECOND_SPACER, *plan.standard_plan().recycled)]
    debug(image, [*held, f'rmdir "/{plan.RECYCLED}"'])
    _write(image, plan.TAKER, TAKING)
    if not freed <= blocks_of(image, plan.TAKER):
        raise AssertionError("the deleted folder's block was not given to another file")


def blocks_of(image: Path, path: str) -> frozenset[int]:
    """Return the blocks of a live file, its map's own blocks too, as debugfs tells them."""
    told = run(["debugfs", "-R", f'blocks "/{path}"', image]).decode()
    return frozenset(int(block) for block in told.split())


def inode_of(image: Path, path: str) -> int:
    """Return the inode number of a live file, as debugfs tells it."""
    told = run(["debugfs", "-R", f'stat "/{path}"', image]).decode(errors="replace")
    found = re.search(r"Inode: (\d+)", told)
    if found is None:
        raise KeyError(path)
    return int(found[1])


def _check_overwritten(image: Path, victim: frozenset[int], spacer_inode: int) -> None:
    now = blocks_of(image, plan.REPLACEMENT)
    if not victim & now:
        raise AssertionError(f"the victim was in {sorted(victim)}, not given to {sorted(now)}")
    if inode_of(image, plan.REPLACEMENT) != spacer_inode:
        raise AssertionError("the spacer's inode was not given to the replacement")


def _truth(standard: plan.Plan) -> truth.Truth:
    live = {
        **standard.live,
        plan.REPLACEMENT: standard.replacement,
        plan.NEW_NAME: standard.renamed,
    }
    live[plan.TAKER] = TAKING
    live |= {HARD_LINK: standard.live["Users/x/Pictures/landscape.jpg"], SPARSE: sparse_bytes()}
    folders = (*standard.folders(), "Users/x/0 spacer", "Users/x/far away", "lost+found")
    items = [truth.Planted(path, entry_type=truth.FOLDER) for path in folders]
    items += [truth.live_file(path, data) for path, data in live.items()]
    items += [truth.live_file(truth.path_text(raw), data) for raw, data in RAW_NAMES.items()]
    items += [truth.Planted(path, entry_type=truth.LINK) for path in (FAST_LINK, SLOW_LINK)]
    items += _deleted(standard)
    return truth.Truth(tuple(items))


def _deleted(standard: plan.Plan) -> list[truth.Planted]:
    items = [truth.deleted_file(path, data) for path, data in standard.deleted.items()]
    items += [truth.deleted_file(path, data) for path, data in standard.gone_folder.items()]
    items.append(truth.Planted(plan.GONE_FOLDER, truth.DELETED, entry_type=truth.FOLDER))
    items.append(truth.overwritten_file(plan.VICTIM, standard.victim))
    items += truth.recycled_folder(plan.RECYCLED, standard.recycled)
    spacers = [truth.live_file(path, b"spacer\n") for path in (SPACER, SECOND_SPACER)]
    cleared = truth.live_file(CLEARED, contents.text(160, 9_000))
    old = truth.live_file(plan.OLD_NAME, standard.renamed)
    return [
        *items,
        *(truth.lost(item, "its inode belongs to another file now") for item in spacers),
        truth.lost(cleared, "its block map was cleared on deletion, as the Linux kernel does"),
        truth.lost(old, "the old name of a file that was renamed"),
    ]
