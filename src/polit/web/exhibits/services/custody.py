"""Continuity: recording what happened, to one exhibit or to several at once, and corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.exhibits.continuity import (
    PARTS,
    Happening,
    Part,
    check_custody_role,
    check_not_overtaken,
    follow,
)
from polit.web.exhibits.corrections import Corrected, Correction, Field, correct
from polit.web.exhibits.fitting import check_fits
from polit.web.exhibits.models import CustodyEvent, Exhibit
from polit.web.exhibits.rules import EventKind
from polit.web.exhibits.services.chain import append, append_correction, last_event, locked


@dataclass(frozen=True, slots=True)
class Turn:
    """One of several exhibits that the same thing happens to.

    Args:
        exhibit_id: Which.
        after_number: The number of the last event that was shown of it.
    """

    exhibit_id: UUID
    after_number: int


def custody_record(
    actor: Actor,
    *,
    reason: str,
    exhibit: Exhibit,
    happening: Happening,
    after_number: int,
) -> CustodyEvent:
    """Record what happened to an exhibit.

    Args:
        actor: Who records it.
        reason: Why it happened.
        exhibit: What it happened to.
        happening: What happened.
        after_number: The number of the last event that the actor was shown.

    Raises:
        UsageError: It could not happen, does not say all it must, or somebody else recorded
            another event meanwhile.
        AuthorityError: The roles do not allow it.
    """
    with act(actor, f"exhibits.{happening.kind.value}", reason=reason, case=exhibit.case) as deed:
        last = last_event(locked(exhibit.id))
        check_not_overtaken(last.standing, after_number)
        after = follow(last.standing, happening, roles=roles_of(actor), now=now_utc())
        _check_seal_is_new(exhibit, happening.new_seal)
        event = append(actor, reason=reason, last=last, after=after, happening=happening)
        deed.about(
            "exhibit",
            exhibit.id,
            label=exhibit.reference,
            number=event.number,
            state=event.state_after,
            holder=event.holder_after,
            seal=event.seal_after,
        )
    return event


_SEAL_ENDS = (EventKind.CHANGE_SEAL.value, EventKind.OPEN_SEAL.value)


def _check_seal_is_new(exhibit: Exhibit, new_seal: str) -> None:
    """Refuse a seal that was on the exhibit before: one that was broken is never put on again."""
    if not new_seal:
        return
    taken_off = exhibit.events.filter(kind__in=_SEAL_ENDS, seal_before__iexact=new_seal)
    found = taken_off.order_by("number").first()
    if found is not None:
        raise UsageError(
            f"new seal: {new_seal} was broken with event {found.number}: read the number again"
        )


BULK_KINDS = frozenset(
    {EventKind.HAND_OVER, EventKind.STORE, EventKind.TAKE_OUT, EventKind.SEND_TO_LABORATORY}
)
"""What happens to several exhibits alike: each has its own seal, so seals are not among them."""


def custody_record_all(
    actor: Actor,
    *,
    reason: str,
    case: CaseLike,
    turns: Sequence[Turn],
    happening: Happening,
) -> tuple[CustodyEvent, ...]:
    """Record that the same happened to several exhibits of a case: to all of them, or to none.

    Raises:
        UsageError: Nothing was chosen, the kind is not one of ``BULK_KINDS``, or it could not
            happen to one of them, which the message names.
        AuthorityError: The roles do not allow it.
    """
    if happening.kind not in BULK_KINDS:
        raise UsageError(f"{happening.kind.label.lower()}: record it for each exhibit by itself")
    if not turns:
        raise UsageError("exhibits: choose at least one")
    shown = {turn.exhibit_id: turn.after_number for turn in turns}
    with transaction.atomic():
        # Always in the same order: two who hand over the same exhibits must not wait in a ring.
        found = Exhibit.objects.filter(case_id=case.id, pk__in=shown).select_related("case")
        exhibits = list(found.order_by("pk"))
        if len(exhibits) != len(shown):
            raise UsageError("exhibits: one of them is not of this case: load the page again")
        return tuple(
            _record_named(actor, reason, exhibit, happening, after_number=shown[exhibit.id])
            for exhibit in exhibits
        )


def _record_named(
    actor: Actor,
    reason: str,
    exhibit: Exhibit,
    happening: Happening,
    *,
    after_number: int,
) -> CustodyEvent:
    try:
        return custody_record(
            actor,
            reason=reason,
            exhibit=exhibit,
            happening=happening,
            after_number=after_number,
        )
    except UsageError as error:
        raise UsageError(f"{exhibit.reference}: {error}") from error


def custody_correct(
    actor: Actor,
    *,
    reason: str,
    exhibit: Exhibit,
    correction: Correction,
    after_number: int,
) -> CustodyEvent:
    """Record what an event should have said; the event itself stays as it is.

    Raises:
        UsageError: There is no such event, what is right cannot be, or somebody else recorded
            another event meanwhile.
        AuthorityError: The roles do not allow it.
    """
    check_custody_role(roles_of(actor))
    with act(actor, "exhibits.correct_custody", reason=reason, case=exhibit.case) as deed:
        kept = locked(exhibit.id)
        events = list(kept.events.order_by("number"))
        last = last_event(kept)
        check_not_overtaken(last.standing, after_number)
        wrong = _event_of(events, correction.number)
        around = _around(events, wrong, correction.field)
        after = correct(last.standing, around, correction)
        right = CustodyEvent(
            corrects=wrong,
            corrected_field=correction.field.value,
            corrected_text=correction.text.strip(),
            corrected_at=correction.occurred_at,
        )
        event = append_correction(actor, reason=reason, last=last, after=after, correction=right)
        _follow_seizure(kept, wrong, correction)
        deed.about(
            "exhibit",
            exhibit.id,
            label=exhibit.reference,
            number=event.number,
            corrects=wrong.number,
            field=correction.field.value,
            right=correction.text.strip(),
        )
    return event


def _event_of(events: Sequence[CustodyEvent], number: int) -> CustodyEvent:
    if not 1 <= number <= len(events):
        raise UsageError("correction: there is no event of that number")
    return events[number - 1]


def _around(events: Sequence[CustodyEvent], wrong: CustodyEvent, field: Field) -> Corrected:
    """Return what lies around an event, with the times that corrections gave the others."""
    right_at = {each.corrects_id: each.corrected_at for each in events if each.corrected_at}
    links = [each for each in events if each.corrects_id is None]
    before = [each for each in links if each.number < wrong.number]
    later = [each for each in links if each.number > wrong.number]
    times = [right_at.get(each.id, each.occurred_at) for each in (*before[-1:], *later[:1])]
    not_before = times[0] if before else None
    not_after = times[-1] if later else now_utc()
    # A part begins when its parent's event says that it was split off, or later; never before.
    if wrong.split_from is not None:
        not_before = _right_time(wrong.split_from)
    parted = wrong.split_into.first()
    if parted is not None:
        not_after = min(not_after, _right_time(parted))
    return Corrected(
        EventKind(wrong.kind),
        not_before=not_before,
        not_after=not_after,
        stands=not any(_sets(each, field) for each in later),
    )


def _right_time(event: CustodyEvent) -> datetime:
    """Return when an event of another exhibit happened, as it was corrected last."""
    corrected = event.corrections.filter(corrected_field=Field.OCCURRED_AT.value)
    right = corrected.order_by("-number").values_list("corrected_at", flat=True).first()
    return right or event.occurred_at


def _sets(event: CustodyEvent, field: Field) -> bool:
    if field is Field.HOLDER:
        return Part.TAKER in PARTS.get(EventKind(event.kind), frozenset())
    if field is Field.SEAL:
        return event.seal_before != event.seal_after
    return True


def _follow_seizure(exhibit: Exhibit, wrong: CustodyEvent, correction: Correction) -> None:
    """Keep in the exhibit and its parts what its seizure now says: figures count by it."""
    if wrong.kind != EventKind.SEIZURE:
        return
    if correction.field is Field.OCCURRED_AT and correction.occurred_at is not None:
        _keep_seized(exhibit, "seized_at", correction.occurred_at)
    elif correction.field is Field.PLACE:
        _keep_seized(exhibit, "seized_place", correction.text.strip())


def _keep_seized(exhibit: Exhibit, name: str, value: str | datetime) -> None:
    setattr(exhibit, name, value)
    check_fits(exhibit)
    exhibit.save(update_fields=[name])
    for part in exhibit.sub_exhibits.all():
        _keep_seized(part, name, value)
