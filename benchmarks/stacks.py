"""Stacks of very many contents: seconds and memory, against comparing each with each.

    python -m benchmarks.stacks [--contents 100000] [--json]

Fingerprints are drawn: half are new, half are copies of one before with up to 40 bits changed, and
one in a hundred belongs to a large family. The peer compares a sample of contents with all others,
as the plain rule does, and is scaled up to all of them. Seconds are processor time of all threads.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from polit.match.near_hits import search_brute
from polit.match.stacks import Stackable, stacks_of
from polit.model.media import PerceptualHash
from tools.machine import machine_facts

_SAMPLE = 100


def fingerprints(count: int, seed: int = 1) -> NDArray[np.uint8]:
    """Return ``(count, 32) uint8``, half of them near another."""
    chance = np.random.default_rng(seed)
    values = chance.integers(0, 256, (count, 32), dtype=np.uint8)
    is_copy = chance.random(count) < 0.5
    is_copy[0] = False
    of = chance.integers(0, np.maximum(1, np.arange(count)))
    of[chance.random(count) < 0.02] = 0
    for place in np.flatnonzero(is_copy).tolist():
        bits = np.zeros(256, dtype=np.uint8)
        bits[chance.choice(256, int(chance.integers(0, 41)), replace=False)] = 1
        values[place] = values[of[place]] ^ np.packbits(bits)
    return values


def contents(values: NDArray[np.uint8], seed: int = 2) -> Iterator[Stackable]:
    """Yield a picture for each fingerprint; half of them are larger than 512 px."""
    chance = np.random.default_rng(seed)
    for number, value in enumerate(values):
        full = PerceptualHash("pdq", "full", value.tobytes(), 90)
        nearest = PerceptualHash("pdq", "nearest512", value.tobytes(), 90)
        hashes = (full, nearest) if number % 2 else (full,)
        yield Stackable(chance.bytes(32), 1000, int(chance.integers(100, 4000)), 1000, hashes)


def measured(count: int) -> dict[str, float | int]:
    """Stack so many contents and return the figures."""
    values = fingerprints(count)
    started = time.process_time()
    found = stacks_of(contents(values))
    stacked_s = time.process_time() - started
    started = time.process_time()
    search_brute(values, values[:_SAMPLE], threshold_bits=31)
    plain_s = (time.process_time() - started) * count / min(_SAMPLE, count)
    return {
        "contents": count,
        "stacks": len(found),
        "largest": max(len(stack.members) for stack in found),
        "seconds": round(stacked_s, 1),
        "plain_seconds": round(plain_s, 1),
        "ratio": round(plain_s / stacked_s, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Print the machine, then the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--contents", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = {"machine": machine_facts(), **measured(options.contents)}
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:16} {value}")


if __name__ == "__main__":
    main()
