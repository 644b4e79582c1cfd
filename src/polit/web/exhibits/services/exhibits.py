"""Exhibits: seizing things, splitting parts off them, putting right what was said of them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from polit.base.canonical import JsonValue, canonical_json
from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.exhibits.catalogue import check_finer_kind, check_power, current_powers
from polit.web.exhibits.continuity import (
    Happening,
    Standing,
    check_custody_role,
    check_not_overtaken,
    follow,
    split,
)
from polit.web.exhibits.fitting import check_fits
from polit.web.exhibits.models import CustodyEvent, Exhibit
from polit.web.exhibits.rules import (
    EventKind,
    Person,
    SeizedThing,
    Seizure,
    State,
    check_facts,
    check_reference,
    check_seizure,
    check_sub_reference,
    sort_key,
)
from polit.web.exhibits.services.chain import append, begin, last_event, locked
from polit.web.exhibits.services.papers import is_printed
from polit.web.exhibits.signals import device_described
from polit.web.people.models import CasePerson
from polit.web.warrants.models import WarrantExecution


@dataclass(frozen=True, slots=True)
class SplitOff:
    """How a part was taken off an exhibit.

    Args:
        occurred_at: When.
        place: Where.
        producer: Who took it off, and produces it.
        after_number: The number of the parent's last event that was shown.
    """

    occurred_at: datetime
    place: str
    producer: Person
    after_number: int


def exhibit_seize(
    actor: Actor, *, reason: str, case: CaseLike, seizure: Seizure, thing: SeizedThing
) -> Exhibit:
    """Record that a thing was seized; its continuity begins with that.

    Raises:
        UsageError: The reference is taken or cannot be printed, the power's number, agreement or
            scope is missing, a value cannot be, or the seizure lies in the future.
        AuthorityError: The roles do not allow it.
    """
    check_custody_role(roles_of(actor))
    check_seizure(seizure, now_utc())
    check_power(seizure)
    exhibit = Exhibit(case_id=case.id, reference=check_reference(thing.reference))
    _describe(exhibit, thing)
    exhibit.producer_name, exhibit.producer_number = seizure.producer.name, seizure.producer.number
    exhibit.seized_at, exhibit.seized_place = seizure.seized_at, seizure.place
    _empower(exhibit, seizure)
    with act(actor, "exhibits.seize", reason=reason, case=case, nature=Nature.COLLECTION) as deed:
        _check_is_free(exhibit)
        check_fits(exhibit)
        exhibit.save()
        _tell(exhibit)
        standing = Standing(1, seizure.seized_at, State.HELD, exhibit.producer, thing.seal.strip())
        first = CustodyEvent(
            kind=EventKind.SEIZURE.value, place=seizure.place, condition=thing.condition
        )
        begin(actor, reason=reason, exhibit=exhibit, standing=standing, first=first)
        deed.about(
            "exhibit",
            exhibit.id,
            label=exhibit.reference,
            power=exhibit.power_code,
            power_reference=exhibit.power_reference,
            execution=str(exhibit.execution_id or ""),
            seal=standing.seal,
            facts=facts_digest(exhibit),
        )
    return exhibit


def exhibit_split(
    actor: Actor,
    *,
    reason: str,
    parent: Exhibit,
    thing: SeizedThing,
    split_off: SplitOff,
) -> Exhibit:
    """Record that a part was taken off an exhibit; from then on it has a continuity of its own.

    Raises:
        UsageError: Its reference does not go on from its parent's or is taken, the parent is
            sealed or gone, or somebody else recorded another event meanwhile.
        AuthorityError: The roles do not allow it.
    """
    reference = check_sub_reference(thing.reference, parent.reference)
    exhibit = Exhibit(case_id=parent.case_id, parent=parent, depth=parent.depth + 1)
    exhibit.reference = reference
    _describe(exhibit, thing)
    producer = split_off.producer
    exhibit.producer_name, exhibit.producer_number = producer.name, producer.number
    for name in ("seized_at", "seized_place", *_POWER_FIELDS):
        setattr(exhibit, name, getattr(parent, name))
    happening = Happening(
        EventKind.SPLIT_OFF, split_off.occurred_at, split_off.place, note=f"Became {reference}"
    )
    with act(actor, "exhibits.split", reason=reason, case=parent.case) as deed:
        last = last_event(locked(parent.id))
        check_not_overtaken(last.standing, split_off.after_number)
        after = follow(last.standing, happening, roles=roles_of(actor), now=now_utc())
        _check_is_free(exhibit)
        check_fits(exhibit)
        exhibit.save()
        _tell(exhibit)
        parted = append(actor, reason=reason, last=last, after=after, happening=happening)
        _begin_split(actor, reason, exhibit, parted, thing)
        deed.about(
            "exhibit",
            exhibit.id,
            label=reference,
            parent=parent.reference,
            number=parted.number,
            facts=facts_digest(exhibit),
        )
    return exhibit


def facts_digest(exhibit: Exhibit) -> str:
    """Return a digest of what is said of a thing, by which a form tells what it began with."""
    return hashlib.sha256(canonical_json(_facts(exhibit))).hexdigest()


def exhibit_correct(
    actor: Actor, *, reason: str, exhibit: Exhibit, thing: SeizedThing, shown: str
) -> Exhibit:
    """Put right what was said of a thing. When and where it was seized is a matter of continuity.

    Args:
        actor: Who does.
        reason: How they know.
        exhibit: The thing.
        thing: All that is right of it.
        shown: The ``facts_digest`` of what the actor was shown.

    Raises:
        UsageError: Nothing is different, a value cannot be, the reference is to change though
            something hangs on it, or somebody else corrected the thing meanwhile.
        AuthorityError: The roles do not allow it.
    """
    check_custody_role(roles_of(actor))
    with act(actor, "exhibits.correct", reason=reason, case=exhibit.case) as deed:
        kept = locked(exhibit.id)
        if facts_digest(kept) != shown:
            raise UsageError("somebody else corrected it meanwhile: load the page again")
        before = _facts(kept)
        _rename(kept, thing.reference)
        _describe(kept, thing)
        after = _facts(kept)
        changed: dict[str, JsonValue] = {
            name: {"old": before[name], "new": value}
            for name, value in after.items()
            if value != before[name]
        }
        if not changed:
            raise UsageError("nothing is different from what was recorded")
        check_fits(kept)
        kept.save()
        _tell(kept)
        deed.about("exhibit", kept.id, label=kept.reference, **changed)
    return kept


_POWER_FIELDS = (
    "power_law", "power_code", "power_reference", "agreement", "scope", "execution_id",
)  # fmt: skip
_DESCRIPTIVE = (
    "reference", "description", "device_kind", "finer_kind", "make", "model", "marks", "capacity",
    "serial", "imei", "is_imei_unreadable", "identifiers", "condition", "powered", "quantity",
    "containers", "owner_text",
)  # fmt: skip


def _tell(exhibit: Exhibit) -> None:
    device_described.send(sender=Exhibit, exhibit=exhibit)


def _facts(exhibit: Exhibit) -> dict[str, JsonValue]:
    known = {name: getattr(exhibit, name) for name in _DESCRIPTIVE}
    return known | {"owner": str(exhibit.owner_id or "")}


def _describe(exhibit: Exhibit, thing: SeizedThing) -> None:
    check_facts(thing)
    device = thing.device
    check_finer_kind(device)
    exhibit.sort_key = sort_key(exhibit.reference)
    exhibit.description = thing.description.strip()
    exhibit.device_kind, exhibit.finer_kind = device.kind.value, device.finer_kind
    exhibit.make, exhibit.model = device.make, device.model
    exhibit.marks, exhibit.capacity = device.marks, device.capacity
    exhibit.serial, exhibit.imei = device.serial, device.imei
    exhibit.is_imei_unreadable = device.is_imei_unreadable
    exhibit.identifiers, exhibit.condition = device.identifiers, thing.condition
    exhibit.powered, exhibit.quantity = thing.powered.value, thing.quantity
    exhibit.containers, exhibit.owner_text = thing.containers, thing.owner
    exhibit.owner = _owner(exhibit, thing.owner_id)


def _owner(exhibit: Exhibit, owner_id: UUID | None) -> CasePerson | None:
    if owner_id is None:
        return None
    found = CasePerson.objects.filter(case_id=exhibit.case_id, pk=owner_id).first()
    if found is None:
        raise UsageError("whose: choose somebody of this case")
    return found


def _empower(exhibit: Exhibit, seizure: Seizure) -> None:
    exhibit.power_law, exhibit.power_code = current_powers().name, seizure.power_code
    exhibit.power_reference = seizure.power_reference.strip()
    exhibit.agreement, exhibit.scope = seizure.agreement.strip(), seizure.scope.strip()
    exhibit.execution = _execution(exhibit, seizure.execution_id)


def _execution(exhibit: Exhibit, execution_id: UUID | None) -> WarrantExecution | None:
    if execution_id is None:
        return None
    rows = WarrantExecution.objects.standing().filter(warrant__case_id=exhibit.case_id)
    found = rows.filter(pk=execution_id).first()
    if found is None:
        raise UsageError("execution of a warrant: choose one of this case that stands")
    return found


def _begin_split(
    actor: Actor, reason: str, exhibit: Exhibit, parted: CustodyEvent, thing: SeizedThing
) -> None:
    standing = split(parted.standing, parted.occurred_at, thing.seal.strip())
    first = CustodyEvent(
        kind=EventKind.SPLIT.value,
        place=parted.place,
        condition=thing.condition,
        holder_before=parted.holder_after,
        split_from=parted,
    )
    begin(actor, reason=reason, exhibit=exhibit, standing=standing, first=first)


def _check_is_free(exhibit: Exhibit) -> None:
    others = Exhibit.objects.filter(case_id=exhibit.case_id).exclude(pk=exhibit.pk)
    if others.filter(reference__iexact=exhibit.reference).exists():
        raise UsageError(f"{exhibit.reference}: this case has an exhibit of that reference already")


def _rename(exhibit: Exhibit, reference: str) -> None:
    """Change a reference while nothing hangs on it: no label, report or package bears it yet."""
    if reference.strip() == exhibit.reference:
        return
    related = Exhibit._meta.related_objects  # noqa: SLF001 - Django's documented interface
    hanging = [
        each
        for each in related
        if each.related_model is not CustodyEvent
        and each.related_model._default_manager.filter(**{each.field.name: exhibit}).exists()  # noqa: SLF001 - likewise
    ]
    if hanging or exhibit.events.count() > 1 or is_printed(exhibit):
        raise UsageError("reference: it is in use already; say in the description what is wrong")
    if exhibit.parent is not None:
        check_sub_reference(reference, exhibit.parent.reference)
    exhibit.reference = check_reference(reference)
    _check_is_free(exhibit)
