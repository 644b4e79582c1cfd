"""Rows of archives inside an image, by the command itself: members found, and equal."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from made_archives import run_tool, tarred, zipped

from evidence import contents
from evidence.compare import Row
from evidence.examined import examine
from evidence.proof_rows import CONTAINERS, Judged
from evidence.tools import blank, run
from evidence.truth import sha256_hex

_ITEMS = [(f"{number}.jpg", contents.jpeg(960 + number)) for number in range(3)]
_KINDS = {
    "made.7z": "7z a",
    "made.zip": "7z a -tzip",
    "made.tar": "bsdtar -cf",
    "made.tgz": "bsdtar -czf",
    "made.tar.xz": "bsdtar -cJf",
    "made.tar.bz2": "bsdtar -cjf",
    "made.tar.zst": "bsdtar --zstd -cf",
    "made.tar.lz4": "bsdtar --lz4 -cf",
    "made.cpio": "bsdtar --format newc -cf",
    "made.xar": "bsdtar --format xar -cf",
    "made.iso": "bsdtar --format iso9660 -cf",
    "made.cab": "gcab -c",
}
Files = dict[str, bytes]


def rows() -> dict[str, Callable[[Path], Judged]]:
    """Return the rows: each kind in an image, and three kinds in each other in two containers."""
    kinds = "12 kinds of archive on fat16 in raw"
    deep = "zip in tar.gz in 7z on fat16 in {}"
    return {
        kinds: partial(_judge, kinds, "raw", _every_kind),
        **{
            deep.format(one): partial(_judge, deep.format(one), one, _nested)
            for one in ("raw", "E01")
        },
    }


def _every_kind(scratch: Path) -> tuple[Files, Files]:
    archives = {name: run_tool(scratch, words, name, _ITEMS) for name, words in _KINDS.items()}
    members = {f"{name}/{inner}": data for name in archives for inner, data in _ITEMS}
    return archives, members


def _nested(scratch: Path) -> tuple[Files, Files]:
    inner = zipped([("pictures/0.jpg", _ITEMS[0][1])])
    middle = tarred([("deep/inner.zip", inner), ("1.jpg", _ITEMS[1][1])], "w:gz")
    outer = run_tool(scratch, "7z a", "outer.7z", [("middle.tgz", middle), _ITEMS[2]])
    members = {
        "outer.7z/middle.tgz": middle,
        "outer.7z/2.jpg": _ITEMS[2][1],
        "outer.7z/middle.tgz/1.jpg": _ITEMS[1][1],
        "outer.7z/middle.tgz/deep/inner.zip": inner,
        "outer.7z/middle.tgz/deep/inner.zip/pictures/0.jpg": _ITEMS[0][1],
    }
    return {"outer.7z": outer}, members


def _judge(
    row: str, container: str, make: Callable[[Path], tuple[Files, Files]], scratch: Path
) -> Judged:
    archives, members = make(scratch)
    raw = blank(scratch / "raw.dd", 24 << 20)
    run(["mkfs.fat", "-F", "16", raw])
    for name, data in archives.items():
        run(["mcopy", "-i", raw, "-", f"::/{name}"], given=data)
    made = scratch / "made"
    made.mkdir()
    examined = examine(CONTAINERS[container](raw, made), scratch / "out", "--no-carve")
    planted = archives | members
    wrong = [path for path, data in planted.items() if not _is_told(examined.rows, path, data)]
    told = [str(one["path"]) for one in examined.rows if one["entry_type"] == "file"]
    invented = [path for path in told if path not in planted and not path.startswith("$")]
    fault = f"not found or not equal: {wrong[:5]}" if wrong else ""
    fault = fault or (f"invented: {invented[:5]}" if invented else "")
    came = len(planted) - len(wrong)
    truth = "planted; made by 7z, bsdtar, gcab and Python"
    return Judged(
        row, len(examined.rows), (len(planted), came), (0, 0), len(invented), None, truth, fault
    )


def _is_told(rows: tuple[Row, ...], path: str, data: bytes) -> bool:
    digest = sha256_hex(data)
    return any(one["path"] == path and one["sha256"] == digest for one in rows)
