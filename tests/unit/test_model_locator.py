"""Locators: the text form round-trips, sorts by its bytes, and has one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polit.base.errors import UsageError
from polit.model.locator import Locator, Step, escape_value

kinds = st.from_regex(r"[a-z][a-z0-9]{0,7}", fullmatch=True)
awkward = st.lists(
    st.sampled_from([b"%", b";", b":", b"/", b"\x00", b"\xff", b"\xc3", "é".encode(), b"%41"])
).map(b"".join)
steps = st.builds(Step, kinds, st.binary(max_size=30) | awkward)
locators = st.lists(steps, min_size=1, max_size=5).map(lambda found: Locator(tuple(found)))


@given(locators)
def test_the_text_form_round_trips(locator: Locator) -> None:
    assert Locator.parse(str(locator)) == locator


@given(locators, locators)
def test_two_places_never_share_a_text(first: Locator, second: Locator) -> None:
    assert (str(first) == str(second)) == (first == second)


@given(locators)
def test_the_text_is_one_line_without_controls(locator: Locator) -> None:
    assert not any(ord(char) < 0x20 or char == "\x7f" for char in str(locator))


def test_a_place_reads_outermost_first() -> None:
    text = "volume:1@1048576;ntfs:/Users/a%3Bb.jpg;record:64-1;stream:hidden.jpg"
    locator = Locator.parse(text)
    assert [step.kind for step in locator.steps] == ["volume", "ntfs", "record", "stream"]
    assert locator.steps[1].value == b"/Users/a;b.jpg"


def test_bytes_that_are_no_text_stand_escaped() -> None:
    assert escape_value(b"caf\xc3\xa9 caf\xe9 100%") == "café caf%E9 100%25"


@pytest.mark.parametrize(
    "text", ["", "volume", ":x", "Volume:1", "a:1;;b:2", "a b:1", "a:1;", "a\n:1"]
)
def test_what_is_no_locator_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no step of a locator"):
        Locator.parse(text)


@pytest.mark.parametrize("text", ["a:%41", "a:%3b", "a:%", "a:%zz", "a:%C3%A9", "a:\x01"])
def test_another_spelling_of_a_place_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not in canonical form"):
        Locator.parse(text)


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_is_a_locator_or_a_usage_error(text: str) -> None:
    try:
        locator = Locator.parse(text)
    except UsageError:
        return
    assert str(locator) == text
