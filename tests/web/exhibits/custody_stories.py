"""What tests of exhibits tell: people, things, and what happens to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role
from polit.web.exhibits.continuity import PARTS, Copy, Happening, Part, SealFound, Signatures
from polit.web.exhibits.models import CustodyEvent, Exhibit
from polit.web.exhibits.rules import (
    DeviceFacts,
    DeviceKind,
    EventKind,
    Person,
    SeizedThing,
    Seizure,
)
from polit.web.exhibits.services import SplitOff, custody_record, exhibit_seize, exhibit_split

START = datetime(2026, 1, 5, 7, 30, tzinfo=UTC)
OFFICER = Person("A. Example", "1234")
OTHER = Person("B. Example", "5678")
SIGNED = Signatures("A Example", "B Example")
SUPERVISOR = frozenset({Role.SUPERVISOR})
EXAMINER = frozenset({Role.EXAMINER})

SEIZURE = Seizure(
    seized_at=START,
    place="1 Example Street",
    producer=OFFICER,
    power_code="pace-1984-s8",
    power_reference="W-1",
)
PHONE = SeizedThing("AB/1", "A phone", DeviceFacts(DeviceKind.PHONE, "smartphone"))


def after(hours: float) -> datetime:
    """Return an instant so many hours after the seizure."""
    return START + timedelta(hours=hours)


def seized(case: Case, reference: str = "AB/1", **other: Any) -> Exhibit:
    """Seize a phone."""
    thing = replace(PHONE, reference=reference, **other)
    return exhibit_seize(SYSTEM, reason="search", case=case, seizure=SEIZURE, thing=thing)


def happening(kind: EventKind, hours: float = 1, *, seal: str = "", **other: Any) -> Happening:
    """Return a happening that says all its kind asks for.

    Args:
        kind: The kind.
        hours: How long after the seizure.
        seal: The seal that is there, where the kind asks for it.
        other: Parts to say instead.
    """
    said: dict[Part, dict[str, Any]] = {
        Part.TAKER: {"taker": OTHER},
        Part.SIGNATURES: {"signatures": SIGNED},
        Part.OLD_SEAL: {"old_seal": seal},
        Part.NEW_SEAL: {"new_seal": f"N-{hours}"},
        Part.SEAL_FOUND: {"seal_found": SealFound.INTACT},
        Part.DOCUMENT: {"document": "D-1"},
        Part.COPY: {"copy": Copy("Full image", "sha256:" + "0" * 64, "Vault")},
    }
    parts: dict[str, Any] = {}
    for part in PARTS.get(kind, frozenset()):
        parts |= said[part]
    return Happening(kind, after(hours), "Office", **(parts | other))


def record(exhibit: Exhibit, what: Happening, actor: Actor = SYSTEM) -> CustodyEvent:
    """Record a happening after whatever is the last event; who has it hands it over."""
    if what.signatures == SIGNED:
        holder = exhibit.events.order_by("-number")[0].holder_after
        what = replace(what, signatures=replace(SIGNED, given=holder))
    return custody_record(
        actor,
        reason="a test",
        exhibit=exhibit,
        happening=what,
        after_number=exhibit.events.count(),
    )


def split_off(parent: Exhibit, reference: str = "AB/1/1", number: int = 1, **other: Any) -> Exhibit:
    """Split a SIM card off an exhibit."""
    return exhibit_split(
        SYSTEM,
        reason="SIM taken out",
        parent=parent,
        thing=SeizedThing(reference, "A SIM card", DeviceFacts(DeviceKind.OTHER), **other),
        split_off=SplitOff(after(1), "Laboratory", Person("B. Example"), number),
    )
