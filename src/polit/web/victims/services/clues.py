"""Records clues in words, and ties one clue to several series."""

from dataclasses import asdict
from uuid import UUID

from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.victims.catalogue import check_code, current_catalogue
from polit.web.victims.models import Clue, ClueTie, Series, SeriesMedia
from polit.web.victims.queries import clue_get, linked_get
from polit.web.victims.rules import GivenClue, check_clue, check_reader
from polit.web.victims.services.series import series_into, series_locked, series_taken


def clue_record(
    actor: Actor, *, reason: str, access: CaseAccess, series_id: UUID, given: GivenClue
) -> Clue:
    """Record a clue of a case, tied to a series.

    Raises:
        ObjectDoesNotExist: The series does not stand in the case, or its medium is not of both.
        AuthorityError: Their roles do not allow it.
        UsageError: It says nothing, or cannot be.
    """
    check_reader(roles_of(actor))
    lists = current_catalogue()
    check_code(lists.clue_kinds, given.kind, "kind of clue")
    check_code(lists.reliabilities, given.reliability, "reliability")
    check_clue(given, timezone.localdate(now_utc()))
    with act(
        actor, "victims.clue_record", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        series = series_locked(access, series_id)
        media = None
        if given.media_id is not None:
            found = linked_get(access, series, "media", given.media_id)
            media = found if isinstance(found, SeriesMedia) else None
        _check_new(access, series, given)
        clue = Clue(
            case_id=access.case.id, kind=given.kind, text=given.text, media=media,
            reliability=given.reliability, frame_ms=given.frame_ms, found_by=given.found_by,
            found_on=given.found_on, catalogue=lists.name, by=actor.name, reason=reason,
        )  # fmt: skip
        clue.save()
        ClueTie(clue=clue, series=series, by=actor.name, reason=reason).save()
        deed.about("series", series.pk, clue=str(clue.pk), what=clue.kind)
    return clue


def clue_tie(
    actor: Actor, *, reason: str, access: CaseAccess, series_id: UUID, clue_id: UUID, to_id: UUID
) -> ClueTie:
    """Tie a clue of a series to another one, which stands in the clue's case from then on.

    Args:
        actor: Who ties it.
        reason: Why.
        access: The clue's case.
        series_id: A series that it is tied to.
        clue_id: The clue.
        to_id: The other series, of one of the actor's cases.

    Raises:
        ObjectDoesNotExist: There is no such series or clue.
        AuthorityError: Their roles do not allow it.
        UsageError: It is tied to it already.
    """
    check_reader(roles_of(actor))
    with act(
        actor, "victims.clue_tie", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COMBINATION,
    ) as deed:  # fmt: skip
        other = series_taken(actor, to_id)
        clue = clue_get(access, series_locked(access, series_id), clue_id)
        if ClueTie.objects.standing().filter(clue=clue, series=other).exists():
            raise UsageError("this clue is of that series already: choose another one")
        series_into(other, access.case.id)
        tie = ClueTie(clue=clue, series=other, by=actor.name, reason=reason)
        tie.save()
        deed.about("series", other.pk, clue=str(clue.pk))
    return tie


def _check_new(access: CaseAccess, series: Series, given: GivenClue) -> None:
    """Refuse a form that was sent twice."""
    told = asdict(given) | {"case": access.case.id}
    held = Clue.objects.standing().filter(**told)
    if ClueTie.objects.standing().filter(series=series, clue__in=held.values("pk")).exists():
        raise UsageError("this clue is recorded already: look at the series")
