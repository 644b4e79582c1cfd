"""What every decoder of stills must do: the same class runs all of them."""

import builtins
import hashlib
import mmap
import os
import random
from collections.abc import Iterator

import pytest
from sandbox_pictures import mutated, run
from still_pictures import Example, examples

from polit.decode import still
from polit.decode.decodable import STILLS
from polit.decode.derive import derive
from polit.decode.identify import identify
from polit.decode.metadata import read_metadata
from polit.decode.picture import Still
from polit.decode.refusal import Refused
from polit.model.media import DecodedMedia
from polit.sandbox.client import DecodeFailure, Decoder
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import ItemLimits

# Pillow warns of odd tags; the decoder processes ignore that.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

EXAMPLES = tuple(examples())
MEMORY_BYTES = 272 << 20
MUTATIONS = 40
REASONS = {"undecodable", "truncated", "too_large", "needs_memory", "memory"}


@pytest.fixture(scope="module", autouse=True)
def versions() -> dict[str, str]:
    return still.warm()


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    zygote = start_zygote(Role.DECODER)
    decoder = Decoder(zygote, ItemLimits())
    yield decoder
    decoder.close()
    zygote.close()


def decoded(data: bytes, mime: str, *, memory_bytes: int = MEMORY_BYTES) -> Still:
    with mmap.mmap(-1, len(data)) as item:
        item[:] = data
        return still.decode_still(item, mime, memory_bytes=memory_bytes)


def outcome(data: bytes, mime: str) -> Still | Refused:
    try:
        return decoded(data, mime)
    except Refused as refusal:
        return refusal


def check_form(found: Still, versions: dict[str, str]) -> None:
    """Check what every result has, of good and of bad pictures."""
    assert found.library in versions
    assert found.flaws == tuple(sorted(set(found.flaws)))
    assert set(found.flaws) <= {"truncated", "damaged", "beyond_limit"}
    assert found.exif[:2] in (b"", b"II", b"MM") or not found.exif.startswith(b"Exif")
    assert len(found.story) <= 12
    numbers = [one.frame for one in found.story]
    assert numbers == sorted(set(numbers))
    assert all(number < found.frames for number in numbers)
    times = [one.at_ms for one in found.story]
    assert times == sorted(times)
    for picture in (found.picture, *(one.picture for one in found.story)):
        made = derive(picture)
        assert made.thumbnail.mode == "RGB"
        assert made.tile.mode == "L"


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
class TestStill:
    """Run for every example of every plugin."""

    def test_decodes_whole(self, example: Example, versions: dict[str, str]) -> None:
        found = decoded(example.data, example.mime)
        check_form(found, versions)
        assert found.picture.size == example.size
        assert found.flaws == ()
        assert found.frames == example.frames
        assert len(found.story) == (example.frames if example.frames > 1 else 0)

    def test_is_identified_as_its_type(self, example: Example) -> None:
        found = identify(example.data[:65_536], size_bytes=len(example.data))
        assert found.mime == example.mime

    def test_gives_the_same_pixels_each_time(self, example: Example) -> None:
        digests = {
            hashlib.sha256(derive(decoded(example.data, example.mime).picture).thumbnail.tobytes())
            .hexdigest()
            for _ in range(2)
        }  # fmt: skip
        assert len(digests) == 1

    def test_says_how_much_memory_it_needs(self, example: Example) -> None:
        with pytest.raises(Refused) as refused:
            decoded(example.data, example.mime, memory_bytes=1 << 20)
        assert refused.value.code == "needs_memory"
        needed = refused.value.needed_bytes
        assert 1 << 20 < needed < MEMORY_BYTES
        assert decoded(example.data, example.mime, memory_bytes=2 * needed).picture.size

    def test_gives_what_comes_before_a_cut(
        self, example: Example, versions: dict[str, str]
    ) -> None:
        for tenths in range(1, 10):
            found = outcome(example.data[: len(example.data) * tenths // 10], example.mime)
            if isinstance(found, Still):
                check_form(found, versions)

    def test_takes_any_damage(self, example: Example, versions: dict[str, str]) -> None:
        chance = random.Random(str(example))
        for _ in range(MUTATIONS):
            found = outcome(mutated(example.data, chance), example.mime)
            if isinstance(found, Still):
                check_form(found, versions)

    def test_works_without_opening_a_file(
        self, example: Example, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> int:
            raise AssertionError("a decoder opened a file")

        monkeypatch.setattr(os, "open", refuse)
        monkeypatch.setattr(builtins, "open", refuse)
        assert decoded(example.data, example.mime).picture.size == example.size

    def test_decodes_alike_in_the_sandbox(self, example: Example, decoder: Decoder) -> None:
        result = run(decoder, example.data, example.mime)
        assert isinstance(result, DecodedMedia), result
        found = decoded(example.data, example.mime)
        asked = 1 if found.is_upright else read_metadata(found.exif, found.xmp).orientation
        here = derive(found.picture, orientation=asked)
        assert result.thumbnail.data == here.thumbnail.tobytes()
        assert result.tile.data == here.tile.tobytes()
        cut = run(decoder, example.data[: len(example.data) * 2 // 3], example.mime)
        assert isinstance(cut, DecodedMedia) or cut.code in REASONS  # type: ignore[union-attr]


def test_every_type_has_one_decoder() -> None:
    given = [mime for plugin in still.still_plugins() for mime in plugin.TYPES]
    assert len(given) == len(set(given))
    assert set(given) == STILLS


def test_every_plugin_brings_samples_and_examples() -> None:
    for plugin in still.still_plugins():
        assert {mime for _, mime in plugin.samples()} <= set(plugin.TYPES)
        assert {example.mime for example in EXAMPLES} & set(plugin.TYPES)


@pytest.mark.parametrize("mime", sorted(STILLS))
@pytest.mark.parametrize(
    "content", [b"\0", b"\0" * 5000, b"garbage" * 999, b"II*\0\xff\xff\xff\xff"]
)
def test_garbage_is_refused(mime: str, content: bytes, decoder: Decoder) -> None:
    found = outcome(content, mime)
    assert isinstance(found, Refused)
    result = run(decoder, content, mime)
    assert isinstance(result, DecodeFailure)
    assert result.code == found.code


@pytest.mark.parametrize("example", EXAMPLES[::5], ids=str)
def test_the_wrong_type_is_refused_or_decoded(example: Example) -> None:
    for mime in sorted(STILLS - {example.mime}):
        outcome(example.data, mime)
