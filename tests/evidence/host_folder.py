"""A folder of the host as evidence, with everything that a hostile one may hold.

Links that must not be followed, pipes and sockets that must not be opened, names that mislead,
files that claim too much. Not cached: a copy would lose half of it.
"""

import os
import socket
from pathlib import Path

from evidence import contents, truth
from evidence.tools import write_tree

LIVE = {
    b"DCIM/100CANON/IMG_0001.JPG": contents.jpeg(201),
    b"DCIM/100CANON/IMG_0002.JPG": contents.jpeg(202),
    b"Pictures/shapes.png": contents.png(203),
    b"Pictures/copy of shapes.png": contents.png(203),
    b"Documents/letter.txt": contents.text(204, 1_000),
    b"Documents/empty.txt": b"",
    b"Documents/picture.txt": contents.jpeg(205),
    b"hostile/truncated.jpg": contents.jpeg(206)[:2_000],
    b"hostile/truncated.png": contents.png(207)[:900],
    b"hostile/garbage.jpg": contents.noise(208, 4_000),
    b"hostile/zero.png": b"",
    b"hostile/bad crc.png": contents.png_bad_crc(209),
    b"hostile/tall bomb.png": contents.png_bomb(48, 8_388_648),
    b"hostile/wide bomb.png": contents.png_bomb(65_535, 65_535),
    b"names/latin \xe9t\xe9.jpg": contents.jpeg(210, 100, 80),
    b"names/\xff\xfe\x80.txt": contents.text(211, 60),
    b"names/new\nline.txt": contents.text(212, 70),
    b"names/carriage\rreturn\ttab.txt": contents.text(213, 80),
    b"names/back\\slash.txt": contents.text(214, 90),
    b"names/escape\x1b[2J.txt": contents.text(215, 100),
    "names/photo\u202egpj.exe".encode(): contents.text(216, 110),
    "names/zero\u200bwidth.txt".encode(): contents.text(217, 120),
    b"names/=1+1.csv": contents.text(218, 130),
    b"names/-rf": contents.text(219, 140),
    b"names/ ": contents.text(220, 150),
    b"names/..hidden": contents.text(221, 160),
    b"names/semi;colon 100%25.txt": contents.text(222, 170),
    b"names/" + b"n" * 255: contents.text(223, 180),
}
"""Regular files by raw path."""

LINKS = {
    b"links/dangling": b"nowhere/at/all",
    b"links/to the password file": b"/etc/passwd",
    b"links/loop": b"loop",
    b"links/to parent": b"..",
    b"links/to folder": b"../Pictures",
    b"links/to picture.png": b"../Pictures/shapes.png",
}
"""Symbolic links by raw path: what they point to."""

HARD_LINK = b"links/hard link to shapes.png"
UNREADABLE = b"Documents/unreadable.txt"
UNLISTABLE = b"locked folder"


def build_host_folder(folder: Path) -> tuple[Path, truth.Truth]:
    """Build ``host`` with open, symlink, link, mkfifo and a bound socket; modes when not root."""
    root = folder / "host"
    root.mkdir()
    write_tree(root, LIVE)
    raw_root = os.fsencode(root) + b"/"
    Path(root / "links").mkdir()
    for path, target in LINKS.items():
        os.symlink(target, raw_root + path)  # noqa: PTH211 - raw bytes
    os.link(raw_root + b"Pictures/shapes.png", raw_root + HARD_LINK)
    os.mkfifo(root / "pipe")
    _bind_socket(root)
    locked = [] if os.geteuid() == 0 else _lock(root)
    items = [_folder(path) for path in _folders()]
    items += [truth.live_file(_text(path), data) for path, data in LIVE.items()]
    items.append(truth.live_file(_text(HARD_LINK), LIVE[b"Pictures/shapes.png"]))
    items += [truth.Planted(_text(path), entry_type=truth.LINK) for path in LINKS]
    items += [truth.Planted(name, entry_type=truth.SPECIAL) for name in ("pipe", "socket")]
    limits = () if locked else ("no unreadable file and folder: root reads everything",)
    return root, truth.Truth((*items, *locked), limits)


def build_deep_folder(folder: Path, *, depth: int = 4_000) -> tuple[Path, truth.Truth]:
    """Build folders ``d`` within each other, as deep as asked, with a file at the bottom.

    Deeper than the host's longest path: made step by step from within, as it must be read.
    ``remove_deep_folder`` takes it away again (``rm -r`` of some tools cannot).
    """
    root = folder / "deep"
    root.mkdir()
    data = contents.text(230, 90)
    here = os.open(root, os.O_DIRECTORY)
    items = []
    for level in range(1, depth + 1):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = deeper
        items.append(_folder(b"d/" * (level - 1) + b"d"))
    made = os.open("bottom.txt", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=here)
    os.write(made, data)
    os.close(made)
    os.close(here)
    items.append(truth.live_file("d/" * depth + "bottom.txt", data))
    return root, truth.Truth(tuple(items))


def remove_deep_folder(root: Path, *, depth: int = 4_000) -> None:
    """Take a deep folder away: each level is moved up beside the root, then removed."""
    here = os.open(root, os.O_DIRECTORY)
    for _ in range(depth):
        os.rename("d", "x", src_dir_fd=here, dst_dir_fd=here)
        inner = os.open("x", os.O_DIRECTORY, dir_fd=here)
        for name in os.listdir(inner):  # noqa: PTH208 - a descriptor
            os.rename(name, name, src_dir_fd=inner, dst_dir_fd=here)
        os.close(inner)
        os.rmdir("x", dir_fd=here)
    os.unlink("bottom.txt", dir_fd=here)
    os.close(here)
    root.rmdir()


def unlock(root: Path) -> None:
    """Give back the permissions that ``build_host_folder`` took, so that it can be removed."""
    for raw in (UNREADABLE, UNLISTABLE):
        path = os.fsencode(root) + b"/" + raw
        if os.path.lexists(path):
            Path(os.fsdecode(path)).chmod(0o700)


def _bind_socket(root: Path) -> None:
    here = os.open(".", os.O_DIRECTORY)
    with socket.socket(socket.AF_UNIX) as made:
        os.chdir(root)
        try:
            made.bind("socket")
        finally:
            os.fchdir(here)
            os.close(here)


def _lock(root: Path) -> list[truth.Planted]:
    data = contents.text(231, 100)
    write_tree(root, {UNREADABLE: data, UNLISTABLE + b"/inside.txt": data})
    (root / os.fsdecode(UNREADABLE)).chmod(0)
    (root / os.fsdecode(UNLISTABLE)).chmod(0)
    return [truth.Planted(_text(UNREADABLE), entry_type=truth.SPECIAL), _folder(UNLISTABLE)]


def _folders() -> list[bytes]:
    found = {b"links"}
    for path in LIVE:
        parts = path.split(b"/")
        found |= {b"/".join(parts[:depth]) for depth in range(1, len(parts))}
    return sorted(found)


def _folder(raw: bytes) -> truth.Planted:
    return truth.Planted(_text(raw), entry_type=truth.FOLDER)


def _text(raw: bytes) -> str:
    return truth.path_text(raw)
