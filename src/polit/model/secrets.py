"""Passwords and keys that an examiner gives to open what is locked on a device.

Their values never leave memory: what is stored or told of a secret is its number and its kind.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

_RECOVERY_GROUPS = 8
_RECOVERY = re.compile(r"\d{6}(?:-\d{6}){7}|\d{48}", re.ASCII)
_RECOVERY_DIVISOR = 11
_RECOVERY_GROUP_END = 720_896
_HEX_PREFIX = "hex:"
_HEX_DIGITS = re.compile(r"(?:[0-9a-fA-F]{2}){1,256}", re.ASCII)


class SecretKind(StrEnum):
    """What form a secret has."""

    PASSWORD = "password"  # noqa: S105 - the name of a form, no secret
    RECOVERY_PASSWORD = "recovery_password"  # noqa: S105 - as above
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of the examiner's list.

    Args:
        number: Its line in the list, from 1; 0 where it was not given by anybody.
        kind: Its form.
        value: UTF-8 of a password, the digits and hyphens of a recovery password, or the
            bytes of a key. Never shown.
    """

    number: int
    kind: SecretKind
    value: bytes = field(repr=False)


def read_secret(number: int, line: str) -> Secret:
    """Return what a line of the list stands for.

    A recovery password is known by its form: eight groups of six digits, each a multiple of 11
    below 720,896. ``hex:`` and an even count of hexadecimal digits, at most 512, is a key.
    Everything else is a password, spaces at its ends included.

    Args:
        number: The line's number, from 1.
        line: The line without its end.
    """
    if _RECOVERY.fullmatch(line.strip()) is not None:
        digits = line.strip().replace("-", "")
        groups = [digits[at : at + 6] for at in range(0, 6 * _RECOVERY_GROUPS, 6)]
        if all(_is_group(int(group)) for group in groups):
            return Secret(number, SecretKind.RECOVERY_PASSWORD, "-".join(groups).encode())
    if line.startswith(_HEX_PREFIX):
        digits = line.removeprefix(_HEX_PREFIX).strip()
        if _HEX_DIGITS.fullmatch(digits) is not None:
            return Secret(number, SecretKind.KEY, bytes.fromhex(digits))
    return Secret(number, SecretKind.PASSWORD, line.encode("utf-8", "surrogateescape"))


def _is_group(value: int) -> bool:
    return value % _RECOVERY_DIVISOR == 0 and value < _RECOVERY_GROUP_END
