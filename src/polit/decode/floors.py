"""Decoders below these versions have known holes: they are switched off, and it is said.

Checked against the decoder advisories of autumn 2026. A floor is read from the library that is
loaded, never from a list of installed packages.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Floor:
    """The oldest version of a library that may decode.

    Args:
        library: Its name, as decoders tell their versions.
        version: The oldest acceptable one.
        types: What is not decoded without it.
        reason: Why this one.
    """

    library: str
    version: tuple[int, ...]
    types: tuple[str, ...]
    reason: str


FLOORS: tuple[Floor, ...] = (
    Floor("pillow", (13, 0, 0), ("image/png", "image/jpeg"), "advisories of autumn 2026"),
    Floor("simplejpeg", (1, 9, 0), ("image/jpeg",), "the first to bundle libjpeg-turbo 3.1.2"),
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
        if _parts(found) < floor.version:
            wanted = ".".join(str(part) for part in floor.version)
            for mime in floor.types:
                off[mime] = f"{floor.library} {found or 'is missing'}: below {wanted}"
    return off


def _parts(version: str) -> tuple[int, ...]:
    """Return the leading figures of a version; a missing or odd one is below every floor."""
    leading = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in leading[0].split(".")) if leading else ()
