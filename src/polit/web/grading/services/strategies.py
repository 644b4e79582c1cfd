"""Writes down what was agreed of a case's review; settles what officers dispute."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from polit.base.canonical import canonical_json
from polit.base.errors import DecisionRefused, UsageError
from polit.base.text import says_something
from polit.web.audit.services import act
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.grading.category_schemes import categories_of, category_ref
from polit.web.grading.models import Standing, Strategy
from polit.web.grading.queries.histories import scheme_of
from polit.web.grading.rules import Change, DecisionKind, Rung
from polit.web.grading.services.deciding import rulings_of
from polit.web.grading.services.held import items_at, review_set_hold, rungs_of
from polit.web.grading.services.recording import Hand, Recorded, rulings_record


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed.

    Args:
        scheme: The category scheme, as ``scheme/version``.
        stop: The stop point, in words.
        agreed_by: Who agreed it.
        agreed_on: When.
        exhibits: Which exhibits; empty for all.
        kinds: Kinds of media by their numbers; empty for all.
        stop_code: The category that the stop point counts, as a code of the scheme.
        stop_count: Until so many of it.
        stop_first_generation: Whether every first-generation candidate must be decided.
        is_everything: Whether everything is reviewed.
        second_percent: How much falls to a random second review.
    """

    scheme: str
    stop: str
    agreed_by: str
    agreed_on: date
    exhibits: tuple[UUID, ...] = ()
    kinds: tuple[int, ...] = ()
    stop_code: str = ""
    stop_count: int = 0
    stop_first_generation: bool = False
    is_everything: bool = False
    second_percent: int = 0


def strategy_agree(
    actor: Actor, *, reason: str, access: CaseAccess, agreed: Agreed
) -> Strategy:  # fmt: skip
    """Keep a further version of a case's strategy.

    Raises:
        UsageError: It says no stop point, or the scheme may not change any more.
    """
    categories_of(agreed.scheme)
    _check_stop(agreed)
    with act(actor, "grading.agree", reason=reason, case=access.case) as deed:
        rows = Strategy.objects.select_for_update().filter(case_id=access.case.id)
        last = rows.order_by("-version").first()
        _check_scheme(access, agreed)
        kept = Strategy(
            case_id=access.case.id, version=last.version + 1 if last else 1,
            scheme=agreed.scheme, stop=agreed.stop, agreed_by=agreed.agreed_by,
            exhibits=canonical_json([str(each) for each in agreed.exhibits]).decode(),
            kinds=canonical_json(list(agreed.kinds)).decode(), agreed_on=agreed.agreed_on,
            stop_code=category_ref(agreed.scheme, agreed.stop_code),
            stop_count=agreed.stop_count,
            stop_first_generation=agreed.stop_first_generation,
            is_everything=agreed.is_everything, second_percent=agreed.second_percent,
            by_name=actor.name,
        )  # fmt: skip
        kept.save()
        deed.about("strategy", kept.id, version=kept.version, scheme=kept.scheme,
                   second_percent=kept.second_percent, agreed_by=kept.agreed_by)  # fmt: skip
    return kept


def dispute_settle(
    actor: Actor, *, reason: str, access: CaseAccess, place: int, code: str
) -> Recorded:  # fmt: skip
    """Say which category a content has that officers dispute or are unsure of.

    All their votes stay; the next vote may dispute it again.

    Args:
        actor: Who settles it.
        reason: Why.
        access: The case.
        place: The item.
        code: A code of the case's scheme.

    Raises:
        DecisionRefused: It is not disputed, or the case is frozen.
    """
    with transaction.atomic():
        (item,) = items_at(access.case, [place])
        held = review_set_hold(access.case, [bytes(item.sha256)])
        change = Change(category_ref(held.scheme, code))
        kind = DecisionKind.SETTLE
        rung = rungs_of(actor, access.case, [item]).get(bytes(item.sha256), Rung.TILE)
        rulings = rulings_of(actor, access.case, [(item, change)], kind=kind, rung=rung)
        before = rulings[0].before
        if not change.code or before is None or not (before.is_disputed or before.unsure):
            raise DecisionRefused("nothing", "there is nothing to settle: load the page again")
        return rulings_record(Hand(actor, access, kind, reason=reason), held, rulings)


def _check_scheme(access: CaseAccess, agreed: Agreed) -> None:
    before = scheme_of(access.case)
    graded = Standing.objects.filter(case_id=access.case.id).exclude(code="").exists()
    if before != agreed.scheme and graded:
        raise UsageError(
            f"scheme: what is graded is graded by {before}: it stays while a grade stands"
        )


def _check_stop(agreed: Agreed) -> None:
    if not says_something(agreed.stop) or not says_something(agreed.agreed_by):
        raise UsageError("stop: say when the review stops, and who agreed it")
    if bool(agreed.stop_code) != bool(agreed.stop_count):
        raise UsageError("stop: name a category and until how many of it, or neither")
    if not 0 <= agreed.second_percent <= 100 or agreed.stop_count < 0:
        raise UsageError("second review: from 0 to 100 percent")
