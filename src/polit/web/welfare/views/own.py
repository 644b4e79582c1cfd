"""One's own page: figures, limits, opt-outs, the record. Nobody else's is at any address."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.rules import Role
from polit.web.welfare import queries, services
from polit.web.welfare.bars import CHART_HEIGHT, CHART_WIDTH, week_bars
from polit.web.welfare.forms import OptOutForm, SettingsForm
from polit.web.welfare.papers import minutes_text, record_pdf
from polit.web.welfare.queries import PICTURE_RUNGS
from polit.web.welfare.rules import KIND_LABELS, OWN, current_policy

_BOTH = ("GET", "POST")
_WEEKS = {"4": 4, "12": 12, "52": 52}
_DEFAULT_WEEKS = 12


@access(OWN)
def own(request: HttpRequest) -> HttpResponse:
    """Show a person what they were exposed to, and what holds for them."""
    user, now, policy = user_of(request), now_utc(), current_policy()
    profile = queries.profile_of(user.pk)
    chosen = queries.opt_outs(user.pk)
    newcomer = queries.is_new(profile, policy, now)
    bars = week_bars(queries.week_counts(user, weeks=_DEFAULT_WEEKS, now=now))
    shown = {
        "periods": [
            (each, minutes_text(each.worked_s), minutes_text(each.shown_ms // 1000))
            for each in queries.period_list(user, now)
        ],
        "bars": bars,
        "chart": {"width": CHART_WIDTH, "height": CHART_HEIGHT},
        "all_time": queries.hv_of_officer(user),
        "running": queries.session_open(user.pk),
        "outcomes": queries.outcome_list(user),
        "check_ins": queries.check_in_list(user),
        "limit": minutes_text(_limit(profile.limit_s if profile else None, newcomer=newcomer)),
        "idle_s": (profile.idle_s if profile else None) or policy.idle_s,
        "policy": policy,
        "break_after": minutes_text(policy.break_after_s),
        "break": minutes_text(policy.break_s),
        "is_new": newcomer,
        "opted": [label for code, label in _labels() if code in chosen],
        "supervises": Role.SUPERVISOR in user.roles,
    }
    return render(request, "welfare/own.html", shown)


@access(OWN, methods=_BOTH)
def settings(request: HttpRequest) -> HttpResponse:
    """Set one's own limit and idle time."""
    initial = SettingsForm.initial_of(queries.profile_of(user_of(request).pk))
    form = SettingsForm(sent(request), initial=initial)
    if form.is_valid():
        minutes = form.cleaned_data["limit_min"]
        done = attempt(form, lambda: services.settings_change(
            actor_of(request), limit_s=None if minutes is None else minutes * 60,
            idle_s=form.cleaned_data["idle_s"],
        ))  # fmt: skip
        if done:
            messages.success(request, "Your limits are kept. They hold from your next session.")
            return redirect("welfare:own")
    return render(request, "welfare/settings.html", {"form": form})


@access(OWN, methods=_BOTH)
def opt_outs(request: HttpRequest) -> HttpResponse:
    """Set what one does not want to see."""
    policy = current_policy()
    initial = {"codes": sorted(queries.opt_outs(user_of(request).pk))}
    form = OptOutForm(sent(request), policy=policy, initial=initial)
    if form.is_valid():
        codes = form.cleaned_data["codes"]
        if attempt(form, lambda: services.opt_outs_set(actor_of(request), codes=codes)):
            messages.success(request, "Kept. It holds from now on.")
            return redirect("welfare:own")
    return render(request, "welfare/opt_outs.html", {"form": form})


@access(OWN)
def record(request: HttpRequest) -> HttpResponse:
    """Show the exposure record, session by session."""
    since, until, weeks = _asked(request)
    rows = queries.session_record(user_of(request), since=since, until=until)
    shown = {
        "rows": [(each, minutes_text(each.worked_s), minutes_text(each.shown_ms // 1000),
                  -(-each.audio_ms // 1000)) for each in rows],
        "rungs": [rung.label for rung in PICTURE_RUNGS],
        "weeks": weeks,
        "choices": list(_WEEKS),
    }  # fmt: skip
    return render(request, "welfare/record.html", shown)


@access(OWN)
def record_paper(request: HttpRequest) -> HttpResponse:
    """Hand out the exposure record as PDF, once that is recorded."""
    since, until, _weeks = _asked(request)
    services.record_print(actor_of(request), since=since, until=until)
    response = HttpResponse(
        record_pdf(user_of(request), since=since, until=until), content_type="application/pdf"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="exposure-record.pdf"'
    return response


def _asked(request: HttpRequest) -> tuple[datetime, datetime, int]:
    weeks = _WEEKS.get(request.GET.get("weeks", ""), _DEFAULT_WEEKS)
    now = now_utc()
    return now - timedelta(weeks=weeks), now, weeks


def _limit(personal_s: int | None, *, newcomer: bool) -> int:
    policy = current_policy()
    most = policy.induction_stop_s if newcomer else policy.stop_s
    return most if personal_s is None else min(personal_s, most)


def _labels() -> list[tuple[str, str]]:
    lanes = [(each.code, each.label) for each in current_policy().lanes]
    return lanes + [(f"kind:{code}", f"{label}, in any lane")
                    for code, label in KIND_LABELS.items()]  # fmt: skip
