"""The codes of a GIF's frame: how far they make sense. Imported by ``gif``.

Only lengths are followed: each code stands for a known number of pixels. Source: GIF89a
specification, appendix F.
"""


def broken_at(untrusted_codes: bytes, bits: int, pixels: int) -> tuple[int, bool, int]:
    """Follow a frame's codes.

    Args:
        untrusted_codes: The bytes of its blocks, joined.
        bits: The size of the smallest code, 1 to 11.
        pixels: How many the frame has.

    Returns:
        How many pixels made sense, whether it broke, and how many bytes were used.
    """
    clear, stop = 1 << bits, (1 << bits) + 1
    lengths = [1] * (stop + 1)
    width, last, done = bits + 1, 0, 0
    held, count = 0, 0
    for used, value in enumerate(untrusted_codes, 1):
        held |= value << count
        count += 8
        while count >= width:
            code = held & ((1 << width) - 1)
            held >>= width
            count -= width
            if code == clear:
                del lengths[stop + 1 :]
                width, last = bits + 1, 0
                continue
            if code == stop:
                return done, done != pixels, used
            if code > len(lengths) or (code == len(lengths) and not last):
                return done, True, used
            size = last + 1 if code == len(lengths) else lengths[code]
            if last and len(lengths) < 4096:
                lengths.append(last + 1)
                width = min(12, max(width, len(lengths).bit_length()))
            last, done = size, done + size
            if done > pixels:
                return done, True, used
    # Some encoders leave the last code out.
    return done, done != pixels, len(untrusted_codes)
