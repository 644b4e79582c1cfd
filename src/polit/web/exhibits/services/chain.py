"""Appends links to chains of custody. The other services write events through this alone."""

from typing import Any
from uuid import UUID

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.core.acting import Actor
from polit.web.exhibits.continuity import Happening, Standing
from polit.web.exhibits.fitting import check_fits
from polit.web.exhibits.models import CustodyEvent, Exhibit
from polit.web.exhibits.rules import EventKind


def locked(exhibit_id: UUID) -> Exhibit:
    """Return an exhibit that nobody else can record an event of until this act ends.

    Raises:
        Exhibit.DoesNotExist: There is none.
    """
    return Exhibit.objects.select_for_update().get(pk=exhibit_id)


def last_event(exhibit: Exhibit) -> CustodyEvent:
    """Return the last link of an exhibit's chain.

    Raises:
        UsageError: It has none: the record was not made by these services.
    """
    found = exhibit.events.order_by("-number").first()
    if found is None:
        raise UsageError(f"{exhibit.reference}: it has no continuity: ask who keeps the system")
    return found


def begin(
    actor: Actor, *, reason: str, exhibit: Exhibit, standing: Standing, first: CustodyEvent
) -> CustodyEvent:
    """Keep the first link of a chain; ``first`` has the kind, the place and what it splits."""
    first.exhibit = exhibit
    first.number = 1
    first.occurred_at = standing.occurred_at
    first.state_after = standing.state.value
    first.holder_after = standing.holder
    first.seal_after = standing.seal
    return _keep(actor, reason, first)


def append(
    actor: Actor,
    *,
    reason: str,
    last: CustodyEvent,
    after: Standing,
    happening: Happening,
) -> CustodyEvent:
    """Keep the link that follows the last one."""
    copy, signatures = happening.copy, happening.signatures
    event = _following(
        last,
        after,
        kind=happening.kind,
        place=happening.place.strip(),
        seal_found=happening.seal_found.value,
        given_signature=signatures.given,
        taken_signature=signatures.taken,
        note=happening.note,
        condition=happening.condition,
        document=happening.document,
        copy_what=copy.what,
        copy_digest=copy.digest,
        copy_place=copy.place,
    )
    return _keep(actor, reason, event)


def append_correction(
    actor: Actor, *, reason: str, last: CustodyEvent, after: Standing, correction: CustodyEvent
) -> CustodyEvent:
    """Keep a correction; ``correction`` has what it corrects, the field and what is right."""
    event = _following(
        last,
        after,
        kind=EventKind.CORRECT,
        place=last.place,
        corrects=correction.corrects,
        corrected_field=correction.corrected_field,
        corrected_text=correction.corrected_text,
        corrected_at=correction.corrected_at,
    )
    return _keep(actor, reason, event)


def _following(
    last: CustodyEvent, after: Standing, *, kind: EventKind, **said: Any
) -> CustodyEvent:
    return CustodyEvent(
        exhibit_id=last.exhibit_id,
        number=after.number,
        kind=kind.value,
        occurred_at=after.occurred_at,
        state_before=last.state_after,
        state_after=after.state.value,
        holder_before=last.holder_after,
        holder_after=after.holder,
        seal_before=last.seal_after,
        seal_after=after.seal,
        **said,
    )


def _keep(actor: Actor, reason: str, event: CustodyEvent) -> CustodyEvent:
    event.reason = reason
    event.recorded_by = actor.name
    event.recorded_at = now_utc()
    check_fits(event)
    event.save()
    return event
