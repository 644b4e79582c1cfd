"""Where a picture says that it was taken: exact figures, no floating point.

Source: CIPA DC-008 (Exif 3.0), section 4.6.6 (GPS); ISO 16684-2, GPSCoordinate.
"""

import re
from fractions import Fraction

from polit.model.media import Position

_E7 = 10**7
_MAX_ALTITUDE_MM = 1 << 40
_BELOW = frozenset({1, 3})
_COORDINATE = re.compile(
    r"(\d{1,3}),(\d{1,2}(?:\.\d{1,18})?)(?:,(\d{1,2}(?:\.\d{1,18})?))?([NSEWnsew])", re.ASCII
)
_RATIONAL = re.compile(r"(\d{1,18})(?:/(\d{1,18}))?", re.ASCII)

Rationals = tuple[tuple[int, int], ...]


def camera_angle(reference: str, parts: Rationals, signs: str) -> int | None:
    """Return an angle in 10^-7 degree, ``None`` where it is not in form.

    Args:
        reference: The hemisphere, of which the first letter counts.
        parts: Degrees, minutes, seconds as numerators and denominators.
        signs: The letters of the positive and the negative hemisphere: ``NS`` or ``EW``.
    """
    if len(parts) != 3 or any(bottom == 0 for _, bottom in parts):
        return None
    degrees, minutes, seconds = (Fraction(top, bottom) for top, bottom in parts)
    return _angle((degrees, minutes, seconds), reference[:1].upper(), signs)


def packet_angle(text: str, signs: str) -> int | None:
    """Return the angle of XMP's ``51,28.38N`` or ``51,28,23N``, as ``camera_angle`` does."""
    found = _COORDINATE.fullmatch(text)
    if found is None:
        return None
    parts = (Fraction(found[1]), Fraction(found[2]), Fraction(found[3] or "0"))
    return _angle(parts, found[4].upper(), signs)


def _angle(parts: tuple[Fraction, Fraction, Fraction], letter: str, signs: str) -> int | None:
    degrees, minutes, seconds = parts
    if not letter or letter not in signs or min(parts) < 0 or minutes > 60 or seconds > 60:
        return None
    angle_e7 = round((degrees + minutes / 60 + seconds / 3600) * _E7)
    if angle_e7 > (90 if signs == "NS" else 180) * _E7:
        return None
    return angle_e7 if letter == signs[0] else -angle_e7


def camera_altitude_mm(reference: int | None, parts: Rationals) -> int | None:
    """Return an altitude in millimetres, ``None`` where it is not told or not in form."""
    if len(parts) != 1 or parts[0][1] == 0:
        return None
    return _altitude_mm(Fraction(*parts[0]), is_below=reference in _BELOW)


def packet_altitude_mm(reference: str, text: str) -> int | None:
    """Return the altitude of XMP's ``1234/10``, as ``camera_altitude_mm`` does."""
    found = _RATIONAL.fullmatch(text)
    if found is None or int(found[2] or 1) == 0:
        return None
    is_below = reference.isdigit() and reference.isascii() and int(reference) in _BELOW
    return _altitude_mm(Fraction(int(found[1]), int(found[2] or 1)), is_below=is_below)


def _altitude_mm(altitude_m: Fraction, *, is_below: bool) -> int | None:
    altitude_mm = round(altitude_m * 1000)
    if abs(altitude_mm) > _MAX_ALTITUDE_MM:
        return None
    return -altitude_mm if is_below else altitude_mm


def position(
    latitude_e7: int | None, longitude_e7: int | None, altitude_mm: int | None, source: str
) -> Position | None:
    """Return a position where both angles are known."""
    if latitude_e7 is None or longitude_e7 is None:
        return None
    return Position(latitude_e7, longitude_e7, altitude_mm, source)
