"""Decoders below these versions have known holes: they are switched off, and it is said.

Checked against the decoder advisories of autumn 2026. A floor is read from the library that is
loaded, never from a list of installed packages.
"""

import re
from dataclasses import dataclass

from polit.decode.decodable import STILLS, VIDEOS


@dataclass(frozen=True, slots=True)
class Floor:
    """The oldest version of a library that may decode.

    Args:
        library: Its name, as decoders tell their versions.
        version: The oldest acceptable one.
        types: What is not decoded without it.
        reason: Why this one.
        accepted: Which decision lets it decode all the same, and where; empty for none.
    """

    library: str
    version: tuple[int, ...]
    types: tuple[str, ...]
    reason: str
    accepted: str = ""


_RAW = (
    "image/x-canon-cr2",
    "image/x-canon-cr3",
    "image/x-fuji-raf",
    "image/x-olympus-orf",
    "image/x-panasonic-rw2",
)
_HEIF = ("image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence")
_BY_PILLOW = tuple(sorted(STILLS.difference(_HEIF)))

FLOORS: tuple[Floor, ...] = (
    Floor("pillow", (13, 0, 0), _BY_PILLOW, "advisories of autumn 2026"),
    Floor(
        "simplejpeg", (1, 9, 0), ("image/jpeg", *_RAW), "the first to bundle libjpeg-turbo 3.1.2"
    ),
    Floor("libheif", (1, 22), _HEIF, "advisories of autumn 2026"),
    Floor("libde265", (1, 1, 1), _HEIF, "advisories of autumn 2026"),
    Floor(
        "ffmpeg",
        (9, 0, 3),
        tuple(sorted(VIDEOS)),
        "advisories of autumn 2026",
        accepted="ADR 0007: only where the sandbox holds fully",
    ),
)

OFF_PREFIX = "off:"
"""How a switched-off type stands among the versions: ``off:image/png``."""


def switched_off(versions: dict[str, str]) -> dict[str, str]:
    """Return the types that must not be decoded with these libraries.

    Args:
        versions: Library names and versions, as loaded.

    Returns:
        Media type to the reason, in words.
    """
    off = {}
    for floor in FLOORS:
        found = versions.get(floor.library, "")
        if found and floor.accepted:
            continue
        if _parts(found) < floor.version:
            wanted = ".".join(str(part) for part in floor.version)
            for mime in floor.types:
                off[mime] = f"{floor.library} {found or 'is missing'}: below {wanted}"
    return off


def _parts(version: str) -> tuple[int, ...]:
    """Return the leading figures of a version; a missing or odd one is below every floor."""
    leading = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in leading[0].split(".")) if leading else ()
