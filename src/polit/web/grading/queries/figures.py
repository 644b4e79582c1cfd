"""Figures of a review: second looks, blind samples, how far a strategy is, what is agreed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Count, Exists, OuterRef, Q

from polit.web.core.access import CaseAccess, CaseLike
from polit.web.grading.agreement import Interval, kappa, wilson
from polit.web.grading.category_schemes import does_count, grade_number
from polit.web.grading.models import (
    Batch,
    BlindSample,
    Decision,
    FrozenSchedule,
    Proposal,
    Standing,
    Strategy,
)
from polit.web.grading.queries.histories import change_read, standings_of
from polit.web.grading.queries.seconds import seconds_due
from polit.web.grading.rules import DecisionKind, ProposalState, is_agreed
from polit.web.items.models import Item, ItemPlace
from polit.web.items.queries.blocked import item_shown
from polit.web.items.rules import FIRST_GENERATION_LEAST, ItemState, item_number, place_of
from polit.web.matching.rules import Settled
from polit.web.media.models import Package
from polit.web.media.rules import rows_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

_UNDONE, _REDONE = DecisionKind.UNDO.value, DecisionKind.REDO.value
_DONE = (ItemState.GRADED, ItemState.DISPUTED, ItemState.UNSURE)


@dataclass(frozen=True, slots=True)
class SecondFigures:
    """What second reviews of a case came to.

    Args:
        due: Contents that still need a second officer.
        pairs: Contents that a second officer graded blind.
        kappa: Cohen's kappa of first and second grade; ``None`` where it is not defined.
        reversed: How many of them stand otherwise now than first graded, with its interval.
    """

    due: int
    pairs: int
    kappa: float | None
    reversed: Interval


def second_figures(access: CaseAccess) -> SecondFigures:
    """Return how far officers of a case agree. It is of the case, never of one officer."""
    case = access.case
    rows = Decision.objects.filter(case_id=case.id, kind=DecisionKind.SECOND.value)
    rows = rows.exclude(batch_id__in=undone_batches(case)).exclude(before="").order_by("number")
    pairs: dict[bytes, tuple[str, str]] = {}
    for each in rows:
        code = change_read(each.change).code
        if code:
            pairs.setdefault(bytes(each.sha256), (each.before, code))
    now = standings_of(case, list(pairs))
    turned = sum(now[content].code != before for content, (before, _) in pairs.items())
    due = seconds_due(case).count()
    return SecondFigures(due, len(pairs), kappa(list(pairs.values())), wilson(turned, len(pairs)))


def undone_batches(case: CaseLike) -> frozenset[UUID]:
    """Return the batches of a case that are taken back and not brought back again."""
    rows = Batch.objects.filter(case_id=case.id, kind__in=(_UNDONE, _REDONE)).order_by("number")
    last = dict(rows.values_list("compensates_id", "kind"))
    return frozenset(batch for batch, kind in last.items() if batch and kind == _UNDONE)


class Disputed(NamedTuple):
    """A content that officers dispute or are unsure of."""

    place: int
    content_id: int
    has_tile: bool
    votes: dict[str, int]
    """How many officers gave each category; empty for unsure."""


def disputed_list(access: CaseAccess, *, most: int = 50) -> list[Disputed]:
    """Return what is disputed or unsure in a case, at most ``most``, without officers' names."""
    rows = Standing.objects.filter(case_id=access.case.id)
    found = list(rows.filter(Q(is_disputed=True) | Q(unsure=True)).order_by("draw", "pk")[:most])
    items = _items_by(access, [bytes(each.sha256) for each in found])
    listed = []
    for each in found:
        item = items.get(bytes(each.sha256))
        if item is None:
            continue
        votes: dict[str, int] = {}
        for code in msgspec.json.decode(each.votes, type=dict[str, str]).values():
            votes[code] = votes.get(code, 0) + 1
        listed.append(Disputed(place_of(item.pk), item.content_id, item.has_tile, votes))
    return listed


def _items_by(access: CaseAccess, contents: Sequence[bytes]) -> dict[bytes, Item]:
    rows = Item.objects.filter(
        item_shown(), review_set__case_id=access.case.id, sha256__in=list(contents)
    )
    return {bytes(each.sha256): each for each in rows}


class ShownItem(NamedTuple):
    """An item of which a page shows the tile."""

    place: int
    content_id: int
    has_tile: bool


def items_shown(access: CaseAccess, places: Sequence[int]) -> list[ShownItem]:
    """Return what a page shows of items of a case; a place of none is passed over."""
    rows = Item.objects.filter(item_shown(), review_set__case_id=access.case.id)
    numbers = rows.values_list("review_set_id", flat=True)[:1]
    wanted = [item_number(number, place) for number in numbers for place in places]
    found = rows.filter(pk__in=wanted).order_by("pk")
    return [ShownItem(place_of(each.pk), each.content_id, each.has_tile) for each in found]


@dataclass(frozen=True, slots=True)
class SampleFigures:
    """What a blind sample came to.

    Args:
        drawn: Items that were drawn.
        looked_at: Of them, how many were graded blind since, in the sample's own queue.
        missed: Of those, how many are otherwise than what settled them says.
    """

    drawn: int
    looked_at: int
    missed: Interval


def sample_latest(access: CaseAccess) -> BlindSample | None:
    """Return a case's last blind sample, ``None`` before the first."""
    return BlindSample.objects.filter(case_id=access.case.id).order_by("-version").first()


def sample_members(sample: BlindSample) -> dict[bytes, tuple[int, str]]:
    """Return the drawn contents in their order, each with what settled it and what that says."""
    rows = msgspec.json.decode(sample.members, type=list[tuple[str, int, str]])
    return {bytes.fromhex(sha256): (settled, says) for sha256, settled, says in rows}


def sample_figures(sample: BlindSample) -> SampleFigures:
    """Return how many drawn items were settled otherwise than an officer graded them."""
    members = sample_members(sample)
    blind = Decision.objects.filter(
        case_id=sample.case_id, kind=DecisionKind.SAMPLE.value, recorded_at__gte=sample.recorded_at
    ).exclude(batch_id__in=undone_batches(sample.case))
    looked_at = members.keys() & {bytes(each) for each in blind.values_list("sha256", flat=True)}
    graded = {
        content: standing.code
        for content, standing in standings_of(sample.case, list(looked_at)).items()
        if standing.code
    }
    missed = sum(is_missed(*members[content], code) for content, code in graded.items())
    return SampleFigures(len(members), len(graded), wilson(missed, len(graded)))


def is_missed(settled: int, says: str, code: str) -> bool:
    """Tell whether a grade contradicts what settled an item.

    Args:
        settled: A ``Settled``'s number.
        says: What the set says, as a category's reference, where it says one.
        code: What an officer graded.
    """
    if settled == Settled.KNOWN_GOOD.value:
        return does_count(code)
    return says != code


def sample_queue(access: CaseAccess) -> list[int]:
    """Return the places of a case's last blind sample that nobody decided yet, as drawn."""
    sample = sample_latest(access)
    if sample is None:
        return []
    members = list(sample_members(sample))
    open_still = sample_among(access.case, members, standings_of(access.case, members))
    items = _items_by(access, members)
    return [place_of(items[each].pk) for each in members if each in items and each in open_still]


def sample_among(
    case: CaseLike, contents: Iterable[bytes], standings: Mapping[bytes, Standing]
) -> frozenset[bytes]:
    """Return which of some contents are of a case's last blind sample and wait in its queue."""
    sample = BlindSample.objects.filter(case_id=case.id).order_by("-version").first()
    members = sample_members(sample) if sample is not None else {}
    decided = {content for content, each in standings.items() if each.code or each.unsure}
    return frozenset(contents) & members.keys() - decided


def votes_of(contents: Iterable[bytes]) -> dict[bytes, dict[str, str]]:
    """Return the votes of the whole force on contents: one for each officer.

    Whoever voted two ways in two cases votes for both, and so agrees with nobody.
    """
    found: dict[bytes, dict[str, str]] = {}
    for each in Standing.objects.filter(sha256__in=list(contents)):
        votes = found.setdefault(bytes(each.sha256), {})
        for officer, code in msgspec.json.decode(each.votes, type=dict[str, str]).items():
            votes[officer] = code if votes.get(officer, code) == code else f"{officer}:both"
    return found


def locally_agreed(contents: Iterable[bytes]) -> frozenset[bytes]:
    """Return of which contents three of the force's officers say the same, and none otherwise."""
    return frozenset(content for content, votes in votes_of(contents).items() if is_agreed(votes))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a review is.

    Args:
        total: Items that the strategy covers and no digest settles.
        decided: Of them, how many an officer decided.
        found: Items that it covers, of the category that the stop point counts; undisputed.
        candidates: First-generation candidates that nobody decided yet.
        is_reached: Whether the agreed stop point is reached.
    """

    total: int
    decided: int
    found: int
    candidates: int
    is_reached: bool

    @property
    def text(self) -> str:
        """In words."""
        told = f"{self.decided:,} of {self.total:,}"
        if self.decided >= self.total:
            return f"{told}, all of it"
        return f"{told}, stopped by agreement" if self.is_reached else told


def strategy_list(access: CaseAccess) -> list[Strategy]:
    """Return all versions of a case's strategy, the one that holds first."""
    return list(Strategy.objects.filter(case_id=access.case.id).order_by("-version"))


def progress_of(access: CaseAccess, strategy: Strategy | None) -> Progress:
    """Return how far a review is by its strategy; by everything where there is none."""
    rows = _covered(access, strategy)
    to_do = rows.filter(settled=0)
    counted = to_do.aggregate(
        total=Count("pk"),
        decided=Count("pk", filter=Q(state__in=[int(state) for state in _DONE])),
    )
    found = candidates = 0
    is_reached = counted["decided"] >= counted["total"]
    if strategy is not None and not strategy.is_everything:
        if strategy.stop_code:
            number = grade_number(strategy.scheme, strategy.stop_code)
            found = rows.filter(grade=number, state=int(ItemState.GRADED)).count()
        waiting = to_do.exclude(state__in=[int(state) for state in _DONE])
        candidates = waiting.filter(first_generation__gte=FIRST_GENERATION_LEAST).count()
        has_enough = found >= strategy.stop_count if strategy.stop_code else True
        has_all = not candidates if strategy.stop_first_generation else True
        is_ruled = bool(strategy.stop_code) or strategy.stop_first_generation
        is_reached = is_reached or (is_ruled and has_enough and has_all)
    return Progress(counted["total"], counted["decided"], found, candidates, is_reached)


def _covered(access: CaseAccess, strategy: Strategy | None) -> "QuerySet[Item]":
    rows = Item.objects.filter(review_set__case_id=access.case.id, is_present=True)
    if strategy is None:
        return rows
    kinds = msgspec.json.decode(strategy.kinds, type=list[int])
    exhibits = msgspec.json.decode(strategy.exhibits, type=list[UUID])
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if exhibits:
        packages = Package.objects.filter(case_id=access.case.id, exhibit_id__in=exhibits)
        ranges = Q(pk__in=[])
        for number in packages.values_list("number", flat=True):
            ranges |= Q(id__range=rows_of(number))
        rows = rows.filter(Exists(ItemPlace.objects.filter(ranges, item=OuterRef("pk"))))
    return rows


def proposal_counts(access: CaseAccess) -> list[tuple[str, int]]:
    """Return how many proposals of a case wait, by their category."""
    rows = Proposal.objects.filter(case_id=access.case.id, state=ProposalState.OPEN.value)
    counted = rows.order_by().values_list("code").annotate(many=Count("pk"))
    return sorted(counted)


def proposal_list(
    access: CaseAccess, *, code: str, most: int
) -> list[tuple[Proposal, Item | None]]:  # fmt: skip
    """Return proposals of a case that wait, of one category or of all, with their items."""
    rows = Proposal.objects.filter(case_id=access.case.id, state=ProposalState.OPEN.value)
    if code:
        rows = rows.filter(code=code)
    found = list(rows.order_by("code", "sha256", "pk")[:most])
    items = _items_by(access, [bytes(each.sha256) for each in found])
    return [(row, items.get(bytes(row.sha256))) for row in found]


def schedule_list(access: CaseAccess) -> list[FrozenSchedule]:
    """Return the served schedules of a case, the last one first, without their rows."""
    rows = FrozenSchedule.objects.filter(case_id=access.case.id).order_by("-version")
    return list(rows.defer("rows"))
