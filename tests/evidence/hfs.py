"""HFSX written by this script: Debian has no tool that does.

What it writes is proved by the Sleuth Kit's fls and icat and by libfshfs, which did not write
it. Source: Apple Technical Note TN1150.
"""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from evidence import contents, tree, truth
from evidence.tools import EPOCH_S

BLOCK, NODE, BLOCKS = 4096, 4096, 2048
STAMP = EPOCH_S + 2_082_844_800
ROOT, FIRST_USER = 2, 16
FILES_FOLDER = "\0\0\0\0HFS+ Private Data"
FOLDERS_FOLDER = ".HFS+ Private Directory Data\r"
FRAGMENTED, HARD_LINK, LOOP = "in-pieces.bin", "hard-link.txt", "time-machine"
DEFLATED_INLINE, DEFLATED_FORK, FORKED = "deflated.txt", "deflated-fork.bin", "forked"
RESOURCE, ATTRIBUTE, SLASH = b"a resource fork's bytes", b"an attribute's value", "a/b.txt"
_TREE_FORKS = {"extents": 3, "catalogue": 4, "attributes": 8}


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a file is beside its name and its data."""

    mode: int = 0o100644
    finder: bytes = bytes(8)
    special: int = 0
    flags: int = 0
    resource: bytes = b""
    gap: int = 0


@dataclass(slots=True)
class _Volume:
    image: bytearray = field(default_factory=lambda: bytearray(BLOCK * BLOCKS))
    next_block: int = 2
    next_id: int = FIRST_USER
    catalogue: list[tuple[tuple[int, bytes], bytes]] = field(default_factory=list)
    overflow: list[tuple[tuple[int, int, int], bytes]] = field(default_factory=list)
    attributes: list[tuple[tuple[int, bytes], bytes]] = field(default_factory=list)

    def store(self, data: bytes, *, gap: int = 0) -> list[tuple[int, int]]:
        """Write bytes into the next blocks; with a gap, each block apart."""
        count = -(-len(data) // BLOCK)
        runs = [count] if not gap else [1] * count
        extents, at = [], 0
        for run in runs:
            if run:
                start = self.next_block * BLOCK
                part = data[at : at + run * BLOCK]
                self.image[start : start + len(part)] = part
                extents.append((self.next_block, run))
                self.next_block += run + gap
                at += run * BLOCK
        return extents

    def fork(self, data: bytes, identifier: int, *, gap: int = 0) -> bytes:
        extents = self.store(data, gap=gap)
        total = sum(count for _, count in extents)
        done = 0
        for at in range(8, len(extents), 8):
            done = sum(count for _, count in extents[:at])
            self.overflow.append(((identifier, 0, done), _extents(extents[at : at + 8])))
        return struct.pack(">QII", len(data), 0, total) + _extents(extents[:8])

    def folder(self, parent: int, name: str) -> int:
        identifier = self.new_id()
        self.put_folder(parent, name, identifier)
        return identifier

    def put_folder(self, parent: int, name: str, identifier: int) -> None:
        body = struct.pack(">HHII", 1, 0, 0, identifier) + struct.pack(">5I", *[STAMP] * 5)
        body += struct.pack(">IIBBHI", 0, 0, 0, 0, 0o40755, 0) + bytes(40)
        self.catalogue.append(((parent, _name(name)), body))
        thread = struct.pack(">HhI", 3, 0, parent) + _counted(name)
        self.catalogue.append(((identifier, b""), thread))

    def file(self, parent: int, name: str, data: bytes, kind: "_Kind | None" = None) -> int:
        identifier, kind = self.new_id(), kind or _Kind()
        body = struct.pack(">HHII", 2, 2, 0, identifier) + struct.pack(">5I", *[STAMP] * 5)
        body += struct.pack(">IIBBHI", 0, 0, 0, kind.flags, kind.mode, kind.special)
        body += kind.finder + bytes(32)
        body += self.fork(data, identifier, gap=kind.gap) + self.fork(kind.resource, identifier)
        self.catalogue.append(((parent, _name(name)), body))
        thread = struct.pack(">HhI", 4, 0, parent) + _counted(name)
        self.catalogue.append(((identifier, b""), thread))
        return identifier

    def attribute(self, identifier: int, name: str, value: bytes) -> None:
        padded = value + bytes(len(value) % 2)
        body = struct.pack(">I8xI", 0x10, len(value)) + padded
        self.attributes.append(((identifier, _name(name)), body))

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1


def build_hfs(folder: Path) -> tuple[Path, truth.Truth]:
    """Write the volume."""
    volume, planted = _Volume(), []
    volume.put_folder(1, "POLIT", ROOT)
    places = {"": ROOT}
    for path, data in tree.files().items():
        *above, name = path.split("/")
        at, parent = "", ROOT
        for part in above:
            at = f"{at}/{part}" if at else part
            if at not in places:
                places[at] = volume.folder(parent, part)
            parent = places[at]
        volume.file(parent, name, data)
        planted.append(truth.live_file(path, data))
    volume.file(ROOT, tree.LINK, tree.LINK_TARGET.encode(), _Kind(mode=0o120755))
    planted += _particular(volume)
    image = folder / "hfs.dd"
    image.write_bytes(_written(volume))
    return image, truth.Truth(tuple(planted))


def _particular(volume: _Volume) -> list[truth.Planted]:
    pieces, linked = contents.noise(921, 13 * BLOCK - 5), contents.text(922, 300)
    small, large = contents.text(923, 2_000), contents.text(924, 150_000)
    private = volume.folder(ROOT, FILES_FOLDER)
    node = volume.file(private, f"iNode{volume.next_id}", linked)
    volume.file(ROOT, HARD_LINK, b"", _Kind(finder=b"hlnkhfs+", special=node))
    folders = volume.folder(ROOT, FOLDERS_FOLDER)
    shared = volume.folder(folders, f"dir_{volume.next_id}")
    volume.file(shared, "inside.txt", b"inside")
    for parent in (ROOT, shared):
        volume.file(parent, LOOP, b"", _Kind(finder=b"fdrpMACS", special=shared))
    volume.file(ROOT, FRAGMENTED, pieces, _Kind(gap=1))
    volume.file(ROOT, SLASH, b"slash")
    forked = volume.file(ROOT, FORKED, b"data", _Kind(resource=RESOURCE))
    volume.attribute(forked, "org.example.note", ATTRIBUTE)
    inline = volume.file(ROOT, DEFLATED_INLINE, b"", _Kind(flags=0x20))
    head = struct.pack("<4sIQ", b"fpmc", 3, len(small))
    volume.attribute(inline, "com.apple.decmpfs", head + zlib.compress(small))
    packed = volume.file(ROOT, DEFLATED_FORK, b"", _Kind(flags=0x20, resource=_packed(large)))
    volume.attribute(packed, "com.apple.decmpfs", struct.pack("<4sIQ", b"fpmc", 4, len(large)))
    found = {FRAGMENTED: pieces, HARD_LINK: linked, DEFLATED_INLINE: small, DEFLATED_FORK: large}
    items = [truth.live_file(path, data) for path, data in found.items()]
    items.append(truth.live_file("a:b.txt", b"slash"))
    items.append(truth.live_file(f"{FORKED}:org.example.note", ATTRIBUTE, entry_type=truth.STREAM))
    fork = f"{FORKED}:com.apple.ResourceFork"
    items.append(truth.live_file(fork, RESOURCE, entry_type=truth.STREAM))
    return [*items, truth.live_file(f"{LOOP}/inside.txt", b"inside")]


def _packed(data: bytes) -> bytes:
    """Return a resource fork that holds deflated blocks of 64 KiB."""
    blocks = [zlib.compress(data[at : at + 65_536]) for at in range(0, len(data), 65_536)]
    table, at = struct.pack("<I", len(blocks)), 4 + 8 * len(blocks)
    for block in blocks:
        table += struct.pack("<II", at, len(block))
        at += len(block)
    body = table + b"".join(blocks)
    whole = struct.pack(">I", len(body)) + body
    map_bytes = 50
    head = struct.pack(">4I", 256, 256 + len(whole), len(whole), map_bytes)
    return head.ljust(256, b"\0") + whole + bytes(map_bytes)


def _written(volume: _Volume) -> bytearray:
    forks = {}
    catalogue = [
        (struct.pack(">HI", 6 + len(name), parent) + struct.pack(">H", len(name) // 2) + name, body)
        for (parent, name), body in sorted(volume.catalogue)
    ]
    forks["catalogue"] = _tree(catalogue, key_bytes=516, attributes=6, compare=0xBC)
    named = [
        (struct.pack(">HHIIH", 12 + len(name), 0, owner, 0, len(name) // 2) + name, body)
        for (owner, name), body in sorted(volume.attributes)
    ]
    forks["attributes"] = _tree(named, key_bytes=266, attributes=6)
    stored = {name: volume.fork(data, _TREE_FORKS[name]) for name, data in forks.items()}
    further = [
        (struct.pack(">HBBII", 10, kind, 0, owner, first), body)
        for (owner, kind, first), body in sorted(volume.overflow)
    ]
    stored["extents"] = volume.fork(_tree(further, key_bytes=10, attributes=2), 3)
    bitmap = bytearray(BLOCKS // 8)
    used = volume.next_block + 1
    for block in (*range(used), BLOCKS - 1):
        bitmap[block // 8] |= 0x80 >> block % 8
    allocation = volume.fork(bytes(bitmap), 6)
    header = struct.pack(">2sHIIII", b"HX", 5, 0x100, 0x31302E30, 0, 0)[:16]
    header += struct.pack(">4I", STAMP, STAMP, 0, STAMP)
    header += struct.pack(
        ">7I", len(volume.catalogue), 0, BLOCK, BLOCKS, BLOCKS - used - 1, 0, BLOCK
    )
    header += struct.pack(">IIIQ", BLOCK, volume.next_id, 1, 1) + bytes(32)
    header += (
        allocation + stored["extents"] + stored["catalogue"] + stored["attributes"] + bytes(80)
    )
    volume.image[1024 : 1024 + len(header)] = header
    volume.image[-1024 : len(header) - 1024] = header
    return volume.image


def _tree(
    records: list[tuple[bytes, bytes]], *, key_bytes: int, attributes: int, compare: int = 0
) -> bytes:
    levels, first = [_nodes(records, -1, 1, first=1)], 1
    while len(levels[-1]) > 1:
        below = [
            (key, struct.pack(">I", first + number)) for number, (key, _) in enumerate(levels[-1])
        ]
        first += len(levels[-1])
        levels.append(_nodes(below, 0, len(levels) + 1, first=first))
    nodes = [raw for level in levels for _, raw in level]
    total = -(-(len(nodes) + 1) // 8) * 8
    last_leaf = len(levels[0])
    head = struct.pack(
        ">HIIIIHHIIHIBBI",
        len(levels) if records else 0, len(nodes) if records else 0, len(records),
        1 if records else 0, last_leaf if records else 0, NODE, key_bytes, total,
        total - len(nodes) - 1, 0, BLOCK, 0, compare, attributes,
    )  # fmt: skip
    used = (1 << 64) - (1 << (63 - len(nodes)))
    bitmap = used.to_bytes(8).ljust(NODE - 256, b"\0")
    header = struct.pack(">IIbBHH", 0, 0, 1, 0, 3, 0) + head.ljust(106, b"\0") + bytes(128) + bitmap
    header += struct.pack(">4H", NODE - 8, 248, 120, 14)
    whole = header + b"".join(nodes if records else [])
    return whole.ljust(total * NODE, b"\0")


def _nodes(
    records: list[tuple[bytes, bytes]], kind: int, height: int, *, first: int
) -> list[tuple[bytes, bytes]]:
    """Return nodes, each with its first key."""
    groups: list[list[tuple[bytes, bytes]]] = [[]]
    room = NODE - 16
    for key, body in records:
        size = len(key) + len(body) + 2
        if size > room:
            groups.append([])
            room = NODE - 16
        groups[-1].append((key, body))
        room -= size
    nodes = []
    for number, group in enumerate(groups):
        following = first + number + 1 if number + 1 < len(groups) else 0
        before = first + number - 1 if number else 0
        raw = struct.pack(">IIbBHH", following, before, kind, height, len(group), 0)
        offsets = [14]
        for key, body in group:
            raw += key + body
            offsets.append(len(raw))
        table = b"".join(struct.pack(">H", offset) for offset in reversed(offsets))
        nodes.append((group[0][0] if group else b"", raw.ljust(NODE - len(table), b"\0") + table))
    return nodes


def _extents(extents: list[tuple[int, int]]) -> bytes:
    return b"".join(struct.pack(">II", *extent) for extent in extents).ljust(64, b"\0")


def _name(name: str) -> bytes:
    return name.encode("utf-16-be")


def _counted(name: str) -> bytes:
    return struct.pack(">H", len(_name(name)) // 2) + _name(name)
