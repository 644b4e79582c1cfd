"""Sessions: begun with consent, paused, hidden, resumed, ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.base.text import says_something
from polit.web.audit.rules import Nature
from polit.web.audit.services import Deed, act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor, check_in_act
from polit.web.core.rules import Purpose
from polit.web.welfare.models import CheckIn, ReviewSession
from polit.web.welfare.queries import is_new, opt_outs, standing_of, today
from polit.web.welfare.rules import (
    SESSION_STATES,
    EndWhy,
    FlagKind,
    SessionStart,
    SessionState,
    check_may_end,
    check_may_resume,
    check_start,
    current_policy,
)
from polit.web.welfare.services.officers import profile_keep
from polit.web.welfare.services.spans import flag_raise, flags_raise, span_close, span_keep


def session_begin(actor: Actor, *, access: CaseAccess, start: SessionStart) -> ReviewSession:
    """Begin a session; one that was left open, in whatever case, ends where it was left.

    It begins on a break where one is due.

    Raises:
        UsageError: Something cannot be begun so; see ``check_start``.
    """
    now, policy = now_utc(), current_policy()
    purpose = Purpose(start.purpose)
    officer_id = UUID(actor.actor_id)
    with act(
        actor, "welfare.session_begin", reason=purpose.label, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        profile = profile_keep(officer_id)
        is_fresh = is_new(profile, policy, now)
        check_start(start, policy, is_new=is_fresh, opted=opt_outs(officer_id))
        _end_left(officer_id, now)
        before = ReviewSession.objects.filter(officer_id=officer_id, recorded_at__gte=today(now))
        last = before.order_by("-recorded_at").first()
        if profile.began_at is None:
            profile.began_at = now
            profile.save()
        session = ReviewSession(
            officer_id=officer_id, case_id=access.case.id, purpose=purpose.value, lane=start.lane,
            policy=policy.name, consent_version=start.consent_version, consented_at=now,
            limit_s=profile.limit_s if start.limit_s is None else start.limit_s,
            idle_s=start.idle_s or profile.idle_s or policy.idle_s, is_new=is_fresh,
            recorded_at=now, seen_at=now,
        )  # fmt: skip
        if last is not None:
            _carry(session, last, now)
        standing = standing_of(session, now=now)
        if standing.since_break_s >= standing.limits.break_after_s:
            session.state = SessionState.PAUSED.value
        session.save()
        if session.state == SessionState.WORKING.value:
            span_keep(session, now)
        deed.about(
            "review_session", session.id, lane=session.lane, policy=session.policy,
            consent=session.consent_version, limit_s=session.limit_s or 0,
        )  # fmt: skip
    return session


def session_pause(actor: Actor, *, session: ReviewSession) -> ReviewSession:
    """Take a break."""
    with _change(actor, "pause", session, "A break") as (kept, _deed, now):
        span_close(kept, now)
        flags_raise(kept, now)
    return kept


def session_resume(actor: Actor, *, session: ReviewSession) -> ReviewSession:
    """Go on after a break or cooling down.

    Raises:
        UsageError: It is not over.
    """
    with _change(actor, "resume", session, "Back at work") as (kept, _deed, now):
        check_may_resume(standing_of(kept, now=now), now)
        kept.cool_until = None
        span_keep(kept, now)
    return kept


def session_hide(actor: Actor, *, session: ReviewSession) -> ReviewSession:
    """Keep that the officer hid everything at once; nothing is uncovered for a short while."""
    with _change(actor, "hide", session, "Everything hidden") as (kept, deed, now):
        cool(kept, now, kept.rules.cool_after_hide_s)
        kept.hides += 1
        deed.details["hides"] = kept.hides
    return kept


def session_idle(actor: Actor, *, session: ReviewSession) -> ReviewSession:
    """Keep that nobody is there: the time that follows is no work."""
    with _change(actor, "idle", session, "Nobody was there") as (kept, _deed, now):
        span_close(kept, now)
        flags_raise(kept, now)
    return kept


def session_back(actor: Actor, *, session: ReviewSession) -> ReviewSession:
    """Keep that the officer is there again, after nobody was."""
    with _change(actor, "back", session, "Back at the screen") as (kept, _deed, now):
        if kept.state == SessionState.WORKING.value:
            span_keep(kept, now)
    return kept


def session_change_lane(actor: Actor, *, session: ReviewSession, lane: str) -> ReviewSession:
    """Go on in another lane, such as a lighter one before the end.

    Raises:
        UsageError: It is not open to the officer.
    """
    with _change(actor, "change_lane", session, "Another lane") as (kept, deed, now):
        start = SessionStart(lane, kept.purpose, kept.limit_s, None, kept.consent_version)
        opted = opt_outs(kept.officer_id)
        check_start(start, kept.rules, is_new=kept.is_new, opted=opted)
        deed.details["lanes"] = [kept.lane, lane]
        span_close(kept, now)
        kept.lane = lane
        if kept.state == SessionState.WORKING.value:
            span_keep(kept, now)
    return kept


def session_override(actor: Actor, *, session: ReviewSession, reason: str) -> ReviewSession:
    """Go on beyond the limit of the day; a supervisor of the case is told."""
    with _change(actor, "override", session, reason) as (kept, _deed, now):
        kept.override_at, kept.override_reason = now, reason[:500]
        flag_raise(kept, FlagKind.OVERRIDE, now)
    return kept


def session_end(
    actor: Actor, *, session: ReviewSession, passes_over_light: bool = False
) -> ReviewSession:
    """End a session.

    Args:
        actor: The officer.
        session: Which.
        passes_over_light: Whether it ends on the worst lane all the same, because they say so.

    Raises:
        ViewingRefused: ``light_lane``: something lighter comes first.
    """
    with _change(actor, "end", session, "The session is over") as (kept, deed, now):
        why = EndWhy.OFFICER
        if passes_over_light:
            why = EndWhy.LIGHT_LANE_PASSED_OVER
        else:
            check_may_end(standing_of(kept, now=now))
        _end(kept, now, why)
        deed.details["why"] = why.value
    return kept


def session_check_in(actor: Actor, *, session: ReviewSession, text: str) -> CheckIn:
    """Keep how the officer is, in their words; the audit says that they wrote, not what."""
    if not says_something(text):
        raise UsageError("write something, or leave the page")
    with _change(actor, "check_in", session, "A word after the session") as (kept, _deed, _now):
        written = CheckIn(session=kept, text=text)
        written.save()
    return written


def session_lock(session: ReviewSession) -> ReviewSession:
    """Return a session as it stands now, locked until the act ends.

    Raises:
        NoAct: There is no act that it belongs to.
    """
    check_in_act()
    rows = ReviewSession.objects.select_for_update(of=("self",)).select_related("case")
    return rows.get(pk=session.pk)


def session_touch(session: ReviewSession, now: datetime) -> bool:
    """Keep that the officer is there, as their page says; no act: nothing is done or shown.

    Returns:
        Whether that was all; where not, they had been away, and ``session_back`` says it.
    """
    if now - session.seen_at > timedelta(seconds=session.idle_s):
        return False
    ReviewSession.unguarded.filter(pk=session.pk, ended_at=None).update(seen_at=now)
    return True


def cool(session: ReviewSession, now: datetime, seconds: int) -> None:
    """Let nothing be uncovered for a while, as part of an act."""
    until = now + timedelta(seconds=seconds)
    session.cool_until = max(until, session.cool_until or until)
    if session.state == SessionState.WORKING.value:
        session.state = SessionState.COOLING.value
        span_close(session, now)


@contextmanager
def _change(
    actor: Actor, action: str, session: ReviewSession, reason: str
) -> Iterator[tuple[ReviewSession, Deed, datetime]]:
    """Change a session of the actor's own, under its lock, in one act."""
    now = now_utc()
    with act(
        actor, f"welfare.session_{action}", reason=reason, case=session.case,
        purpose=session.purpose, nature=Nature.ALTERATION,
    ) as deed:  # fmt: skip
        rows = ReviewSession.objects.select_for_update(of=("self",)).select_related("officer")
        kept = rows.filter(pk=session.pk, officer_id=UUID(actor.actor_id)).first()
        if kept is None:
            raise UsageError("this is no session of yours")
        before = kept.state
        transitions = {each.action for each in SESSION_STATES.transitions}
        if action in transitions:
            kept.state = SESSION_STATES.check_action(action, before, roles_of(actor)).to
        elif before == SessionState.ENDED.value and action != "check_in":
            raise UsageError("this session has ended: begin another")
        deed.about("review_session", kept.id, lane=kept.lane)
        yield kept, deed, now
        kept.save()
        deed.details["state"] = [before, kept.state]


def _carry(session: ReviewSession, last: ReviewSession, now: datetime) -> None:
    """Take along what cooling down is due from the session before: another one is no way out."""
    session.heavy_views = last.heavy_views
    if last.cool_until is not None and last.cool_until > now:
        session.cool_until, session.state = last.cool_until, SessionState.COOLING.value


def _end_left(officer_id: UUID, now: datetime) -> None:
    for left in ReviewSession.objects.filter(officer_id=officer_id, ended_at=None):
        _end(left, now, EndWhy.LEFT)
        left.save()


def _end(session: ReviewSession, now: datetime, why: EndWhy) -> None:
    span_close(session, now)
    at = session.seen_at if why is EndWhy.LEFT else now
    flags_raise(session, at)
    session.state = SessionState.ENDED.value
    session.ended_at, session.end_why = at, why.value
