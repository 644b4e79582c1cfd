"""The pages of a session: consent and begin, what holds now, another lane, the end."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from polit.base.clock import now_utc
from polit.base.errors import UsageError, ViewingRefused
from polit.web.accounts.models import User
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.core.acting import Actor, actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.forms import GovukForm
from polit.web.welfare.forms import CheckInForm, LaneForm, OverrideForm, SessionForm
from polit.web.welfare.models import ReviewSession
from polit.web.welfare.papers import minutes_text
from polit.web.welfare.queries import (
    break_until,
    is_new,
    opt_outs,
    profile_of,
    session_current,
    session_last,
    session_open,
    standing_of,
)
from polit.web.welfare.rules import (
    REVIEWING,
    Lane,
    can_end,
    can_resume,
    current_policy,
    view_refusal,
)
from polit.web.welfare.services import (
    session_begin,
    session_change_lane,
    session_check_in,
    session_end,
    session_override,
    session_pause,
    session_resume,
)

_BOTH = ("GET", "POST")


@access(REVIEWING, methods=_BOTH)
def session(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the session that runs; where none does, say what holds and begin one."""
    granted, user = case_access_of(request), user_of(request)
    running = session_current(user, granted.case)
    if running is not None:
        return render(request, "welfare/session.html", _shown(granted, running))
    policy = current_policy()
    form = SessionForm(sent(request), policy=policy, lanes=lanes_open(user))
    if form.is_valid():
        begun = attempt(form, lambda: session_begin(
            actor_of(request), access=granted, start=form.start()
        ))  # fmt: skip
        if begun is not None:
            return redirect(gallery_url(case_id))
    other = session_open(user.pk)
    shown = {
        "case": granted.case,
        "other": other,
        "policy": policy,
        "form": form,
        "is_new": is_new(profile_of(user.pk), policy, now_utc()),
        "stop": minutes_text(policy.induction_stop_s),
    }
    return render(request, "welfare/begin.html", shown)


@access(REVIEWING, methods=_BOTH)
def session_act(request: HttpRequest, case_id: UUID, session_action: str) -> HttpResponse:
    """Pause, resume, change the lane, go on beyond the limit, or end."""
    step = _STEPS.get(session_action)
    if step is None:
        raise Http404
    granted = case_access_of(request)
    running = session_current(user_of(request), granted.case)
    if running is None:
        return redirect("welfare:session", case_id)
    form = step.form_of(request, running)
    if form.is_valid():
        done = attempt(form, lambda: step.do(actor_of(request), running, form))
        if done == "ended":
            return redirect("welfare:check_in", case_id)
        if done:
            return redirect("welfare:session", case_id)
    shown = _shown(granted, running) | {"form": form, "heading": step.heading, "step": step}
    return render(request, "welfare/session_act.html", shown)


@access(REVIEWING, methods=_BOTH)
def check_in(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask how it was, after a session; nobody has to answer."""
    granted = case_access_of(request)
    last = session_last(user_of(request), case_id, now_utc())
    form = CheckInForm(sent(request))
    if last is not None and form.is_valid():
        text = form.cleaned_data["text"]
        done = attempt(form, lambda: session_check_in(actor_of(request), session=last, text=text))
        if done:
            return redirect("welfare:own")
    shown = {"case": granted.case, "form": form, "last": last}
    return render(request, "welfare/check_in.html", shown)


def lanes_open(user: User) -> list[Lane]:
    """Return the lanes that a person may begin in, in the force's order."""
    policy = current_policy()
    newcomer = is_new(profile_of(user.pk), policy, now_utc())
    opted = opt_outs(user.pk)
    return [
        each
        for each in policy.lanes
        if each.code not in opted and (each.in_induction or not newcomer)
    ]


def gallery_url(case_id: UUID) -> str:
    """Return where a session leads: to the gallery."""
    try:
        return reverse("review:gallery", kwargs={"case_id": case_id})
    except NoReverseMatch:
        return reverse("welfare:session", kwargs={"case_id": case_id})


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing that is done with a session."""

    heading: str
    text: str
    action: str

    def form_of(self, request: HttpRequest, running: ReviewSession) -> GovukForm:
        """Return the form that asks for it."""
        if self.action == "lane":
            initial = {"lane": running.rules.light_lane.code}
            return LaneForm(sent(request), lanes=lanes_open(user_of(request)), initial=initial)
        kind = {"override": OverrideForm}.get(self.action, _BUTTONS.get(self.action, GovukForm))
        return kind(sent(request))

    def do(self, actor: Actor, running: ReviewSession, form: GovukForm) -> str:
        """Do it."""
        said = form.cleaned_data
        if self.action == "pause":
            session_pause(actor, session=running)
        elif self.action == "resume":
            session_resume(actor, session=running)
        elif self.action == "lane":
            session_change_lane(actor, session=running, lane=said["lane"])
        elif self.action == "override":
            session_override(actor, session=running, reason=said["reason"])
        else:
            _end(actor, running, passes_over=self.action == "leave")
            return "ended"
        return "done"


class _PauseForm(GovukForm):
    button = "Take a break"


class _ResumeForm(GovukForm):
    button = "Go on"


class _EndForm(GovukForm):
    button = "End the session"


class _LeaveForm(GovukForm):
    button = "End all the same"
    warns = True


_BUTTONS: dict[str, type[GovukForm]] = {
    "pause": _PauseForm, "resume": _ResumeForm, "finish": _EndForm, "leave": _LeaveForm,
}  # fmt: skip
_STEPS = {
    "pause": _Step("Take a break", "Everything is covered. Time on a break is not counted.",
                   "pause"),
    "resume": _Step("Go on", "", "resume"),
    "lane": _Step("Another lane", "What you have seen stays counted.", "lane"),
    "override": _Step("Go on beyond the limit of your day",
                      "The reason is recorded, and a supervisor of the case is told.", "override"),
    "finish": _Step("End the session", "", "finish"),
    "leave": _Step("End on this lane all the same",
                   "It is better to see something lighter before you go. It is your decision.",
                   "leave"),
}  # fmt: skip


def _end(actor: Actor, running: ReviewSession, *, passes_over: bool) -> None:
    try:
        session_end(actor, session=running, passes_over_light=passes_over)
    except ViewingRefused as refused:
        raise UsageError(str(refused)) from refused


def _shown(granted: CaseAccess, running: ReviewSession) -> dict[str, object]:
    now = now_utc()
    standing = standing_of(running, now=now)
    limits = standing.limits
    return {
        "case": granted.case,
        "session": running,
        "worked": minutes_text(standing.worked_s),
        "warn": minutes_text(limits.warn_s),
        "stop": minutes_text(limits.stop_s),
        "is_warned": standing.worked_s >= limits.warn_s,
        "since_break": minutes_text(standing.since_break_s),
        "break_after": minutes_text(limits.break_after_s),
        "break_until": break_until(running, now),
        "refused": view_refusal(standing, now),
        "may_resume": can_resume(standing, now),
        "may_end": can_end(standing),
        "gallery_url": gallery_url(granted.case.id),
    }
