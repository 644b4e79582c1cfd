"""What victims are still to be told: the one place that says so, for a child's page and for lists.

An arrest, a release and a decision each ask for a contact of their own, of the kinds that the
catalogue says arise on them; so does a charge at court that no arrest's outcome tells of. What
was corrected is asked of once, as it now stands; what was withdrawn is not. Nothing here is
stored: a contact that is added names what it follows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import zip_longest
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from polit.base.errors import UsageError
from polit.web.arrests.models import Arrest, ArrestOutcome
from polit.web.arrests.rules import DECISIONS, RUNNING, ArrestKind, OutcomeKind
from polit.web.core.working_days import current_working_days
from polit.web.safeguarding.charged import charges, charges_on_outcome, is_told_by_itself
from polit.web.safeguarding.children_law import ArisesOn, ContactKind, current_catalogue
from polit.web.safeguarding.models import ChildRecord, SupportContact
from polit.web.safeguarding.rules import ChildStanding, ContactState

_ARRESTED = {ArisesOn.ARREST: (ArrestKind.ARREST.value,)}
_DECIDED = {
    ArisesOn.RELEASE: tuple(sorted(each.value for each in RUNNING)),
    ArisesOn.DECISION: tuple(sorted(each.value for each in DECISIONS)),
}
_CHARGED = {ArisesOn.DECISION: (OutcomeKind.CHARGE.value,)}
"""The kinds of arrest, of charge, and of what became of one, on which contacts arise."""


@dataclass(frozen=True, slots=True)
class Untold:
    """One thing of which a victim was not told, and no contact is owed so far.

    Args:
        kind: The kind of contact that tells of it.
        child: The victim, with case and place.
        follows: The first row of the arrest, of the outcome, or of the charge.
        arises_at: When it happened; for who was identified after that, when they were.
        due_at: By when; ``None`` where the bank holidays in use do not reach so far.
    """

    kind: ContactKind
    child: ChildRecord
    follows: UUID
    arises_at: datetime
    due_at: datetime | None

    @property
    def url(self) -> str:
        """Where the contact is added, with what it follows."""
        add = reverse("safeguarding:contact_add", args=[self.child.case_id, self.child.pk])
        return f"{add}?kind={self.kind.code}&follows={self.follows}"


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows of things that happen.

    Args:
        path: From a child to them, by its case.
        at: The column of when they happened.
        names: What is asked of a row: what it is, of which arrest or charge, who is suspected.
        first: The first row of the same thing, from there.
        holds: What has to hold of one, named ``row``, of the arrest or charge ``of``.
    """

    path: str
    at: str
    names: dict[str, Combinable]
    first: Combinable
    holds: tuple[Combinable | Q, ...]


@dataclass(frozen=True, slots=True)
class FoundUntold:
    """One such thing by what tells it apart: ``untold_whole`` reads the rest."""

    kind: ContactKind
    child_id: UUID
    follows: UUID
    arises_at: datetime
    due_at: datetime | None


def untold(children: Q, most: int | None = None) -> list[Untold]:
    """Return what victims are to be told of and were not, the first due first: four queries.

    Where a child's suspect is not known, whatever happens to a suspect of the case counts. Of
    outcomes before a victim was identified only the last counts: it is where things stood.

    Args:
        children: Which children; who may read them is asked by the caller.
        most: At most so many; ``None`` for all.
    """
    return list(untold_whole(untold_found(children, most)).values())


def untold_found(children: Q, most: int | None = None) -> list[FoundUntold]:
    """Return the same as ``untold``, without the children. Three queries."""
    found = [
        each for source, asked in _everything() for each in _found(children, source, asked, most)
    ]
    return sorted(found, key=lambda each: each.due_at or each.arises_at)[:most]


def untold_whole(found: Sequence[FoundUntold]) -> dict[FoundUntold, Untold]:
    """Return what was found with its children, in the same order. One query."""
    rows = ChildRecord.objects.select_related("case", "place")
    of = rows.in_bulk({each.child_id for each in found})
    return {
        each: Untold(each.kind, of[each.child_id], each.follows, each.arises_at, each.due_at)
        for each in found
        if each.child_id in of
    }


@cache
def still_true() -> Q:
    """Return the condition that what a contact follows, if anything, was not withdrawn since."""
    arrests = Arrest.objects.standing().filter(
        first=OuterRef("follows"), kind=ArrestKind.ARREST.value
    )
    stands = Arrest.objects.standing().filter(first=OuterRef("arrest"))
    outcomes = ArrestOutcome.objects.standing().filter(
        Q(pk=OuterRef("follows")) | Q(first=OuterRef("follows")), Exists(stands)
    )
    true = Q(follows=None) | Q(Exists(arrests)) | Q(Exists(outcomes))
    charged = charges()
    if charged is None:
        return true
    return true | Q(Exists(charged.filter(first=OuterRef("follows"))))


def awaits_contact() -> Q:
    """Return the condition that a child is owed a contact, recorded or not."""
    mine = Q(pk=OuterRef("pk"))
    owed = SupportContact.objects.filter(
        still_true(), state=ContactState.OWED.value, child=OuterRef("pk")
    )
    found = Q(Exists(owed))
    for source, asked in _everything():
        found |= Q(Exists(_rows(mine, source, asked)))
    return found


def _everything() -> Iterator[tuple[_Source, dict[ContactKind, tuple[str, ...]]]]:
    yield from ((_arrests(), asked) for asked in _asked(_ARRESTED))
    yield from ((_outcomes(), asked) for asked in _asked(_DECIDED))
    if charges() is not None:
        yield from ((_charges(), asked) for asked in _asked(_CHARGED))


def _asked(
    occasions: Mapping[ArisesOn, tuple[str, ...]],
) -> Iterator[dict[ContactKind, tuple[str, ...]]]:
    """Return which kinds of contact are asked for, by what; once, but for kinds that share one."""
    kinds = current_catalogue().contacts
    per = ([each for each in kinds if each.arises_on is occasion] for occasion in occasions)
    for beside in zip_longest(*per):
        yield {kind: occasions[kind.arises_on] for kind in beside if kind is not None}


@cache
def _arrests() -> _Source:
    corrections = Arrest.objects.filter(corrects=OuterRef("row"))
    path = "case__arrests"
    names = _names_of_arrest(path)
    return _Source(
        path, "occurred_at", names, Coalesce(f"{path}__first", path), (~Exists(corrections),)
    )


@cache
def _outcomes() -> _Source:
    corrections = ArrestOutcome.objects.filter(corrects=OuterRef("row"))
    stands = Arrest.objects.standing().filter(first=OuterRef("of"))
    later = ArrestOutcome.objects.standing().filter(
        arrest=OuterRef("of"), occurred_at__gt=OuterRef("at"),
        occurred_at__lte=OuterRef("identified_at"),
    )  # fmt: skip
    path = "case__arrests__outcomes"
    holds: tuple[Combinable | Q, ...] = (~Exists(corrections), Exists(stands), ~Exists(later))
    if charges() is not None:
        by_charge = SupportContact.objects.filter(
            child=OuterRef("pk"), kind=OuterRef("asks"),
            follows__in=charges_on_outcome().values("first"),
        )  # fmt: skip
        holds = (*holds, ~Q(Exists(by_charge), what=OutcomeKind.CHARGE.value))
    names = _names_of_arrest(path)
    return _Source(path, "occurred_at", names, Coalesce(f"{path}__first", path), holds)


@cache
def _charges() -> _Source:
    path = "case__charges"
    names: dict[str, Combinable] = {
        "what": Value(OutcomeKind.CHARGE.value), "of": F(f"{path}__first"),
        "who": F(f"{path}__place"), "arrest": F(f"{path}__arrest"),
    }  # fmt: skip
    return _Source(path, "charged_at", names, F(f"{path}__first"), is_told_by_itself())


def _names_of_arrest(path: str) -> dict[str, Combinable]:
    return {"what": F(f"{path}__kind"), "of": F("case__arrests__first"),
            "who": F("case__arrests__place")}  # fmt: skip


def _found(
    children: Q, source: _Source, asked: Mapping[ContactKind, tuple[str, ...]], most: int | None
) -> Iterable[FoundUntold]:
    """Return the first of what victims were not told of, of the kinds asked for. One query."""
    kinds = {kind.code: kind for kind in asked}
    for asks, child_id, event, since in _rows(children, source, asked)[:most]:
        due_at = _clock_end(since, kinds[asks].working_days)
        yield FoundUntold(kinds[asks], child_id, event, since, due_at)


def _rows(
    children: Q, source: _Source, asked: Mapping[ContactKind, tuple[str, ...]]
) -> QuerySet[ChildRecord, tuple[str, UUID, UUID, datetime]]:
    """Return kind, victim, what is to be told and since when, what arose first first.

    A contact that somebody added by hand tells of what happened at its very time.
    """
    codes = Case(*(When(what__in=whats, then=Value(kind.code)) for kind, whats in asked.items()))
    told = SupportContact.objects.filter(
        Q(follows=OuterRef("event")) | Q(follows=None, arises_at=OuterRef("since")),
        child=OuterRef("pk"), kind=OuterRef("asks"),
    )  # fmt: skip
    victims = ChildRecord.objects.filter(children, standing=ChildStanding.IDENTIFIED_VICTIM.value)
    # All of what happens before any filter: so it is of one and the same row.
    rows = victims.annotate(
        row=F(source.path), event=source.first, at=F(f"{source.path}__{source.at}"),
        taken_back=F(f"{source.path}__is_withdrawal"), **source.names,
        since=Greatest("at", "identified_at"), asks=codes,
    ).filter(  # told first: it leaves the fewest
        Q(suspect=None) | Q(suspect=F("who")), ~Exists(told), *source.holds, taken_back=False,
        asks__isnull=False, of__isnull=False,
    ).order_by("since", "event", "pk")  # fmt: skip
    return rows.values_list("asks", "pk", "event", "since")


def _clock_end(at: datetime, working_days: int) -> datetime | None:
    try:
        zone = timezone.get_default_timezone()
        return current_working_days().end_after(at, working_days, zone)
    except UsageError:
        return None
