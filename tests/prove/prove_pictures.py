"""Damaged stills of every format, through the sandbox: none is lost, nothing else is hurt.

Each of ``count`` pictures is one of about a hundred benign originals (every format and mode that
the decoders take) with 1 to 16 random damages: bytes, bits, figures, cuts, repeats, moves;
checksums mended in half of the PNGs. Every one must end as a decoded picture or with a reason.
An undamaged picture must decode after every hundredth and after each loss of a process.
"""

import json
import random
from collections import Counter
from pathlib import Path

from sandbox_pictures import Outcome, mutated, run
from still_pictures import Example, examples

from polit.model.media import DecodedMedia
from polit.sandbox.client import DecodeFailure, Decoder
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import ItemLimits

NAME = "pictures"
FULL_COUNT = 100_000

_SEED = 20_261_126
_CHECKED_EVERY = 100
_REASONS = {"undecodable", "truncated", "too_large", "needs_memory", "memory", "timeout", "crash"}


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Damage and decode ``count`` pictures; goes on where it was stopped.

    Returns:
        How many ended in which way, by format, and what crashed.

    Raises:
        AssertionError: A picture ended without a reason, or the next one did not decode.
    """
    originals = list(examples())
    ledger = scratch / "pictures.jsonl"
    done = [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []
    zygote = start_zygote(Role.DECODER)
    decoder = Decoder(zygote, ItemLimits())
    with ledger.open("a", encoding="utf-8") as stream:
        for number in range(len(done), count):
            record = _one(number, originals, decoder)
            done.append(record)
            stream.write(json.dumps(record) + "\n")
    processes = decoder.processes_started
    decoder.close()
    zygote.close()
    return _figures(done[:count]) | {"decoder_processes": processes}


def _one(number: int, originals: list[Example], decoder: Decoder) -> dict[str, str]:
    chance = random.Random(f"{_SEED}-{number}")
    original = chance.choice(originals)
    result = run(decoder, mutated(original.data, chance), original.mime)
    name = _named(result)
    if decoder.child is None or number % _CHECKED_EVERY == 0:
        good = originals[number // _CHECKED_EVERY % len(originals)]
        after = run(decoder, good.data, good.mime)
        assert isinstance(after, DecodedMedia), f"after picture {number}, {good}: {after}"
    return {"picture": str(original), "format": original.mime, "outcome": name}


def _named(result: Outcome) -> str:
    if isinstance(result, DecodedMedia):
        return " ".join(("decoded", *result.facts.flaws))
    assert isinstance(result, DecodeFailure)
    assert result.code in _REASONS, result
    return f"{result.code} {result.detail}" if result.code == "crash" else result.code


def _figures(records: list[dict[str, str]]) -> dict[str, object]:
    by_format: dict[str, dict[str, int]] = {}
    for name in sorted({one["format"] for one in records}):
        counted = Counter(one["outcome"] for one in records if one["format"] == name)
        by_format[name] = dict(sorted(counted.items()))
    outcomes = Counter(one["outcome"] for one in records)
    assert outcomes.total() == len(records)
    return {
        "damaged_pictures": len(records),
        "originals": len({one["picture"] for one in records}),
        "outcomes": dict(sorted(outcomes.items())),
        "by_format": by_format,
        "crashed": sorted({one["picture"] for one in records if "crash" in one["outcome"]}),
        "lost": 0,
    }
