"""How one value is written on a page: text from people and devices, instants, days, sizes."""

from datetime import UTC, date, datetime, tzinfo

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from polit.base.text import visible

register = template.Library()

_MISSING = format_html('<span class="polit-missing">{}</span>', "Not recorded")
_LINE_MARKS = {"\n", "\t"}
_UNITS = ("kB", "MB", "GB", "TB", "PB")


@register.simple_tag
def person_text(value: object, *, lines: bool = False) -> SafeString:
    r"""Write text that came from a person or a device, so that it cannot mislead or act.

    It is isolated in its direction; a control, bidirectional or zero-width character stands as
    ``\u{NN}`` in a frame, so that the escape cannot be mistaken for the same letters typed.

    Args:
        value: The text; anything else is turned into text first.
        lines: Whether line breaks and tabs are kept as they are (a note of several lines).
    """
    text = "" if value is None else str(value)
    if not text.strip():
        return _MISSING
    if lines:
        text = text.replace("\r\n", "\n").strip("\n")
    kept = _LINE_MARKS if lines else set()
    shown = format_html_join(
        "",
        "{}",
        (
            (part if is_plain else format_html('<span class="polit-escape">{}</span>', part),)
            for part, is_plain in _parts(text, kept)
        ),
    )
    kind = "polit-person-text polit-lines" if lines else "polit-person-text"
    return format_html('<bdi class="{}">{}</bdi>', kind, shown)


def _parts(text: str, kept: set[str]) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    plain = ""
    for char in text:
        escaped = char if char in kept else visible(char)
        if escaped == char:
            plain += char
            continue
        if plain:
            parts.append((plain, True))
            plain = ""
        parts.append((escaped, False))
    return [*parts, (plain, True)] if plain else parts


@register.filter
def visible_text(value: object) -> str:
    r"""Return text for a place that holds no elements: a title, an option; see ``person_text``."""
    return visible(str(value))


@register.simple_tag
def instant(value: datetime | None, *, seconds: bool = True) -> SafeString:
    """Write an instant in the force's zone, and in UTC where that differs.

    Args:
        value: An aware instant, or ``None`` for one that is not known.
        seconds: Whether seconds are shown; the element holds the whole instant anyway.

    Raises:
        ValueError: The instant says no zone, so it would be a guess.
    """
    if value is None:
        return _MISSING
    if value.tzinfo is None:
        raise ValueError("an instant without a zone cannot be shown: make it aware first")
    in_utc = value.astimezone(UTC)
    local = value.astimezone(_force_zone())
    clock = "%H:%M:%S" if seconds else "%H:%M"
    shown = f"{_day_text(local)}, {local.strftime(f'{clock} %Z')}"
    machine = in_utc.isoformat().replace("+00:00", "Z")
    if not local.utcoffset():
        return format_html('<time datetime="{}">{}</time>', machine, shown)
    other = in_utc.strftime(f"{clock} UTC")
    if in_utc.date() != local.date():
        other = f"{_day_text(in_utc)}, {other}"
    return format_html(
        '<time datetime="{}">{} <span class="polit-time__utc{}">({})</span></time>',
        machine,
        shown,
        "" if seconds else " polit-time__utc--minutes",
        other,
    )


@register.simple_tag
def day(value: date | None) -> SafeString:
    """Write a calendar day, ``None`` for one that is not known."""
    if value is None:
        return _MISSING
    return format_html('<time datetime="{}">{}</time>', value.isoformat()[:10], _day_text(value))


@register.filter
def count_text(value: int | None) -> str:
    """Write a count with its thousands apart; never for a number that goes into an address."""
    return "" if value is None else f"{value:,}"


@register.simple_tag
def bytes_text(size_bytes: int | None, *, exact: bool = True) -> SafeString:
    """Write a size in a decimal unit, and exactly.

    Args:
        size_bytes: The size; ``None`` for one that is not known.
        exact: Whether the bytes stand beside a size of 1,000 bytes or more; rows of a table whose
            page tells them may leave them out.
    """
    if size_bytes is None:
        return _MISSING
    in_bytes = "1 byte" if size_bytes == 1 else f"{size_bytes:,} bytes"
    if size_bytes < 1000:
        return format_html("{}", in_bytes)
    # What would round up to 1000 is one of the next unit.
    power = next(
        (each for each in range(1, len(_UNITS)) if round(size_bytes / 1000**each, 1) < 1000),
        len(_UNITS),
    )
    amount = f"{size_bytes / 1000**power:.1f} {_UNITS[power - 1]}"
    if not exact:
        return format_html("{}", amount)
    return format_html('{} <span class="polit-exact">({})</span>', amount, in_bytes)


@register.simple_tag
def digest(value: str) -> SafeString:
    """Write a digest or another identifier letter by letter, in full."""
    if not value:
        return _MISSING
    return format_html('<code class="polit-mono">{}</code>', value)


def _force_zone() -> tzinfo:
    return timezone.get_default_timezone()


def _day_text(value: date) -> str:
    return f"{value.day} {value.strftime('%B %Y')}"
