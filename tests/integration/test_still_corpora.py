"""Every picture of the public corpora, through the sandbox: decoded, or refused with a reason."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_pictures import run

from polit.base.clock import monotonic_s
from polit.decode.decodable import STILLS
from polit.decode.identify import identify, warm
from polit.model.media import DecodedMedia
from polit.sandbox.client import Decoder
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import ItemLimits

REASONS = {"undecodable", "truncated", "too_large", "needs_memory"}
SLOWEST_S = 20.0
# How many pictures, and how many of them decode, with or without a flaw. What does not, and why:
# image-rs: bitmaps with absurd headers; floating-point RGB and a CMYK with odd samples in TIFF.
# libjpeg-turbo: JPEG of 9 to 15 bits (no kept-up library reads it here), fuzzed files.
# pngsuite: six of the x files that are broken in their header; the other six x files have no PNG
# signature and are not even identified; two have wrong checksums, and are decoded as damaged.
# corkami: a PNG whose first chunk is a comment.
# small: a GIF without a picture, and a WebP that ends in its header.
EXPECTED = {
    "bigcat88+pillow_heif": (27, 27),
    "corkami+pocs": (35, 34),
    "ianare+exif-samples": (82, 82),
    "image-rs+image": (77, 69),
    "libjpeg-turbo+seed-corpora": (184, 124),
    "lunapaint+pngsuite": (170, 164),
    "mathiasbynens+small": (17, 15),
    "rasteiner+exif-orientation-test-images": (8, 8),
}


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    warm()
    zygote = start_zygote(Role.DECODER)
    decoder = Decoder(zygote, ItemLimits())
    yield decoder
    decoder.close()
    zygote.close()


def stills_of(folder: Path) -> Iterator[tuple[str, bytes, str]]:
    """Yield name, content and type of each file that the decoders take."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size and ".git" not in path.parts:
            data = path.read_bytes()
            mime = identify(data[:65_536], size_bytes=len(data)).mime
            if mime in STILLS:
                yield path.name, data, mime


@pytest.mark.corpora
@pytest.mark.parametrize("name", EXPECTED)
def test_every_picture_ends_in_time_with_pixels_or_a_reason(
    name: str, corpora: Path, decoder: Decoder
) -> None:
    outcomes: Counter[str] = Counter()
    failed = []
    for file, data, mime in stills_of(corpora / name):
        began_s = monotonic_s()
        result = run(decoder, data, mime)
        assert monotonic_s() - began_s < SLOWEST_S, file
        if not isinstance(result, DecodedMedia) and getattr(result, "code", "") == "needs_memory":
            result = run(decoder, data, mime, memory_bytes=getattr(result, "needed_bytes", 0))
        if isinstance(result, DecodedMedia):
            outcomes["decoded"] += 1
        else:
            assert getattr(result, "code", "") in REASONS, (file, result)
            failed.append((file, result))
    assert (outcomes["decoded"] + len(failed), outcomes["decoded"]) == EXPECTED[name], failed


@pytest.mark.corpora
def test_pngs_that_must_fail_do_not_pass_as_sound(corpora: Path, decoder: Decoder) -> None:
    seen = Counter[str]()
    for path in sorted((corpora / "lunapaint+pngsuite").rglob("x*.png")):
        result = run(decoder, path.read_bytes())
        if isinstance(result, DecodedMedia):
            assert result.facts.flaws == ("damaged",), path.name
            seen[path.name] += 1
    assert sorted(seen) == ["xcsn0g01.png", "xhdn0g08.png"]
