"""What every reader of holders must do: the same class runs all of them, on good and bad files."""

import mmap
import random

import holder_files as made
import pytest
from holder_examples import MAKERS
from holder_files import Example, codes_of, found_in, opened, picture

from polit.decode import identify
from polit.decode.decodable import HOLDERS
from polit.decode.found import MAX_MEMBERS, Found
from polit.decode.holder import holder_plugins
from polit.decode.refusal import Refused
from polit.model.locator import Locator, Step
from polit.package.account import _UNOPENED

A, B, C = picture(1), picture(2, "PNG"), picture(3)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    identify.warm()


@pytest.fixture(scope="module", params=sorted(MAKERS))
def example(request: pytest.FixtureRequest) -> Example:
    return MAKERS[request.param]()


class TestHolder:
    """The contract of a reader of holders."""

    def test_finds_what_was_planted_and_nothing_else(self, example: Example) -> None:
        parts = opened(example.content, example.mime)
        assert found_in(parts) == dict(example.expected)
        assert codes_of(parts) == list(example.unopened)

    def test_its_content_is_known_as_what_it_is(self, example: Example) -> None:
        found = identify.identify(example.content[:65536], size_bytes=len(example.content))
        assert found.mime == example.mime
        assert found.mime in HOLDERS or found.mime == "image/jpeg"

    def test_its_steps_make_a_locator(self, example: Example) -> None:
        for steps in found_in(opened(example.content, example.mime)):
            locator = Locator(tuple(Step(kind, value) for kind, value in steps))
            assert Locator.parse(str(locator)) == locator

    def test_the_same_bytes_give_the_same_parts(self, example: Example) -> None:
        first = opened(example.content, example.mime)
        assert opened(example.content, example.mime) == first

    def test_a_cut_end_is_borne(self, example: Example) -> None:
        for content in made.prefixes(example.content, 60):
            check(content, example)

    def test_flipped_bits_are_borne(self, example: Example) -> None:
        chance = random.Random(20_261_126)
        for _ in range(60):
            content = bytearray(example.content)
            for _ in range(chance.choice((1, 4, 32))):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            check(bytes(content), example)

    def test_large_figures_are_borne(self, example: Example) -> None:
        chance = random.Random(3)
        for _ in range(60):
            content = bytearray(example.content)
            at = chance.randrange(max(1, len(content) - 4))
            content[at : at + 4] = chance.choice((b"\xff" * 4, b"\xff\xff\xff\x7f", bytes(4)))
            check(bytes(content), example)

    def test_noise_after_its_beginning_is_borne(self, example: Example) -> None:
        noise = random.Random(5).randbytes(5_000)
        check(example.content[:512] + noise, example)
        check(noise, example)


def check(content: bytes, example: Example) -> None:
    """Open a damaged holder: it ends, in form, with codes that the account knows."""
    try:
        parts = opened(content, example.mime)
    except Refused:  # a flipped bit may say that it is encrypted
        return
    assert set(codes_of(parts)) <= _UNOPENED.keys()
    steps = [part.steps for part in parts if isinstance(part, Found)]
    assert len(set(steps)) == len(steps)
    assert sum(len(data) for data in found_in(parts).values()) <= 40 * len(example.content) + 4096


def test_every_plugin_states_what_it_is() -> None:
    plugins = holder_plugins()
    names = ["zip", "thumbs", "thumbcache", "ole", "pdf", "mail", "picture"]
    assert [plugin.NAME for plugin in plugins] == names


def test_every_holder_has_a_reader() -> None:
    read = {mime for plugin in holder_plugins() for mime in plugin.MIMES}
    assert read >= HOLDERS


def test_every_sample_is_read() -> None:
    for plugin in holder_plugins():
        for sample in plugin.samples():
            with mmap.mmap(-1, len(sample)) as untrusted:
                untrusted[:] = sample
                assert plugin.takes(untrusted)


def test_a_name_that_occurs_twice_is_told_apart() -> None:
    mails = made.mail({"a.jpg": A})
    mails.add_attachment(C, maintype="image", subtype="jpeg", filename="a.jpg")
    assert found_in(opened(mails.as_bytes(), made.MAIL)) == {
        (("attachment", b"a.jpg"),): A,
        (("attachment", b"a.jpg"), ("same", b"2")): C,
    }


def test_no_more_than_the_limit_is_given() -> None:
    content = made.zipped(
        {"word/document.xml": b"<x/>"}
        | {f"word/media/{number}.png": B[:60] for number in range(MAX_MEMBERS + 50)}
    )
    parts = opened(content, made.WORD)
    assert len(found_in(parts)) == MAX_MEMBERS - 1
    assert codes_of(parts) == ["too_many"]
