"""Mutated EXIF blocks and XMP packets, the same in every run."""

import random
import struct

from polit.decode._exif_sample import SAMPLE_PACKET, sample_blocks

SAMPLES = list(sample_blocks())
_INTERESTING = (0, 1, 2, 4, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutated(sample: bytes, chooser: random.Random) -> bytes:
    """Change some bytes and figures of a sample, perhaps cut it."""
    made = bytearray(sample)
    for _ in range(chooser.randrange(1, 6)):
        at = chooser.randrange(len(made))
        if chooser.random() < 0.5:
            made[at] = chooser.randrange(256)
        else:
            order = chooser.choice("<>")
            made[at : at + 4] = struct.pack(order + "I", chooser.choice(_INTERESTING))
    return bytes(made[: chooser.randrange(len(made))] if chooser.random() < 0.2 else made)


def _mutated_all(samples: list[bytes], count: int) -> list[bytes]:
    chooser = random.Random(20261122)
    return [mutated(chooser.choice(samples), chooser) for _ in range(count)]


MUTATED_BLOCKS = _mutated_all(SAMPLES, 3000)
MUTATED_PACKETS = _mutated_all([SAMPLE_PACKET.encode(), SAMPLE_PACKET.encode("utf-16")], 1000)
