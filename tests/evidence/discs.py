"""ISO 9660 and UDF made by genisoimage."""

import os
import tempfile
from pathlib import Path

from evidence import contents, tree, truth
from evidence.tools import run, write_tree

BOOT = "boot.img"
NOT_IN_UDF = "only-in-iso.txt"
NOT_IN_JOLIET = "only-in-rock-ridge.txt"
LATER = "later.txt"
REPLACED = "replaced.txt"


def build_iso9660(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``genisoimage -R -J -b``: Rock Ridge, Joliet, a boot image."""
    options = ["-R", "-J", "-joliet-long", "-b", BOOT, "-no-emul-boot"]
    return _build(folder / "iso9660.iso", options, {})


def build_joliet(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``genisoimage -J``: long names without Rock Ridge."""
    options = ["-J", "-joliet-long", "-hide-joliet", NOT_IN_JOLIET, "-D", "-l"]
    hidden = {NOT_IN_JOLIET: contents.text(911, 900)}
    return _build(folder / "joliet.iso", options, hidden, links=False)


def build_udf(folder: Path) -> tuple[Path, truth.Truth]:
    """Build with ``genisoimage -udf -R -J``: a disc that is both; one file is not in UDF.

    genisoimage makes the tree of UDF from that of Joliet, and its links empty files.
    """
    hidden = {NOT_IN_UDF: contents.text(912, 900)}
    options = ["-udf", "-R", "-J", "-joliet-long", "-hide-joliet", NOT_IN_UDF]
    return _build(folder / "udf.iso", options, hidden, links=False)


def build_sessions(folder: Path) -> tuple[Path, truth.Truth]:
    """Build two sessions with ``genisoimage -M``: the second replaces one file of the first."""
    image, second = folder / "sessions.iso", folder / "second.iso"
    old, new = contents.text(913, 3_000), contents.text(914, 2_000)
    with tempfile.TemporaryDirectory(prefix="polit-tree-") as made:
        write_tree(Path(made), {REPLACED.encode(): old, b"kept.txt": contents.text(915, 100)})
        run(["genisoimage", "-quiet", "-R", "-o", image, made])
    blocks = -(-image.stat().st_size // 2048)
    start = -(-(blocks + 150) // 16) * 16
    with image.open("r+b") as padded:
        padded.truncate(start * 2048)
    with tempfile.TemporaryDirectory(prefix="polit-tree-") as made:
        write_tree(Path(made), {REPLACED.encode(): new, LATER.encode(): contents.text(916, 50)})
        place = ["-C", f"0,{start}", "-M", str(image)]
        run(["genisoimage", "-quiet", "-R", *place, "-o", second, made])
    with image.open("ab") as whole:
        whole.write(second.read_bytes())
    second.unlink()
    live = {REPLACED: new, LATER: contents.text(916, 50), "kept.txt": contents.text(915, 100)}
    items = [truth.live_file(path, data) for path, data in live.items()]
    return image, truth.Truth((*items, truth.deleted_file(REPLACED, old)))


def _build(
    image: Path, options: list[str], hidden: dict[str, bytes], *, links: bool = True
) -> tuple[Path, truth.Truth]:
    files = {**tree.files(), BOOT: contents.noise(910, 2048)}
    with tempfile.TemporaryDirectory(prefix="polit-tree-") as made:
        everything = {**files, **hidden}
        write_tree(Path(made), {os.fsencode(path): data for path, data in everything.items()})
        if links:
            (Path(made) / tree.LINK).symlink_to(tree.LINK_TARGET)
        run(["genisoimage", "-quiet", "-input-charset", "utf-8", *options, "-o", image, "."],
            cwd=Path(made))  # fmt: skip
    items = [truth.live_file(path, data) for path, data in files.items()]
    return image, truth.Truth(tuple(items))
