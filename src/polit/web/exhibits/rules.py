"""What an exhibit is made of and what its reference may be. No Django here."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from polit.base.errors import UsageError
from polit.package.layout import SUFFIX, package_name

REFERENCE_LENGTH = 100
TEXT_LENGTH = 4000
_LAST_NUMBER = re.compile(r"^(?P<head>.*\D)?(?P<number>[0-9]{1,9})$", re.DOTALL)
_IMEI_DIGITS = 15


class DeviceKind(StrEnum):
    """What figures count an exhibit as; the finer kind comes from a data file."""

    COMPUTER = "computer"
    PHONE = "phone"
    STORAGE = "storage"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind in words."""
        return self.value.capitalize()


class Power(StrEnum):
    """Whether a device ran when it was seized."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The state in words."""
        return {"on": "Switched on", "off": "Switched off", "unknown": "Not known"}[self.value]


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a label names them: everybody who holds or hands over an exhibit.

    Args:
        name: Surname and initials, or a store or laboratory.
        number: Collar or staff number, empty where there is none.
    """

    name: str
    number: str = ""

    @property
    def text(self) -> str:
        """One line that names the person; what continuity compares."""
        return f"{self.name} ({self.number})" if self.number else self.name


@dataclass(frozen=True, slots=True)
class Seizure:
    """How things came into the hands of the police; the same for several things in a row.

    Args:
        seized_at: When.
        place: Where.
        producer: Who seized them, whose initials the reference bears.
        power_code: A code of the seizure powers' data file.
        power_reference: The warrant's number or whatever else names the authority used.
        agreement: Who agreed, when and how; where the power rests on an agreement.
        scope: What may be examined; where the power rests on an agreement.
    """

    seized_at: datetime
    place: str
    producer: Person
    power_code: str
    power_reference: str = ""
    agreement: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a thing is and which marks tell it from others.

    Args:
        kind: What figures count it as.
        finer_kind: A code of the device kinds' data file, or empty.
        imei: Fifteen digits with a right check digit, or empty.
        is_imei_unreadable: Whether there is one that cannot be read.
        capacity: As printed on it.
        identifiers: Any others, one a line.
    """

    kind: DeviceKind
    finer_kind: str = ""
    make: str = ""
    model: str = ""
    marks: str = ""
    capacity: str = ""
    serial: str = ""
    imei: str = ""
    is_imei_unreadable: bool = False
    identifiers: str = ""


@dataclass(frozen=True, slots=True)
class SeizedThing:
    """One thing that was seized.

    Args:
        reference: As its producer wrote it, such as ``AB/1``.
        description: For people who have never seen it.
        device: What it is.
        condition: Its condition at seizure.
        powered: Whether it ran.
        quantity: How many of the same, where they are one exhibit.
        containers: What it was found in or is packed in.
        owner: Whose it is, as stated.
        seal: The number of the bag or tag it was sealed with at once, or empty.
    """

    reference: str
    description: str
    device: DeviceFacts
    condition: str = ""
    powered: Power = Power.UNKNOWN
    quantity: int = 1
    containers: str = ""
    owner: str = ""
    seal: str = ""


def check_reference(reference: str) -> str:
    """Return a reference without the blanks around it.

    Raises:
        UsageError: It is empty, too long, or has characters that no label can show: control
            characters, line breaks, marks that turn the direction of writing.
    """
    kept = reference.strip()
    if not kept:
        raise UsageError("reference: give the one on the label, such as AB/1")
    if len(kept) > REFERENCE_LENGTH:
        raise UsageError(f"reference: at most {REFERENCE_LENGTH} characters")
    if not kept.isprintable():
        raise UsageError("reference: it has characters that cannot be printed: type it again")
    return kept


def check_sub_reference(reference: str, parent: str) -> str:
    """Return the reference of a sub-exhibit, which goes on from its parent's.

    Raises:
        UsageError: It does not begin with the parent's reference and a stroke.
    """
    kept = check_reference(reference)
    if not kept.startswith(f"{parent}/") or kept == f"{parent}/":
        raise UsageError(f"reference: a sub-exhibit of {parent} is called {parent}/1 or the like")
    return kept


def safe_name(reference: str) -> str:
    """Return a reference as a file name: reversible, the one that packages use too."""
    return package_name(reference).removesuffix(SUFFIX)


def next_reference(reference: str) -> str:
    """Suggest the reference that follows: ``AB/2`` after ``AB/1``; empty where none follows."""
    found = _LAST_NUMBER.match(reference)
    if found is None:
        return ""
    number = found["number"]
    return f"{found['head'] or ''}{int(number) + 1:0{len(number)}d}"


def check_imei(imei: str) -> str:
    """Return the digits of an IMEI; empty stays empty.

    Raises:
        UsageError: There are not fifteen, or the last one is not their check digit.

    Source: 3GPP TS 23.003, section 6.2.1 and annex B (Luhn).
    """
    digits = re.sub(r"[\s/.-]", "", imei)
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) == _IMEI_DIGITS):
        raise UsageError("IMEI: give its 15 digits, or say that it cannot be read")
    if _luhn_sum(digits) % 10:
        raise UsageError("IMEI: the last digit does not fit the others: read it again")
    return digits


def _luhn_sum(digits: str) -> int:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits[::-1])]
    return sum(value // 10 + value % 10 for value in doubled)
