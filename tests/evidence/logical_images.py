"""Writers of logical images, made from the formats' published facts and from nothing of polit.

Each takes the same planted tree. ``write_l01`` follows the EWF specification (Metz), so that
libewf opens it; ``write_ad1`` the layout of FTK Imager's own files; ``write_aff4l`` and
``write_aff4`` the AFF4 Standard 1.0.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cramjam

CREATED, MODIFIED, ACCESSED = 1_500_000_000, 1_500_000_100, 1_500_000_200
SCHEMA = "http://aff4.org/Schema#"
_VOLUME, _STREAM = "aff4://5a000000-0000-4000-8000-000000000001", "aff4://5a-stream"


@dataclass(frozen=True)
class Planted:
    """A file of the tree: its path, its bytes, and whether the image calls it deleted."""

    path: str
    data: bytes
    is_deleted: bool = False


@dataclass
class _Node:
    name: str
    planted: Planted | None
    children: list["_Node"]


def planted_tree() -> list[Planted]:
    """Return a small tree: empty, small, many-chunk and oddly named files."""
    text = b"The quick brown fox jumps over the lazy dog.\n"
    return [
        Planted("pictures/one.txt", text * 4000),
        Planted("pictures/deep/er/two.bin", bytes(range(256)) * 700),
        Planted("pictures/empty", b""),
        Planted("pictures/gone.txt", b"deleted " * 900, is_deleted=True),
        Planted("d\u00e9j\u00e0 \u30cd\u30b3.txt", text * 15),
        Planted("four.txt", text),
    ]


def _rooted(files: Sequence[Planted]) -> _Node:
    root = _Node("", None, [])
    for planted in files:
        node = root
        *folders, name = planted.path.split("/")
        for folder in folders:
            below = next((one for one in node.children if one.name == folder), None)
            if below is None:
                below = _Node(folder, None, [])
                node.children.append(below)
            node = below
        node.children.append(_Node(name, planted, []))
    return root


# L01

_SECTORS_PER_CHUNK, _SECTOR_BYTES = 64, 512
_CHUNK_BYTES = _SECTORS_PER_CHUNK * _SECTOR_BYTES
_KEYS = "p\tn\tid\topr\tcr\tac\twr\tmo\tdl\tha\tls\tdu\tlo\tpo\tbe"


def write_l01(path: Path, files: Sequence[Planted], *, wrong_md5_of: str = "") -> None:
    """Write a one-segment L01 with compressed chunks and an EnCase 6 tree."""
    data, lines = bytearray(), []
    counter = [0]

    def lay(node: _Node, lead: str) -> None:
        counter[0] += 1
        planted = node.planted
        flags, digest, size, extent = 0, "0" * 32, 0, ""
        if planted is not None:
            flags = 0x80 if planted.is_deleted else 0
            digest = hashlib.md5(planted.data).hexdigest()
            if planted.path == wrong_md5_of:
                digest = "1" * 32
            # What is empty holds one byte, as the specification says.
            stored = planted.data or b"\0"
            size, extent = len(planted.data), f"1 {len(data):x} {len(stored):x}"
            data.extend(stored)
        fields = (
            "" if planted else "1", node.name, counter[0], flags, CREATED, ACCESSED, MODIFIED,
            "", "", digest, size, -1, -1, -1, extent,
        )  # fmt: skip
        lines.append(f"{lead}\t{len(node.children)}")
        lines.append("\t".join(map(str, fields)))
        for child in node.children:
            lay(child, "0")

    lay(_rooted(files), "0")
    text = "\n".join([
        "5", "rec", "tb\tcl", f"{len(data)}\t1", "",
        "perm", "0\t1", "p\tn\ts\tpr\tnta\tnti\tnts", "0\t0", "\t\t\t10\t\t\t", "",
        "srce", "0\t1", "p\tn\tid\tev\ttb\tlo\tpo\tah\tgu\taq", "0\t0", "\t\t\t\t\t\t\t\t\t", "",
        "sub", "0\t1", "p\tn\tid\tnu\tco\tgu", "0\t0", "\t\t\t\t\t", "",
        "entry", f"{counter[0]}\t1", _KEYS, *lines, "", "",
    ])  # fmt: skip
    path.write_bytes(_l01_bytes(bytes(data), text))


def _l01_bytes(data: bytes, text: str) -> bytes:
    out = bytearray(b"LVF\x09\x0d\x0a\xff\x00\x01\x01\x00\x00\x00")
    chunks = -(-len(data) // _CHUNK_BYTES)

    def section(kind: str, content: bytes, *, is_last: bool = False) -> None:
        after = len(out) if is_last else len(out) + 76 + len(content)
        head = kind.encode().ljust(16, b"\0") + struct.pack("<QQ", after, 76 + len(content))
        out.extend(_summed(head + bytes(40)) + content)

    head = "1\nmain\nc\tn\ta\te\tt\nT-1\tAB/1\tmade by a script\tnobody\tnone\n\n"
    section("header", zlib.compress(head.encode()))
    sizes = struct.pack("<4xIIIQ", chunks, _SECTORS_PER_CHUNK, _SECTOR_BYTES, 0)
    volume = bytearray(_summed(_media(sizes)))
    section("volume", bytes(volume))
    base, begin = len(out) + 76, 0
    packed, entries = bytearray(), []
    for number in range(chunks):
        begin = len(packed)
        chunk = data[number * _CHUNK_BYTES : (number + 1) * _CHUNK_BYTES]
        packed += zlib.compress(chunk.ljust(_CHUNK_BYTES, b"\0"))
        entries.append((base + begin) | 0x80000000)
    section("sectors", bytes(packed))
    table = _summed(struct.pack("<I4xQ4x", chunks, 0))
    table += _summed(struct.pack(f"<{chunks}I", *entries))
    section("table", table)
    section("table2", table)
    raw = text.encode("utf-16-le")
    header = hashlib.md5(raw).digest() + struct.pack("<Q", len(raw))
    checksum = zlib.adler32(header + bytes(24))
    section("ltree", header + struct.pack("<I20x", checksum) + raw)
    section("data", bytes(volume))
    section("done", b"", is_last=True)
    return bytes(out)


def _media(sizes: bytes) -> bytes:
    raw = bytearray(sizes.ljust(1048, b"\0"))
    raw[0] = 0x0E  # logical evidence
    return bytes(raw)


def _summed(raw: bytes) -> bytes:
    return raw + struct.pack("<I", zlib.adler32(raw))


# AD1

_AD1_CHUNK_BYTES = 65_536


def write_ad1(
    path: Path, files: Sequence[Planted], *, version: int = 4, segment_bytes: int = 0
) -> None:
    """Write an AD1 image as FTK Imager lays it out: item, chunks, metadata, then children.

    Args:
        path: The first segment, ``.ad1``; others are put beside it.
        segment_bytes: Cut into segments of so many bytes; 0 for one.
    """
    source = b"E:\\planted"
    name_at = 92 if version == 4 else 48
    first = name_at + len(source)
    root = _rooted(files)
    out = bytearray(first)
    struct.pack_into(
        "<16sIIIQQI", out, 0, b"ADLOGICALIMAGE", version, 1, _AD1_CHUNK_BYTES, first, first,
        len(source),
    )  # fmt: skip
    out[name_at:first] = source
    _lay_items(out, root.children, 0)
    size = segment_bytes or len(out) + 512
    count = -(-len(out) // (size - 512))
    for number in range(count):
        head = struct.pack(
            "<16sIIIIIII", b"ADSEGMENTEDFILE", 1, 2, number + 1, count, size, 0, 512
        ).ljust(512, b"\0")
        part = out[number * (size - 512) : (number + 1) * (size - 512)]
        path.with_suffix(f".ad{number + 1}").write_bytes(head + part)


def _lay_items(out: bytearray, nodes: Sequence[_Node], parent: int) -> None:
    before = -1
    for node in nodes:
        at = len(out)
        if before >= 0:
            struct.pack_into("<Q", out, before, at)
        before = at
        name, data = node.name.encode(), node.planted.data if node.planted else b""
        kind = 0 if node.planted else 5
        out += struct.pack("<5QII", 0, 0, 0, 0, len(data), kind, len(name)) + name
        out += struct.pack("<Q", parent)
        if data:
            struct.pack_into("<Q", out, at + 24, len(out))
            _lay_chunks(out, data)
        struct.pack_into("<Q", out, at + 16, len(out))
        _lay_metadata(out, node)
        if node.children:
            struct.pack_into("<Q", out, at + 8, len(out))
            _lay_items(out, node.children, at)


def _lay_chunks(out: bytearray, data: bytes) -> None:
    packed = [
        zlib.compress(data[at : at + _AD1_CHUNK_BYTES])
        for at in range(0, len(data), _AD1_CHUNK_BYTES)
    ]
    place = len(out) + 8 + 8 * (len(packed) + 1)
    table = [place]
    for one in packed:
        place += len(one)
        table.append(place)
    out += struct.pack(f"<{len(table) + 1}Q", len(packed), *table) + b"".join(packed)


def _lay_metadata(out: bytearray, node: _Node) -> None:
    values = [
        (2, 2, b"1" if node.planted else b"3"),
        (5, 7, b"20170714T024320"),
        (5, 8, b"20170714T024000.000000"),
        (5, 9, b"20170714T024140.000000"),
    ]
    if node.planted is not None:
        values.append((1, 0x5001, hashlib.md5(node.planted.data).hexdigest().encode()))
        values.append((1, 0x5002, hashlib.sha1(node.planted.data).hexdigest().encode()))
    for number, (category, key, value) in enumerate(values):
        is_last = number == len(values) - 1
        following = 0 if is_last else len(out) + 20 + len(value)
        out += struct.pack("<QIII", following, category, key, len(value)) + value


# AFF4

_PREFIXES = (
    f"@prefix aff4: <{SCHEMA}> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n\n"
)


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


_PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "stored": ("", lambda data: data),
    "zlib": ("https://www.ietf.org/rfc/rfc1950.txt", zlib.compress),
    "deflate": ("https://tools.ietf.org/html/rfc1951", _raw_deflate),
    "snappy": (
        "http://code.google.com/p/snappy/",
        lambda data: bytes(cramjam.snappy.compress_raw(data)),
    ),
    "lz4": (
        "https://code.google.com/p/lz4/",
        lambda data: bytes(cramjam.lz4.compress_block(data, store_size=True)),
    ),
}
COMPRESSIONS = tuple(_PACKERS)


def write_aff4l(path: Path, files: Sequence[Planted], *, wrong_md5_of: str = "") -> None:
    """Write an AFF4 logical image: each file a member of the zip, described in Turtle."""
    turtle = _PREFIXES
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = _VOLUME.encode()
        made.writestr("container.description", _VOLUME, zipfile.ZIP_STORED)
        for planted in files:
            made.writestr(planted.path, planted.data)
            md5 = hashlib.md5(planted.data).hexdigest()
            if planted.path == wrong_md5_of:
                md5 = "1" * 32
            turtle += (
                f"<{_VOLUME}/{planted.path}> a aff4:FileImage, aff4:Image, aff4:zip_segment ;\n"
                f'  aff4:originalFileName "./{planted.path}"^^xsd:string ;\n'
                f'  aff4:birthTime "2017-07-14T04:40:00+02:00"^^xsd:dateTime ;\n'
                f'  aff4:lastWritten "2017-07-14T02:41:40Z"^^xsd:dateTime ;\n'
                f'  aff4:lastAccessed "2017-07-14T02:43:20Z"^^xsd:dateTime ;\n'
                f'  aff4:hash "{md5}"^^aff4:MD5 ;\n  aff4:size {len(planted.data)} .\n\n'
            )
        made.writestr("information.turtle", turtle)


@dataclass(frozen=True)
class MapRange:
    """A range of a map: where it stands, how long it is, where in which target it comes from."""

    mapped: int
    length: int
    offset: int
    target: int


def write_aff4(
    path: Path,
    data: bytes,
    *,
    compression: str = "snappy",
    ranges: Sequence[MapRange] = (),
    size: int | None = None,
    block_hash: str = "sha1",
) -> None:
    """Write an AFF4 disk image: an image stream of 32 KiB chunks, and a map onto it.

    Args:
        data: The stream.
        ranges: The map's ranges; none for one that maps all of the stream. Target 0 is the
            stream, 1 Zero, 2 SymbolicStreamFF, 3 UnknownData, 4 UnreadableData.
        size: The device's; the stream's where not given.
    """
    chunk, in_bevy = 32_768, 16
    method, pack = _PACKERS[compression]
    ranges = ranges or [MapRange(0, len(data), 0, 0)]
    targets = [_STREAM] + [
        SCHEMA + name for name in ("Zero", "SymbolicStreamFF", "UnknownData", "UnreadableData")
    ]
    device = len(data) if size is None else size
    folder = _STREAM.replace("://", "%3A%2F%2F")
    with zipfile.ZipFile(path, "w") as made:
        made.comment = _VOLUME.encode()
        made.writestr("container.description", _VOLUME)
        for number, begin in enumerate(range(0, len(data), chunk * in_bevy)):
            bevy, index, hashes = b"", b"", b""
            for at in range(begin, min(begin + chunk * in_bevy, len(data)), chunk):
                piece = data[at : at + chunk].ljust(chunk, b"\0")
                packed = pack(piece)
                packed = packed if len(packed) < chunk - 16 else piece
                index += struct.pack("<QI", len(bevy), len(packed))
                bevy += packed
                hashes += hashlib.new(block_hash, piece).digest()
            made.writestr(f"{folder}/{number:08d}", bevy)
            made.writestr(f"{folder}/{number:08d}.index", index)
            made.writestr(f"{folder}/{number:08d}.blockHash.{block_hash}", hashes)
        table = b"".join(
            struct.pack("<QQQI", one.mapped, one.length, one.offset, one.target) for one in ranges
        )
        made.writestr("aff4%3A%2F%2F5a-map/map", table)
        made.writestr("aff4%3A%2F%2F5a-map/idx", "\n".join(targets) + "\n")
        made.writestr(
            "information.turtle",
            _PREFIXES
            + f"<{_STREAM}> a aff4:ImageStream ; aff4:chunkSize {chunk} ;\n"
            + f'  aff4:chunksInSegment "{in_bevy}"^^xsd:int ; aff4:size {len(data)}'
            + (f" ;\n  aff4:compressionMethod <{method}> .\n" if method else " .\n")
            + f"<aff4://5a-map> a aff4:Map ; aff4:size {device} .\n"
            + "<aff4://5a-image> a aff4:DiskImage, aff4:ContiguousImage, aff4:Image ;\n"
            + "  aff4:dataStream <aff4://5a-map> ;\n"
            + f'  aff4:hash "{hashlib.md5(data).hexdigest()}"^^aff4:MD5 .\n',
        )
