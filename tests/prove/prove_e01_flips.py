"""Single bit flips in E01 files: each that matters is found, and found where it is.

Five images of one benign device (compressed and plain chunks, two copies of the tables and
one, one segment and several) take one flip at a time: half of them anywhere in the file, half
in a section drawn first, so that the small sections get their share. The judge knows the
device's bytes and the undamaged file's layout, and asks zlib, not the reader, whether a
flipped chunk still decodes to the same bytes.
"""

import json
import random
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from container_images import MadeSection, acquire, flip, mixed_bytes, opened, sections_of

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import ContainerSource
from polit.evidence.segments import find_segments

NAME = "e01_flips"
FULL_COUNT = 1000

_SEED = 20261122
_SIZE_BYTES = 2_500_096
_CHUNK_BYTES = 32_768
_IMAGES = {
    "compressed": ("encase6", "-c", "fast", "-d", "sha1"),
    "best": ("encase5", "-c", "best"),
    "plain": ("encase6", "-c", "none", "-d", "sha1"),
    "segments": ("encase7", "-c", "empty-block", "-S", "1 MiB"),
    "one_table": ("smart", "-c", "fast"),
}
_NAMED_BYTE = re.compile(r"^([^,]+), byte (\d+)")


@dataclass(frozen=True)
class StoredChunk:
    """Where an undamaged file stores a chunk."""

    number: int
    offset: int
    length: int
    is_compressed: bool


@dataclass(frozen=True)
class Part:
    """One segment file as it was before any flip."""

    path: Path
    data: bytes
    sections: list[MadeSection]
    chunks: list[StoredChunk]


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Flip ``count`` bits, one at a time, and judge each; goes on where it was stopped.

    Returns:
        How many flips ended in which way, and what they hit.

    Raises:
        AssertionError: A flip that alters decoded bytes or breaks a checksum was not found,
            or was found in another place.
    """
    device = mixed_bytes(_SIZE_BYTES, seed=7)
    images = {name: _image(name, scratch, device) for name in _IMAGES}
    ledger = scratch / "flips.jsonl"
    done = [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []
    with ledger.open("a", encoding="utf-8") as stream:
        for index in range(len(done), count):
            record = _one_flip(index, images, device)
            done.append(record)
            stream.write(json.dumps(record) + "\n")
            stream.flush()
    return _figures(done[:count])


def _figures(records: list[dict[str, str]]) -> dict[str, object]:
    missed = [record for record in records if record["outcome"].startswith("missed")]
    if missed:
        raise AssertionError(f"{len(missed)} flips were missed, the first: {missed[0]}")
    return {
        "flips": len(records),
        "outcomes": dict(sorted(Counter(one["outcome"] for one in records).items())),
        "places": dict(sorted(Counter(one["place"] for one in records).items())),
        "images": dict(sorted(Counter(one["image"] for one in records).items())),
        "missed": 0,
    }


def _image(name: str, scratch: Path, device: bytes) -> list[Part]:
    folder = scratch / name
    kind, *options = _IMAGES[name]
    if not (folder / "made").exists():
        folder.mkdir(exist_ok=True)
        (folder / "disk.dd").write_bytes(device)
        acquire(folder / "disk.dd", folder / "image", *options, kind=kind)
        (folder / "made").touch()
    first = next(path for path in sorted(folder.glob("image.*")))
    parts: list[Part] = []
    number = 0
    for path in find_segments(first).paths:
        data = path.read_bytes()
        chunks = _stored_chunks(data, number)
        number += len(chunks)
        parts.append(Part(path, data, sections_of(data), chunks))
    return parts


def _stored_chunks(data: bytes, number: int) -> list[StoredChunk]:
    chunks: list[StoredChunk] = []
    sectors_end = 0
    for one in sections_of(data):
        if one.kind == "sectors":
            sectors_end = one.offset + one.size
        if one.kind != "table":
            continue
        start = one.offset + 76
        count = int.from_bytes(data[start : start + 4], "little")
        base = int.from_bytes(data[start + 8 : start + 16], "little")
        raw = data[start + 24 : start + 24 + 4 * count]
        entries = [int.from_bytes(raw[at : at + 4], "little") for at in range(0, 4 * count, 4)]
        offsets = [base + (entry & 0x7FFFFFFF) for entry in entries]
        ends = [*offsets[1:], sectors_end or one.offset + one.size]
        for entry, offset, end in zip(entries, offsets, ends, strict=True):
            chunks.append(
                StoredChunk(number + len(chunks), offset, end - offset, entry > 0x7FFFFFFF)
            )
    return chunks


def _one_flip(index: int, images: dict[str, list[Part]], device: bytes) -> dict[str, str]:
    chooser = random.Random(f"{_SEED}-{index}")
    name = chooser.choice(sorted(images))
    parts = images[name]
    part = chooser.choice(parts)
    if chooser.random() < 0.5:
        offset = chooser.randrange(len(part.data))
    else:
        places = [(0, 13), *((one.offset, one.offset + one.size) for one in part.sections)]
        offset = chooser.randrange(*chooser.choice(places))
    bit = chooser.randrange(8)
    flip(part.path, offset, bit)
    try:
        outcome = _judge(part, parts[0].path, offset, bit, device)
    finally:
        flip(part.path, offset, bit)
    place = _place(part, offset)
    where = f"{part.path.name} byte {offset} bit {bit}"
    return {"image": name, "place": place, "outcome": outcome, "where": where}


def _place(part: Part, offset: int) -> str:
    if offset < 13:
        return "file header"
    chunk = _chunk_at(part, offset)
    if chunk is not None:
        return "compressed chunk" if chunk.is_compressed else "plain chunk"
    one = _section_at(part, offset)
    return f"{one.kind} descriptor" if offset < one.offset + 76 else one.kind


def _chunk_at(part: Part, offset: int) -> StoredChunk | None:
    return next((c for c in part.chunks if c.offset <= offset < c.offset + c.length), None)


def _section_at(part: Part, offset: int) -> MadeSection:
    return next(one for one in reversed(part.sections) if one.offset <= offset)


def _judge(part: Part, first: Path, offset: int, bit: int, device: bytes) -> str:
    try:
        with opened(first) as source:
            return _judge_source(source, part, offset, bit, device)
    except SourceUnreadable as error:
        return "refused" if "no intact volume" in str(error) else f"missed: refused, {error}"


def _judge_source(source: ContainerSource, part: Part, offset: int, bit: int, device: bytes) -> str:
    data = source.read_at(0, source.size_bytes)
    bad = [(one.offset_bytes, one.offset_bytes + one.length_bytes) for one in source.bad_ranges()]
    if len(data) != len(device):
        return "missed: another size"
    silent = bytearray(data)
    for start, end in bad:
        silent[start:end] = device[start:end]
    if silent != device:
        return "missed: wrong bytes outside of the bad ranges"
    chunk = _chunk_at(part, offset)
    if chunk is not None:
        return _judge_chunk(part, chunk, (offset, bit), bad, device)
    return _judge_section(source, part, offset, bad)


def _judge_chunk(
    part: Part,
    chunk: StoredChunk,
    flipped: tuple[int, int],
    bad: list[tuple[int, int]],
    device: bytes,
) -> str:
    start = chunk.number * _CHUNK_BYTES
    end = min(start + _CHUNK_BYTES, len(device))
    if bad == [(start, end)]:
        return "located: the chunk"
    if not bad and chunk.is_compressed and _decodes_alike(part, chunk, flipped, device[start:end]):
        return "identical bytes"
    return f"missed: bad ranges {bad[:3]} for the chunk at {start}"


def _decodes_alike(
    part: Part, chunk: StoredChunk, flipped: tuple[int, int], expected: bytes
) -> bool:
    offset, bit = flipped
    stored = bytearray(part.data[chunk.offset : chunk.offset + chunk.length])
    stored[offset - chunk.offset] ^= 1 << bit
    try:
        return zlib.decompress(stored) == expected
    except zlib.error:
        return False


def _judge_section(
    source: ContainerSource, part: Part, offset: int, bad: list[tuple[int, int]]
) -> str:
    """Tell whether a problem names the section that was hit (or the file header)."""
    start = 0 if offset < 13 else _section_at(part, offset).offset
    for problem in source.problems():
        named = _NAMED_BYTE.match(problem.detail)
        if named and named[1] == part.path.name and int(named[2]) == start:
            return "located: the section, bytes lost" if bad else "located: the section"
    # One table without a checksum: the entry is found by the chunk that it leads to.
    if bad and _section_at(part, offset).kind == "table":
        return "located: the chunk of the entry"
    return f"missed: {[problem.detail for problem in source.problems()][:3]}"
