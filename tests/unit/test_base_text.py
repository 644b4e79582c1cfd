r"""Names as text: nothing is lost, nothing can mislead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polit.base.text import name_text, says_something, visible


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain.jpg", "plain.jpg"),
        ("grün.jpg".encode(), "grün.jpg"),
        (b"latin-\xe9.jpg", "latin-\\xe9.jpg"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
        (b"a/b", "a\\x2fb"),
        (b"", ""),
    ],
)
def test_a_name_stands_as_text(raw: bytes, text: str) -> None:
    assert name_text(raw) == text


@given(st.binary(max_size=40))
def test_any_name_stands_as_text_without_a_separator(raw: bytes) -> None:
    text = name_text(raw)
    assert "/" not in text
    text.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.jpg", "plain name.jpg"),
        ("grün 猫.jpg", "grün 猫.jpg"),
        ("gpj.\u202eexe", "gpj.\\u{202e}exe"),
        ("zero\u200bwidth", "zero\\u{200b}width"),
        ("bell\x07\x1b[31m", "bell\\u{7}\\u{1b}[31m"),
        ("no\u00a0break", "no\\u{a0}break"),
        ("two\nlines", "two\\u{a}lines"),
        ("lone\ud800", "lone\\u{d800}"),
        ("\u3164\u115f\uffa0", "\\u{3164}\\u{115f}\\u{ffa0}"),
    ],
)
def test_what_could_mislead_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_what_is_shown_is_printable_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert visible(shown) == shown


@pytest.mark.parametrize("text", ["", " \t", "\u200b", "\u3164\uffa0", "\u2800", "\u202e", ". -"])
def test_what_cannot_be_seen_says_nothing(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize("text", ["a", " 7 ", "例", "\u202eא", "\u200bnote"])
def test_a_letter_or_a_figure_says_something(text: str) -> None:
    assert says_something(text)
