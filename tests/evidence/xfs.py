"""XFS made by mkfs.xfs, which fills it from a proto file: no mount, no root."""

import os
import tempfile
from pathlib import Path

from evidence import contents, tree, truth
from evidence.tools import blank, run, write_tree

SIZE_BYTES = 320 << 20
"""The least that mkfs.xfs makes is 300 MiB; nearly all of it is a hole."""
RAW_NAME = b"latin-\xe9t\xe9.txt"
PIPE = "a-pipe"


def build_xfs(folder: Path) -> tuple[Path, truth.Truth]:
    """Build version 5 with ``mkfs.xfs -p``."""
    return _build(folder / "xfs.dd", [])


def build_xfs_v4(folder: Path) -> tuple[Path, truth.Truth]:
    """Build version 4 with ``mkfs.xfs -m crc=0 -p``."""
    return _build(folder / "xfs_v4.dd", ["-m", "crc=0", "-n", "ftype=0"])


def _build(image: Path, options: list[str]) -> tuple[Path, truth.Truth]:
    blank(image, SIZE_BYTES)
    files = {os.fsencode(path): data for path, data in tree.files().items()}
    files[RAW_NAME] = contents.text(906, 400)
    with tempfile.TemporaryDirectory(prefix="polit-tree-") as made:
        write_tree(Path(made), files)
        proto = Path(made) / "proto"
        proto.write_bytes(_proto(os.fsencode(made), files))
        run(["mkfs.xfs", "-q", *options, "-p", proto, image])
    folders = {
        b"/".join(path.split(b"/")[:n]) for path in files for n in range(1, path.count(b"/") + 1)
    }
    items = [truth.Planted(truth.path_text(path), entry_type=truth.FOLDER) for path in folders]
    items += [truth.live_file(truth.path_text(path), data) for path, data in files.items()]
    items.append(truth.Planted(tree.LINK, entry_type=truth.LINK))
    items.append(truth.Planted(PIPE, entry_type=truth.SPECIAL))
    return image, truth.Truth(tuple(items))


def _proto(root: bytes, files: dict[bytes, bytes]) -> bytes:
    lines = [b"/none", b"0 0", b"d--755 0 0"]
    nested: dict[bytes, object] = {}
    for path in files:
        *above, name = path.split(b"/")
        level = nested
        for part in above:
            level = level.setdefault(part, {})  # type: ignore[assignment] # a tree of dicts
        level[name] = root + b"/" + path
    lines += _proto_lines(nested)
    lines += [b"%s l--777 0 0 %s" % (tree.LINK.encode(), tree.LINK_TARGET.encode())]
    lines += [b"%s p--644 0 0" % PIPE.encode(), b"$", b""]
    return b"\n".join(lines)


def _proto_lines(level: dict[bytes, object]) -> list[bytes]:
    lines = []
    for name, below in level.items():
        if isinstance(below, dict):
            lines += [name + b" d--755 0 0", *_proto_lines(below), b"$"]
        else:
            lines.append(name + b" ---644 0 0 %s" % below)
    return lines
