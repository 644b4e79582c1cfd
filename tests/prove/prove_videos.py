"""Damaged videos through the real sandbox: each must end as a video or with a reason.

Each of ``count`` videos is one of some twenty benign originals (every container and coding that can
be made) with 1 to 64 random damages: bits, bytes, figures, cuts, repeats, moves, and whole ranges
zeroed or exchanged. A crash of the decoder is contained and counted; it must cost one item. An
undamaged video must decode after every fiftieth and after every loss of a process. Each item
follows from its number alone, so that one can be looked at again.
"""

import random
from collections import Counter
from pathlib import Path

from made_videos import KINDS, Kind, made
from sandbox_pictures import mutated, run

from polit.model.media import DecodedMedia
from polit.sandbox.client import DecodeFailure, Decoder
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import ItemLimits

NAME = "videos"
FULL_COUNT = 2_000

_SEED = 20_261_126
_CHECKED_EVERY = 50
_MEMORY_BYTES = 1536 << 20
_FRAMES = 40
_MOST_BYTES = 1 << 20
_REASONS = frozenset({"undecodable", "truncated", "too_large", "needs_memory", "encrypted"})


def originals() -> list[tuple[bytes, Kind]]:
    """Return the videos that are damaged; the first one stays whole in between."""
    found = [(made(kind, frames=_FRAMES), kind) for kind in KINDS]
    return [(content, kind) for content, kind in found if len(content) < _MOST_BYTES]


def damaged(original: bytes, number: int) -> bytes:
    """Return the damaged video of a number."""
    chance = random.Random(_SEED + number)
    data = bytearray(mutated(original, chance))
    for _ in range(chance.choice((0, 0, 1, 4))):
        at, length = chance.randrange(len(data)), chance.randrange(1, 1 + min(4096, len(data)))
        if chance.random() < 0.5:
            data[at : at + length] = bytes(min(length, len(data) - at))
        else:
            there = chance.randrange(len(data))
            data[at : at + length] = data[there : there + length]
    return bytes(data) or b"\0"


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Damage, decode, and account for every one."""
    del scratch
    kinds = originals()
    good, good_kind = kinds[0]
    outcomes: Counter[str] = Counter()
    flaws: Counter[str] = Counter()
    zygote = start_zygote(Role.DECODER)
    decoder = Decoder(zygote, ItemLimits(base_s=300.0))
    for number in range(count):
        original, kind = kinds[number % len(kinds)]
        content = damaged(original, number)
        result = run(decoder, content, kind.mime, memory_bytes=_MEMORY_BYTES)
        outcomes[_named(result, kind, number)] += 1
        if isinstance(result, DecodedMedia):
            assert result.story, f"item {number}: no story"
            flaws.update(result.facts.flaws or ("none",))
        if decoder.child is None or number % _CHECKED_EVERY == 0:
            after = run(decoder, good, good_kind.mime, memory_bytes=_MEMORY_BYTES)
            assert isinstance(after, DecodedMedia), f"after item {number}: {after}"
    processes = decoder.processes_started
    decoder.close()
    zygote.close()
    assert outcomes.total() == count
    return {
        "damaged_videos": count,
        "originals": len(kinds),
        "outcomes": dict(sorted(outcomes.items())),
        "flaws_of_the_decoded": dict(sorted(flaws.items())),
        "decoder_processes": processes,
        "lost": 0,
    }


def _named(result: object, kind: Kind, number: int) -> str:
    if isinstance(result, DecodedMedia):
        return "decoded"
    assert isinstance(result, DecodeFailure), f"item {number}: {result}"
    if result.code in _REASONS:
        return result.code
    return f"{result.code} {result.detail} ({kind.name}, item {number})"
