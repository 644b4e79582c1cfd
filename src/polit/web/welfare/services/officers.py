"""What officers set for themselves, and what they are told of how cases went on."""

from collections.abc import Collection
from uuid import UUID

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.base.text import says_something
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services.notices import notice_put
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor, check_in_act
from polit.web.welfare.models import OptOut, Outcome, ReviewSession, WelfareProfile
from polit.web.welfare.rules import KINDS, current_policy


def settings_change(actor: Actor, *, limit_s: int | None, idle_s: int | None) -> WelfareProfile:
    """Set one's own limit of a day, lower than the force's, and when everything is covered.

    Raises:
        UsageError: The limit is none that lowers the force's, or the idle time is out of range.
    """
    policy = current_policy()
    if limit_s is not None and not 0 < limit_s <= policy.stop_s:
        raise UsageError(f"a limit is at most {policy.stop_s // 60} minutes a day")
    if idle_s is not None and not policy.idle_least_s <= idle_s <= policy.idle_most_s:
        raise UsageError(
            f"cover everything after {policy.idle_least_s} to {policy.idle_most_s} seconds"
        )
    with act(actor, "welfare.settings_change", reason="One's own settings") as deed:
        profile = profile_keep(UUID(actor.actor_id))
        profile.limit_s, profile.idle_s = limit_s, idle_s
        profile.save()
        deed.about("welfare_profile", profile.id)
    return profile


def opt_outs_set(actor: Actor, *, codes: Collection[str]) -> WelfareProfile:
    """Set what one does not want to see from now on. No reason is asked, and none is kept.

    Args:
        actor: The officer.
        codes: Codes of lanes, and ``kind:`` with a kind. The audit keeps that something was
            changed, not what.

    Raises:
        UsageError: A code is unknown.
    """
    known = {each.code for each in current_policy().lanes} | {f"kind:{kind}" for kind in KINDS}
    wanted = set(codes)
    if not wanted <= known:
        raise UsageError("choose lanes and kinds from the list")
    with act(actor, "welfare.opt_outs_set", reason="One's own choice") as deed:
        officer_id = UUID(actor.actor_id)
        profile = profile_keep(officer_id)
        rows = OptOut.objects.filter(officer_id=officer_id, ended_at=None)
        held = set(rows.values_list("code", flat=True))
        rows.filter(code__in=held - wanted).update(ended_at=now_utc())
        for code in sorted(wanted - held):
            OptOut(officer_id=officer_id, code=code).save()
        deed.about("opt_outs", actor.actor_id)
    return profile


def induction_end(actor: Actor, *, officer_id: UUID, reason: str) -> WelfareProfile:
    """End somebody's induction early: they did this work before."""
    with act(actor, "welfare.induction_end", reason=reason) as deed:
        profile = profile_keep(officer_id)
        profile.is_inducted = True
        profile.save()
        deed.about("user", officer_id)
    return profile


def outcome_tell(actor: Actor, *, case: CaseLike, text: str, reason: str) -> int:
    """Tell those who reviewed a case how it went on; return how many.

    Args:
        actor: Who tells it.
        case: The case.
        text: What; no name of a child.
        reason: Why.

    Raises:
        UsageError: It says nothing, or more than 500 characters.
    """
    if not says_something(text) or len(text) > 500:
        raise UsageError("say how it went on, in at most 500 characters")
    with act(actor, "welfare.outcome", reason=reason, case=case, nature=Nature.DISCLOSURE) as deed:
        Outcome(case_id=case.id, text=text, by=actor.name).save()
        told = outcome_case_ended(case=case, what="has news of how it went on")
        deed.about("outcome", case.id, told=told)
    return told


def outcome_case_ended(*, case: CaseLike, what: str) -> int:
    """Tell those who reviewed a case that it went on, as part of the act of another service.

    Args:
        case: The case.
        what: Such as ``was closed`` or ``led to a child being safeguarded``; no name.

    Returns:
        How many were told.
    """
    check_in_act()
    rows = ReviewSession.objects.filter(case_id=case.id).order_by()
    officers = sorted(set(rows.values_list("officer_id", flat=True)))
    for officer_id in officers:
        text = f"Case {case.reference}, in which you reviewed, {what}. Your work was part of it."
        notice_put(user_id=officer_id, text=text, link="/welfare/")
    return len(officers)


def tell_case_moved(*, case: Case, action: str, **_rest: object) -> None:
    """Tell those who reviewed a case that it was taken to court or closed."""
    what = {"take_to_court": "was taken to court", "close": "was closed"}.get(action)
    if what is not None:
        outcome_case_ended(case=case, what=what)


def tell_tasks_done(*, case: CaseLike, **_rest: object) -> None:
    """Tell those who reviewed a case that its safeguarding tasks are done."""
    outcome_case_ended(case=case, what="led to safeguarding work, all of which is done")


def profile_keep(officer_id: UUID) -> WelfareProfile:
    """Return a person's profile, made where there is none, locked until the act ends."""
    found = WelfareProfile.objects.select_for_update().filter(officer_id=officer_id).first()
    if found is None:
        found = WelfareProfile(officer_id=officer_id)
        found.save()
    return found
