"""The cost of isolation: the same pictures decoded in the sandbox and in this process.

    python -m benchmarks.isolation [--pictures 60] [--rounds 7] [--json]

Both sides read each picture from a memory file of its own and make the same outputs (full
decode, both fingerprints, camera facts, thumbnail, tile) by the same code, one picture at a time
on one core; rounds alternate, and the ratio of each pair of rounds counts. Figures are processor
time, which other load on the machine moves less than the clock; the sandbox's side is that of
both its processes, so it includes everything: the request, the reply's checks, the pixels copied
out.
"""

import argparse
import json
import os
import random
import select
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from PIL import Image

from polit.base.clock import monotonic_s
from polit.model.media import DecodedMedia
from polit.sandbox.client import DecodeJob, Decoder, read_only_copy
from polit.sandbox.facts import encode_facts
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import PROFILE_LIMITS, ItemLimits, Profile
from polit.sandbox.protocol import DecodeRequest
from polit.sandbox.worker import media
from polit.sandbox.worker.decoder import keep_heap

_SIZES = ((4000, 3000), (2000, 1500), (1280, 960), (640, 480))
_MEMORY_BYTES = PROFILE_LIMITS[Profile.DECODER].memory_bytes

Item = tuple[int, int, str]


def _photograph(size: tuple[int, int], chance: random.Random) -> Image.Image:
    """Return a smooth noise of several scales: it compresses about as photographs do."""
    noise = np.random.default_rng(chance.randrange(1 << 32))
    layers = [
        Image.fromarray(noise.integers(0, 256, (edge * 3 // 4, edge, 3), np.uint8)).resize(
            size, Image.Resampling.BICUBIC
        )
        for edge in (8, 64, size[0] // 4)
    ]
    return Image.blend(Image.blend(layers[0], layers[1], 0.4), layers[2], 0.15)


def make_items(count: int) -> list[Item]:
    """Return read-only memory files of pictures: four JPEGs to each PNG, four sizes."""
    chance = random.Random(1)
    items = []
    for number in range(count):
        picture = _photograph(_SIZES[number % len(_SIZES)], chance)
        kind = "PNG" if number % 5 == 4 else "JPEG"
        writable = os.memfd_create("picture")
        with open(writable, "wb") as stream:  # noqa: PTH123 - a descriptor
            options = {"quality": 90} if kind == "JPEG" else {"compress_level": 3}
            picture.save(stream, kind, **options)
            stream.flush()
            size_bytes = stream.tell()
            items.append((read_only_copy(writable), size_bytes, f"image/{kind.lower()}"))
    return items


def decode_here(item: Item) -> bytes:
    """Decode without isolation; return the pixels made."""
    descriptor, size_bytes, mime = item
    request = DecodeRequest(1, size_bytes, mime, _MEMORY_BYTES, head_bytes=size_bytes)
    made = media.decode_item(request, descriptor)
    encode_facts(made.facts)
    return made.main.tile.tobytes() + made.main.thumbnail.tobytes()


def decode_isolated(decoder: Decoder, item: Item) -> bytes:
    """Decode in the sandbox; return the pixels made."""
    descriptor, size_bytes, mime = item
    decoder.start(DecodeJob(1, descriptor, size_bytes, mime), now_s=monotonic_s())
    while True:
        select.select([decoder], [], [], 1.0)
        result = decoder.poll(monotonic_s())
        if isinstance(result, DecodedMedia):
            return result.tile.data + result.thumbnail.data
        if result is not None:
            raise SystemExit(f"a benign picture failed: {result}")


def _round(decode: Callable[[Item], bytes], items: list[Item], clock: Callable[[], float]) -> float:
    begun = clock()
    for item in items:
        decode(item)
    return clock() - begun


def measure(pictures: int, rounds: int) -> dict[str, object]:
    """Run alternating rounds and return the figures."""
    media.warm()
    keep_heap()
    items = make_items(pictures)
    zygote = start_zygote(Role.DECODER)
    decoder = Decoder(zygote, ItemLimits())

    def isolated(item: Item) -> bytes:
        return decode_isolated(decoder, item)

    def both_processes() -> float:
        return time.process_time() + (decoder.child.cpu_s() if decoder.child else 0.0)

    same = all(decode_here(item) == isolated(item) for item in items)
    pairs = []
    for number in range(rounds):
        sides = (decode_here, isolated) if number % 2 else (isolated, decode_here)
        times = {side: _round(side, items, both_processes) for side in sides}
        pairs.append((times[isolated], times[decode_here]))
    decoder.close()
    zygote.close()
    return {
        "pictures": pictures,
        "rounds": rounds,
        "same_pixels": same,
        "isolated_s": round(statistics.median(pair[0] for pair in pairs), 3),
        "in_process_s": round(statistics.median(pair[1] for pair in pairs), 3),
        "ratio": round(statistics.median(one / other for one, other in pairs), 3),
        "ratios": [round(one / other, 3) for one, other in pairs],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.pictures, options.rounds)
    if options.json:
        json.dump(figures, sys.stdout, indent=2)
        print()
    else:
        print(f"isolated / in-process: {figures['ratio']} ({figures['ratios']})")


if __name__ == "__main__":
    main()
