"""Powers of seizure and kinds of device, from data files: local law is data. No Django here."""

from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from polit.base.errors import UsageError
from polit.web.exhibits.rules import DeviceFacts, DeviceKind, Seizure

_DATA = Path(__file__).parent / "data"

Form = TypeVar("Form")


class PowerOfSeizure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody may seize a thing by.

    Args:
        code: As exhibits keep it; never reused for another power.
        label: As forms offer it.
        statute: As a report cites it; empty where there is none.
        needs_agreement: Whether it rests on an agreement, which then is recorded with its scope.
        needs_reference: Whether there is a number to give, such as the warrant's.
    """

    code: str
    label: str
    statute: str
    needs_agreement: bool
    needs_reference: bool


class FinerKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of device, and what figures count it as."""

    code: str
    label: str
    counts_as: DeviceKind


class _Powers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema_version: int
    jurisdiction: str
    version: str
    powers: tuple[PowerOfSeizure, ...]


class _Kinds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema_version: int
    version: str
    kinds: tuple[FinerKind, ...]


@cache
def seizure_powers() -> dict[str, PowerOfSeizure]:
    """Return all powers by their codes, in the order of their files."""
    read = [_read(path, _Powers) for path in sorted((_DATA / "seizure-powers").glob("*.json"))]
    return {power.code: power for each in read for power in each.powers}


@cache
def finer_kinds() -> dict[str, FinerKind]:
    """Return all kinds of device by their codes, in the order of their file."""
    read = [_read(path, _Kinds) for path in sorted((_DATA / "device-kinds").glob("*.json"))]
    return {kind.code: kind for each in read for kind in each.kinds}


def power_label(code: str) -> str:
    """Return a power in words; its code where no file knows it any more."""
    found = seizure_powers().get(code)
    return found.label if found else code


def finer_label(code: str) -> str:
    """Return a kind of device in words; its code where no file knows it any more."""
    found = finer_kinds().get(code)
    return found.label if found else code


def check_power(seizure: Seizure) -> None:
    """Refuse a seizure that does not say what its power asks for.

    Raises:
        UsageError: The power is unknown, or its number, agreement or scope is missing.
    """
    power = seizure_powers().get(seizure.power_code)
    if power is None:
        raise UsageError("power: choose one of the list")
    if power.needs_reference and not seizure.power_reference.strip():
        raise UsageError("reference of the power: give the warrant's or notice's number")
    if power.needs_agreement and not seizure.agreement.strip():
        raise UsageError("agreement: say who agreed, when and how")
    if power.needs_agreement and not seizure.scope.strip():
        raise UsageError("scope: say what may be looked at, no wider than it has to be")


def check_finer_kind(device: DeviceFacts) -> None:
    """Refuse a finer kind that is unknown or counted as something else.

    Raises:
        UsageError: It does not go with the kind.
    """
    if not device.finer_kind:
        return
    found = finer_kinds().get(device.finer_kind)
    if found is None or found.counts_as is not device.kind:
        raise UsageError("kind of device: choose one of the list that goes with the kind")


def _read(path: Path, form: type[Form]) -> Form:
    return msgspec.json.decode(path.read_bytes(), type=form)
