"""Archives that mean harm, by kind: bombs, names that lead out, lies, damage. All benign bytes."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from pathlib import Path

from made_archives import run_tool, tarred, zipped

from evidence.contents import noise

ESCAPED = "polit-escaped"
"""In every name that leads out of its archive: no file of this name may ever appear."""
Made = dict[str, tuple[str, bytes]]


def made(scratch: Path) -> Made:
    """Return each archive by its file name, with its kind."""
    return _bombs() | _names() | _lies() | _damage(scratch)


def _bombs() -> Made:
    zeros = bytes(100 << 20)
    packed = gzip.compress(zeros, 9)
    return {
        "zeros.gz": ("bomb", packed),
        "zeros.bz2": ("bomb", bz2.compress(zeros)),
        "zeros.xz": ("bomb", lzma.compress(zeros, preset=1)),
        "zeros.zip": ("bomb", zipped([("zeros", zeros)])),
        "nested.gz": ("bomb", gzip.compress(gzip.compress(zeros * 6, 9), 9)),
        "overlapping.zip": ("bomb", _overlapping(4000)),
        "wide.zip": ("bomb", _nested(5, 4, bytes(8 << 20))),
        "deep.zip": ("bomb", _nested(40, 1, b"end")),
        "deep.tar": ("bomb", _deep_tar(40)),
        "many.zip": ("bomb", zipped((f"{number}", b"") for number in range(50_000))),
        "sparse.tar": ("bomb", _sparse(1 << 40)),
        "quine.gz": ("bomb", _repacked(60)),
    }


def _nested(levels: int, wide: int, content: bytes) -> bytes:
    archive = zipped([("0", content)])
    for _ in range(levels):
        archive = zipped([(f"{number}.zip", archive) for number in range(wide)])
    return archive


def _deep_tar(levels: int) -> bytes:
    archive = tarred([("end", b"end")])
    for _ in range(levels):
        archive = tarred([("n.tar", archive)])
    return archive


def _repacked(times: int) -> bytes:
    content = b"hello"
    for _ in range(times):
        content = gzip.compress(content)
    return content


def _overlapping(count: int) -> bytes:
    """Return a ZIP whose directory names one member's data again and again."""
    whole = zipped([("k", bytes(1 << 20))])
    at = whole.index(b"PK\x01\x02")
    end = whole.rindex(b"PK\x05\x06")
    entries = whole[at:end] * count
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entries), at, 0)
    return whole[:at] + entries + tail


def _sparse(size: int) -> bytes:
    head = tarfile.TarInfo("sparse")
    head.type = tarfile.REGTYPE
    head.pax_headers = {
        "GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": "sparse",
        "GNU.sparse.size": str(size), "GNU.sparse.numblocks": "1", "GNU.sparse.map": f"{size},0",
    }  # fmt: skip
    room = io.BytesIO()
    with tarfile.open(fileobj=room, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(head)
    return room.getvalue()


def _names() -> Made:
    out = [
        f"../../{ESCAPED}", f"/tmp/{ESCAPED}", f"//tmp/{ESCAPED}", f"..\\..\\{ESCAPED}",
        f"C:\\{ESCAPED}", f"a/../../{ESCAPED}", f"\\\\host\\share\\{ESCAPED}",
    ]  # fmt: skip
    odd = ["", ".", "..", "n\x01\x1b[2J", "con", "b\u202egpj.exe", "l" * 60_000, "a" + "/a" * 900]
    return {
        "paths.zip": ("name", zipped((name, b"x") for name in out)),
        "paths.tar": ("name", tarred((name, b"x") for name in out)),
        "odd.zip": ("name", zipped((name, b"x") for name in odd if name)),
        "odd.tar": ("name", tarred((name, b"x") for name in odd if name)),
        "twice.zip": ("name", _twice()),
        "links.tar": ("name", _links()),
    }


def _twice() -> bytes:
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w") as archive:
        for number in range(50):
            archive.writestr(zipfile.ZipInfo("dup"), b"%d" % number)
    return room.getvalue()


def _links() -> bytes:
    room = io.BytesIO()
    with tarfile.open(fileobj=room, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for kind, name, target in (
            (tarfile.SYMTYPE, "out", "/tmp"), (tarfile.SYMTYPE, "loop", "loop"),
            (tarfile.LNKTYPE, "hard", "/etc/passwd"), (tarfile.CHRTYPE, "device", ""),
            (tarfile.BLKTYPE, "block", ""), (tarfile.FIFOTYPE, "pipe", ""),
        ):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            archive.addfile(member)
        through = tarfile.TarInfo(f"out/{ESCAPED}")
        through.size = 1
        archive.addfile(through, io.BytesIO(b"x"))
    return room.getvalue()


def _lies() -> Made:
    zip_whole = zipped([("a.txt", b"hello" * 900), ("b.txt", b"x" * 900)])
    size_at = zip_whole.index(b"PK\x01\x02") + 20
    huge = zip_whole[:size_at] + b"\xfe\xff\xff\xff" * 2 + zip_whole[size_at + 8 :]
    end = zip_whole.rindex(b"PK\x05\x06")
    lost = zip_whole[: end + 16] + struct.pack("<I", 0xFFFFFFF0) + zip_whole[end + 20 :]
    count = zip_whole[: end + 8] + b"\xfe\xff\xfe\xff" + zip_whole[end + 12 :]
    whole = bytearray(tarred([("a", b"hello"), ("lie", b"hello")]))
    head = whole[1024:1536]
    head[124:136], head[148:156] = b"77777777777\0", b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    xz = bytearray(lzma.compress(b"hello" * 900))
    xz[12:24] = b"\x02\x00\x21\x01\x28\x00\x00\x00" + xz[20:24]
    return {
        "sizes.zip": ("lie", huge),
        "directory.zip": ("lie", lost),
        "count.zip": ("lie", count),
        "size.tar": ("lie", bytes(whole[:1024] + head + b"hello")),
        "dictionary.xz": ("lie", bytes(xz)),
        "mine.7z": ("lie", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(4) + b"\xff" * 20 + noise(3, 900)),
        "mine.rar": ("lie", b"Rar!\x1a\x07\x01\x00" + noise(4, 4000)),
        "mine.cab": ("lie", b"MSCF" + b"\xff" * 32 + noise(5, 4000)),
        "empty.zip": ("lie", zipped([])),
    }


def _damage(scratch: Path) -> Made:
    items = [("a.txt", b"hello" * 900), ("b.bin", noise(6, 5000))]
    made: Made = {}
    for name, words in {
        "d.7z": "7z a", "d.zip": "7z a -tzip", "d.tgz": "bsdtar -czf", "d.cab": "gcab -c",
        "d.xar": "bsdtar --format xar -cf", "d.iso": "bsdtar --format iso9660 -cf",
        "d.tar.zst": "bsdtar --zstd -cf",
    }.items():  # fmt: skip
        whole = run_tool(scratch, words, name, items)
        flipped = bytearray(whole)
        for at in range(40, len(flipped), max(len(flipped) // 9, 1)):
            flipped[at] ^= 0x55
        made[f"flipped-{name}"] = ("damage", bytes(flipped))
        made[f"cut-{name}"] = ("damage", whole[: len(whole) * 2 // 3])
    made["locked.7z"] = ("locked", run_tool(scratch, "7z a -psecret -mhe=on", "l.7z", items))
    made["locked.zip"] = ("locked", run_tool(scratch, "7z a -tzip -psecret", "l.zip", items))
    return made
