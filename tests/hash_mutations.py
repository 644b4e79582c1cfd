"""Files with things wrong with them, the same for the same randomness."""

import random


def mutated(good: bytes, randomness: random.Random) -> bytes:
    """Return the bytes with one to four things wrong with them."""
    data = bytearray(good)
    for _ in range(randomness.randint(1, 4)):
        at = randomness.randrange(len(data)) if data else 0
        length = randomness.randint(1, 20)
        kind = randomness.randrange(5)
        if kind == 0:
            data[at : at + 1] = bytes([randomness.randrange(256)])
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = data[at : at + length]
        elif kind == 3:
            data[at:at] = randomness.choice(
                [b'"', b"\n", b"\x00", b",", b"[", b"{", b"}", b"\\", b"\xff\xfe", b"\r", b"1e999"]
            )
        else:
            del data[at:]
    return bytes(data)
