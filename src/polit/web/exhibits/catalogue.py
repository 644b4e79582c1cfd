"""Powers of seizure and kinds of device, from files of law. No Django here."""

from dataclasses import dataclass
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read
from polit.web.exhibits.rules import DeviceFacts, DeviceKind, Seizure

_DEVICES = "devices-1"


@dataclass(frozen=True, slots=True)
class PowerOfSeizure:
    """What somebody may seize a thing by.

    Args:
        code: What is stored, never changed.
        label: What people read.
        statute: The act and section; empty where there is none.
        needs_agreement: Whether it rests on an agreement, which then is recorded with its scope.
        needs_reference: Whether there is a number to give, such as the warrant's.
    """

    code: str
    label: str
    statute: str
    needs_agreement: bool
    needs_reference: bool


@dataclass(frozen=True, slots=True)
class PowerScheme:
    """The powers of one country, in one version.

    Args:
        scheme: The country.
        version: Counted from 1.
        entries: In the order in which they are offered.
        notice: What whoever chooses must know of the list, such as that no lawyer checked it.
    """

    scheme: str
    version: int
    entries: tuple[PowerOfSeizure, ...]
    notice: str = ""

    @property
    def name(self) -> str:
        """The file's name, which exhibits keep beside the code."""
        return f"{self.scheme}-{self.version}"


@dataclass(frozen=True, slots=True)
class FinerKind:
    """A kind of device, and what figures count it as."""

    code: str
    label: str
    counts_as: DeviceKind


@dataclass(frozen=True, slots=True)
class DeviceScheme:
    """The kinds of device, in one version."""

    scheme: str
    version: int
    entries: tuple[FinerKind, ...]


@lru_cache(maxsize=1)
def current_powers() -> PowerScheme:
    """Return the powers that new exhibits are seized by."""
    name = settings.text("POLIT_SEIZURE_POWERS", "england-wales-1")
    return law_read("seizure-powers", name, PowerScheme)


@lru_cache(maxsize=32)
def _powers_of(name: str) -> PowerScheme:
    return law_read("seizure-powers", name, PowerScheme)


@lru_cache(maxsize=1)
def device_kinds() -> DeviceScheme:
    """Return the kinds of device."""
    return law_read("device-kinds", _DEVICES, DeviceScheme)


def power_label(law: str, code: str) -> str:
    """Return a power in words, as it was named when the exhibit was kept.

    Args:
        law: The name of the file it is from.
        code: Its code; one that the file has not stands for itself.
    """
    entries = _powers_of(law).entries
    return next((each.label for each in entries if each.code == code), code)


def finer_label(code: str) -> str:
    """Return a kind of device in words; an unknown code stands for itself."""
    return next((each.label for each in device_kinds().entries if each.code == code), code)


def check_power(seizure: Seizure) -> None:
    """Refuse a seizure that does not say what its power asks for.

    Raises:
        UsageError: The power is unknown, or its number, agreement or scope is missing.
    """
    known = {each.code: each for each in current_powers().entries}
    power = known.get(seizure.power_code)
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
    known = {each.code: each.counts_as for each in device_kinds().entries}
    if known.get(device.finer_kind) is not device.kind:
        raise UsageError("kind of device: choose one of the list that goes with the kind")
