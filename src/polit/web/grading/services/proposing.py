"""Tells other cases that an exact copy was graded: proposals, of which nothing follows by itself.

Which case it was is told to nobody: who may read one case need not know that another exists.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.access import CaseLike
from polit.web.core.acting import SYSTEM, Actor
from polit.web.grading.category_schemes import grade_number
from polit.web.grading.models import Proposal
from polit.web.grading.queries.histories import scheme_of, standings_of, values_read
from polit.web.grading.rules import FROZEN, ProposalState, Values, state_of
from polit.web.grading.services.held import Held
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import ItemState, place_of
from polit.web.items.services import items_mark

_REASON = "An exact copy was decided in another case"
_REOPENED = "The case is open again: proposals that came meanwhile wait"
_DECLINED = ProposalState.DECLINED.value
_AT_ONCE = 1_000
_OPEN, _WITHDRAWN = ProposalState.OPEN.value, ProposalState.WITHDRAWN.value


class Ruled(Protocol):
    """What is asked of what was decided."""

    @property
    def sha256(self) -> bytes:
        """The content."""

    @property
    def after(self) -> Values:
        """What stands."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A grade that a case gave, for another case's item.

    Args:
        item: The other case's item.
        origin_id: The case that gave it.
        code: The category; empty where it stands no longer.
    """

    item: Item
    origin_id: UUID
    code: str

    @property
    def key(self) -> tuple[bytes, UUID]:
        """What makes it one proposal of its case."""
        return bytes(self.item.sha256), self.origin_id


def proposed_here(case: CaseLike, rulings: Sequence[Ruled]) -> frozenset[bytes]:
    """Have a case's own proposals follow what it decides itself; within the act.

    What gets a category is accepted or declined thereby, and what was accepted and has no
    category any more is open again.

    Returns:
        The contents for which a proposal is open after it.
    """
    after = {each.sha256: each.after for each in rulings}
    rows = list(Proposal.objects.filter(case_id=case.id, sha256__in=list(after)))
    found = set()
    for row in rows:
        content = bytes(row.sha256)
        code = after[content].code
        state = row.state
        if code and state == _OPEN:
            state = (ProposalState.ACCEPTED if code == row.code else ProposalState.DECLINED).value
        elif not code and state == ProposalState.ACCEPTED:
            state = _OPEN
        if state != row.state:
            row.state = state
            row.save(update_fields=["state"])
        if state == _OPEN:
            found.add(content)
    return frozenset(found)


def proposals_follow(held: Held, rulings: Sequence[Ruled]) -> None:
    """Offer what was decided to the cases that hold exact copies; within the act."""
    after = {each.sha256: each.after for each in rulings}
    by_set: dict[int, list[Offer]] = {}
    for item in held.copies:
        values = after[bytes(item.sha256)]
        is_sure = not values.is_disputed and not values.unsure
        offer = Offer(item, held.case.id, values.code if is_sure else "")
        by_set.setdefault(item.review_set_id, []).append(offer)
    for offers in by_set.values():
        proposals_offer(offers[0].item.review_set, offers)


def proposals_offer(review_set: ReviewSet, offers: Iterable[Offer]) -> int:
    """Offer grades to a case whose set is held; return how many proposals changed.

    A grade of another scheme is offered to nobody: no scheme is turned into another.
    """
    case = review_set.case
    scheme = scheme_of(case)
    wanted = {
        offer.key: offer for offer in offers
        if not offer.code or grade_number(scheme, offer.code)
    }  # fmt: skip
    contents = [sha256 for sha256, _ in wanted]
    kept = {
        (bytes(row.sha256), row.origin_id): row
        for row in Proposal.objects.filter(case_id=case.id, sha256__in=contents)
    }
    changed = [
        row for key, offer in wanted.items() if (row := _changed(kept.get(key), offer, case))
    ]
    if not changed:
        return 0
    with act(SYSTEM, "grading.propose", reason=_REASON, case=case) as deed:
        for row in changed:
            row.save()
        deed.about("proposals", str(len(changed)), proposals=len(changed))
        if case.status not in FROZEN:
            _mark(review_set, [wanted[bytes(row.sha256), row.origin_id].item for row in changed])
    return len(changed)


def proposals_show(review_set: ReviewSet, contents: Sequence[bytes]) -> None:
    """Show on a held set's items where a proposal waits; within the act that changed it."""
    _mark(review_set, list(Item.objects.filter(review_set=review_set, sha256__in=contents)))


def proposals_wait_again(case: Case, actor: Actor, **_sent: object) -> None:
    """Show on a reopened case's items which proposals came while it was frozen; within the act."""
    review_set = ReviewSet.objects.filter(case_id=case.pk).first()
    if case.status in FROZEN or review_set is None:
        return
    review_set.case = case
    rows = Proposal.objects.filter(case_id=case.pk).exclude(state=_DECLINED)
    contents = [bytes(each) for each in rows.values_list("sha256", flat=True).distinct()]
    for first in range(0, len(contents), _AT_ONCE):
        some = contents[first : first + _AT_ONCE]
        with act(actor, "grading.propose", reason=_REOPENED, case=case) as deed:
            proposals_show(review_set, some)
            deed.about("proposals", str(len(some)), proposals=len(some))


def _changed(kept: Proposal | None, offer: Offer, case: CaseLike) -> Proposal | None:
    """Return the proposal as it must stand, ``None`` where it does already."""
    if kept is None:
        if not offer.code:
            return None
        return Proposal(
            case_id=case.id, origin_id=offer.origin_id, sha256=bytes(offer.item.sha256),
            code=offer.code,
        )  # fmt: skip
    if not offer.code:
        if kept.state != _OPEN:
            return None
        kept.state = _WITHDRAWN
    elif kept.code == offer.code and kept.state != _WITHDRAWN:
        return None
    else:
        kept.code, kept.state = offer.code, _OPEN
    return kept


def _mark(review_set: ReviewSet, items: Sequence[Item]) -> None:
    """Show where a proposal waits, on items that nobody here decided."""
    contents = [bytes(each.sha256) for each in items]
    standings = standings_of(review_set.case, contents)
    rows = Proposal.objects.filter(
        case_id=review_set.case_id, sha256__in=contents, state=_OPEN
    ).values_list("sha256", flat=True)
    waiting = {bytes(each) for each in rows}
    groups: dict[tuple[int, int], list[int]] = {}
    for item in items:
        content = bytes(item.sha256)
        standing = standings.get(content)
        values = values_read(standing) if standing else Values()
        if values.code or values.unsure or values.is_disputed:
            continue
        state = state_of(values, is_settled=bool(item.settled), is_proposed=content in waiting)
        groups.setdefault((state.value, values.flags), []).append(place_of(item.pk))
    for (state_value, flags), places in groups.items():
        items_mark(
            review_set, places, state=ItemState(state_value), grade=0, flags=flags, graded_by=None
        )
