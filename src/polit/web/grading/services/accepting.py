"""Accepts or declines what other cases propose, each content as a decision of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from polit.base.errors import DecisionRefused
from polit.web.audit.services import act
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.grading.models import Proposal
from polit.web.grading.rules import Change, DecisionKind, ProposalState, Rung, check_places
from polit.web.grading.services.deciding import rulings_of
from polit.web.grading.services.held import review_set_hold
from polit.web.grading.services.proposing import proposals_show
from polit.web.grading.services.recording import Hand, Recorded, rulings_record
from polit.web.items.models import Item

_OPEN = ProposalState.OPEN.value


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which proposals are meant.

    Args:
        proposals: Their identifiers.
        was_shown: Whether a large batch was shown before.
    """

    proposals: Sequence[UUID]
    was_shown: bool = False


def proposals_accept(
    actor: Actor, *, access: CaseAccess, chosen: Chosen, reason: str
) -> Recorded:  # fmt: skip
    """Decide as other cases did, on the contents that they propose.

    Raises:
        DecisionRefused: None is open any more, two of them speak of one content, or the case is
            frozen.
    """
    check_places(len(chosen.proposals), was_shown=chosen.was_shown)
    with transaction.atomic():
        contents = [bytes(each.sha256) for each in _open(access, chosen)]
        held = review_set_hold(access.case, contents)
        rows = _open(access, chosen)
        codes = {bytes(each.sha256): each.code for each in rows}
        if not rows or len(codes) < len({(bytes(each.sha256), each.code) for each in rows}):
            raise DecisionRefused(
                "nothing", "these proposals wait no longer, or contradict each other: look again"
            )
        items = Item.objects.filter(review_set=held.review_set, sha256__in=list(codes))
        wanted = [(each, Change(codes[bytes(each.sha256)])) for each in items.order_by("pk")]
        kind = DecisionKind.ACCEPT
        rulings = rulings_of(actor, access.case, wanted, kind=kind, rung=Rung.COPY)
        return rulings_record(Hand(actor, access, kind, reason=reason), held, rulings)


def proposals_decline(actor: Actor, *, access: CaseAccess, chosen: Chosen, reason: str) -> int:
    """Decline what other cases propose: nothing is decided here.

    Returns:
        How many proposals that were.

    Raises:
        DecisionRefused: None is open any more, or the case is frozen.
    """
    check_places(len(chosen.proposals), was_shown=True)
    with transaction.atomic():
        held = review_set_hold(access.case)
        rows = _open(access, chosen)
        if not rows:
            raise DecisionRefused("nothing", "these proposals wait no longer: load the page again")
        with act(actor, "grading.decline", reason=reason, case=access.case,
                 purpose=access.purpose.value) as deed:  # fmt: skip
            for row in rows:
                row.state = ProposalState.DECLINED.value
                row.save(update_fields=["state"])
            proposals_show(held.review_set, [bytes(row.sha256) for row in rows])
            deed.about("proposals", str(len(rows)), proposals=[str(row.id) for row in rows])
    return len(rows)


def _open(access: CaseAccess, chosen: Chosen) -> list[Proposal]:
    rows = Proposal.objects.filter(case_id=access.case.id, pk__in=chosen.proposals, state=_OPEN)
    return list(rows.order_by("pk"))
