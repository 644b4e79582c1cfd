"""When a picture says that it was taken: what cameras and programs write, checked.

A time that no calendar has is no time. Nothing is converted: the clock's reading is kept and
what is known of its zone stands beside it.

Source: CIPA DC-008 (Exif 3.0), the entries DateTimeOriginal, OffsetTimeOriginal,
SubSecTimeOriginal, GPSTimeStamp, GPSDateStamp; ISO 16684-1, 8.2.1.2 (dates of XMP).
"""

import datetime as dt
import re
from fractions import Fraction

from polit.model.media import TakenTime

MAX_DECIMALS = 9
_MAX_OFFSET_MIN = 1439

_DATE = r"(\d{4})[:./-]([ \d]\d)[:./-]([ \d]\d)"
_CLOCK = r"([ \d]\d):([ \d]\d)(?::([ \d]\d)(?:[.,](\d+))?)?"
_TIME = re.compile(_DATE + "[ T]" + _CLOCK + r"\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_DAY = re.compile(_DATE, re.ASCII)
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)


def taken_time(text: str, source: str, *, subseconds: str = "", zone: str = "") -> TakenTime | None:
    """Return the time that a text says, ``None`` where it says none.

    Args:
        text: ``2019:05:04 12:33:10``, or ISO 8601 with a time; seconds may be missing, and are
            then 0; a fraction and a zone may follow.
        source: The field's name.
        subseconds: The decimals of the second, from a field of their own.
        zone: ``+02:00`` or ``Z``, from a field of its own; one in the text goes before it.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    wall_clock = _wall_clock(*(int(part or 0) for part in found.groups()[:6]))
    if wall_clock is None:
        return None
    decimals = found[7] or (subseconds if subseconds.isascii() and subseconds.isdigit() else "")
    basis, offset_min = _zone(found[8] or zone)
    if decimals:
        wall_clock += "." + decimals[:MAX_DECIMALS]
    return TakenTime(wall_clock, basis, offset_min, source)


def satellite_time(
    day: str, clock: tuple[tuple[int, int], ...], source: str
) -> TakenTime | None:  # fmt: skip
    """Return the time that satellites gave, in UTC; ``None`` where it is not in form.

    Args:
        day: ``2008:10:23``.
        clock: Hours, minutes, seconds as numerators and denominators.
        source: The field's name.
    """
    found = _DAY.fullmatch(day)
    if found is None or len(clock) != 3 or any(bottom == 0 for _, bottom in clock):
        return None
    hours, minutes, seconds = (Fraction(top, bottom) for top, bottom in clock)
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 60):
        return None
    whole, rest = divmod(hours * 3600 + minutes * 60 + seconds, 1)
    parts = (int(found[1]), int(found[2]), int(found[3]))
    wall_clock = _wall_clock(*parts, whole // 3600, whole // 60 % 60, whole % 60)
    if wall_clock is None:
        return None
    decimals = f"{rest * 10**MAX_DECIMALS // 1:0{MAX_DECIMALS}d}".rstrip("0")
    return TakenTime(wall_clock + ("." + decimals if decimals else ""), "utc", None, source)


def _wall_clock(*parts: int) -> str | None:
    year, month, day, hour, minute, second = parts
    try:
        # Nothing is known of the zone: this only asks the calendar.
        at = dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
    return at.isoformat()


def _zone(text: str) -> tuple[str, int | None]:
    if text == "Z":
        return "utc", None
    found = _ZONE.fullmatch(text)
    if found is None or int(found[3]) > 59:
        return "zone_unknown", None
    offset_min = int(found[2]) * 60 + int(found[3])
    if offset_min > _MAX_OFFSET_MIN:
        return "zone_unknown", None
    return "offset_known", -offset_min if found[1] == "-" else offset_min
