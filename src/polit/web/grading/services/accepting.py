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
from polit.web.grading.rules import (
    MOST_PLACES,
    Change,
    DecisionKind,
    ProposalState,
    Rung,
    check_places,
)
from polit.web.grading.services.deciding import rulings_of
from polit.web.grading.services.held import review_set_hold
from polit.web.grading.services.proposing import proposals_show
from polit.web.grading.services.recording import Hand, Recorded, rulings_record
from polit.web.items.models import Item
from polit.web.items.queries.blocked import item_shown

_OPEN = ProposalState.OPEN.value
_BATCH = 500
MOST_AT_ONCE = 5_000
"""Contents that one request accepts: some ten seconds."""


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
        items = Item.objects.filter(
            item_shown(), review_set=held.review_set, sha256__in=list(codes)
        )
        wanted = [(each, Change(codes[bytes(each.sha256)])) for each in items.order_by("pk")]
        kind = DecisionKind.ACCEPT
        rulings = rulings_of(actor, access.case, wanted, kind=kind, rung=Rung.COPY)
        return rulings_record(Hand(actor, access, kind, reason=reason), held, rulings)


def proposals_accept_all(
    actor: Actor, *, access: CaseAccess, code: str, reason: str
) -> int:  # fmt: skip
    """Accept what waits and is not contradicted, in batches of one transaction each.

    What is done stays done if a later batch is refused.

    Args:
        actor: The officer.
        access: The case.
        code: Of which category, as ``CategoryRef.text`` has it; empty for all.
        reason: Why.

    Returns:
        How many contents were decided; at most ``MOST_AT_ONCE``, then it is asked for again.

    Raises:
        DecisionRefused: Nothing waits that could be accepted, or the case is frozen.
    """
    rows = Proposal.objects.filter(case_id=access.case.id, state=_OPEN).order_by("sha256", "pk")
    by_content: dict[bytes, list[tuple[UUID, str]]] = {}
    for pk, content, proposed in rows.values_list("pk", "sha256", "code").iterator():
        by_content.setdefault(bytes(content), []).append((pk, proposed))
    agreed = [
        [pk for pk, _ in each] for each in by_content.values()
        if len({proposed for _, proposed in each}) == 1 and (not code or each[0][1] == code)
    ][:MOST_AT_ONCE]  # fmt: skip
    if not agreed:
        raise DecisionRefused("nothing", "no proposal waits that others do not contradict")
    done = 0
    for first in range(0, len(agreed), _BATCH):
        some = [pk for each in agreed[first : first + _BATCH] for pk in each][:MOST_PLACES]
        chosen = Chosen(some, was_shown=True)
        done += len(proposals_accept(actor, access=access, chosen=chosen, reason=reason).items)
    return done


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
