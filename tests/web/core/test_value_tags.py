"""Values on a page: names that mislead, instants without doubt, sizes that add up."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hostile_names import HOSTILE, LONG
from hypothesis import given
from hypothesis import strategies as st

from polit.web.core.templatetags.values import (
    bytes_text,
    count_text,
    day,
    digest,
    instant,
    person_text,
    visible_text,
)

MISLEADING = [*range(0x20), 0x7F, 0xA0, 0x200B, 0x200E, 0x202E, 0x2028, 0x2066, 0xFEFF, 0x3000]


@pytest.mark.parametrize("code", MISLEADING)
def test_misleading_character_stands_as_its_number(code: int) -> None:
    shown = person_text(f"a{chr(code)}b")
    if code == 0x20:
        assert "a b" in shown
        return
    assert f'a<span class="polit-escape">\\u{{{code:x}}}</span>b' in shown
    assert chr(code) not in shown


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_name_is_isolated_and_holds_no_markup(name: str) -> None:
    shown = person_text(name)
    inner = shown.removeprefix('<bdi class="polit-person-text">').removesuffix("</bdi>")
    assert len(inner) < len(shown)
    without_escapes = inner.replace('<span class="polit-escape">', "").replace("</span>", "")
    assert "<" not in without_escapes
    assert "&amp;lt;" not in inner


def test_escape_typed_as_letters_has_no_frame() -> None:
    assert "polit-escape" not in person_text("photo\\u{202e}gpj.exe")


def test_long_name_is_kept_whole() -> None:
    assert LONG in person_text(LONG)
    assert len(LONG.encode()) == 4_096


def test_lines_are_kept_where_a_note_has_them() -> None:
    assert "one\n\ttwo" in person_text("one\r\n\ttwo\n", lines=True)
    assert "\\u{a}" in person_text("one\ntwo")


@pytest.mark.parametrize("value", [None, "", "  "])
def test_missing_text_says_so(value: str | None) -> None:
    assert "Not recorded" in person_text(value)


@given(st.text())
def test_no_text_leaves_its_element(text: str) -> None:
    shown = person_text(text)
    assert shown.count("<bdi") + shown.count("polit-missing") == 1
    assert visible_text(text).isprintable()


def test_instant_is_local_and_utc() -> None:
    shown = instant(datetime(2026, 7, 25, 23, 30, 5, tzinfo=UTC))
    assert 'datetime="2026-07-25T23:30:05Z"' in shown
    assert "26 July 2026, 00:30:05 BST" in shown
    assert "(25 July 2026, 23:30:05 UTC)" in shown


def test_instant_of_the_same_day_repeats_the_clock_alone() -> None:
    shown = instant(datetime(2026, 7, 25, 12, 0, tzinfo=UTC), seconds=False)
    assert "25 July 2026, 13:00 BST" in shown
    assert "(12:00 UTC)" in shown


def test_instant_in_winter_is_told_once() -> None:
    shown = instant(datetime(2026, 1, 5, 9, 0, tzinfo=timezone(timedelta(hours=5))))
    assert shown == '<time datetime="2026-01-05T04:00:00Z">5 January 2026, 04:00:00 GMT</time>'


def test_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        instant(datetime(2026, 1, 5, 9, 0))  # noqa: DTZ001  # what is tested


def test_unknown_values_say_so() -> None:
    for shown in (instant(None), day(None), bytes_text(None), digest("")):
        assert "Not recorded" in shown


def test_day_is_written_out() -> None:
    assert day(date(2026, 3, 7)) == '<time datetime="2026-03-07">7 March 2026</time>'


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (128_035_676_160, "128.0 GB"),
        (10**19, "10000.0 PB"),
    ],
)
def test_size_has_the_unit_it_rounds_to(size_bytes: int, expected: str) -> None:
    assert bytes_text(size_bytes, exact=False) == expected


def test_size_is_exact_as_well() -> None:
    assert "(1,234,567 bytes)" in bytes_text(1_234_567)


def test_digest_is_written_in_full() -> None:
    assert "a" * 64 in digest("a" * 64)


def test_thousands_of_a_count_stand_apart() -> None:
    assert [count_text(value) for value in (None, 0, 999, 1_000_000)] == [
        "", "0", "999", "1,000,000",
    ]  # fmt: skip
