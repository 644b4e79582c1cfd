"""Break-glass and notices: what is watched over, and who is told."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.signed_in import user_of
from polit.web.cases.forms import BreakGlassAnswerForm, BreakGlassForm
from polit.web.cases.models import BreakGlass
from polit.web.cases.queries import break_glass_get, break_glass_used, notice_list
from polit.web.cases.rules import ANY_CASE_ROLE, is_break_glass_open
from polit.web.cases.services import (
    break_glass_acknowledge,
    break_glass_open,
    break_glass_revoke,
    notice_read,
)
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent

_ANSWERS = {
    "acknowledge": "Acknowledge: I know of it, and it may go on",
    "revoke": "End it now",
}


@access(ANY_CASE_ROLE, methods=("GET", "POST"))
def break_glass_open_page(request: HttpRequest) -> HttpResponse:
    """Give access to a case at once, with a second person watching."""
    known = {"reference": request.GET.get("reference", "")}
    form = BreakGlassForm(sent(request), user=user_of(request), initial=known)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        opened = attempt(
            form,
            lambda: break_glass_open(actor_of(request), reason=reason, asked=form.asked()),
            field="reference",
        )
        if opened is not None:
            return redirect("cases:page", case_id=opened.case_id)
    return render(request, "cases/break_glass_open.html", {"form": form})


@access(ANY_CASE_ROLE, methods=("GET", "POST"))
def break_glass_page(request: HttpRequest, break_glass_id: UUID) -> HttpResponse:
    """Show break-glass to the second person, who answers, and to who opened it."""
    user = user_of(request)
    opened = break_glass_get(user, break_glass_id)
    if opened is None:
        raise Http404
    answers = _answers(opened, is_second=opened.second_id == user.pk)
    form = BreakGlassAnswerForm(sent(request), answers=answers) if answers else None
    if form is not None and form.is_valid():
        cleaned = form.cleaned_data
        services = {"acknowledge": break_glass_acknowledge, "revoke": break_glass_revoke}
        service = services[cleaned["answer"]]
        made = attempt(
            form,
            lambda: service(
                actor_of(request), reason=cleaned["reason"], break_glass_id=break_glass_id
            ),
        )
        if made is not None:
            return redirect("cases:break_glass", break_glass_id=break_glass_id)
    shown = {"opened": opened, "used": break_glass_used(opened), "form": form}
    shown["is_open"] = is_break_glass_open(opened.expires_at, opened.revoked_at, now_utc())
    return render(request, "cases/break_glass.html", shown)


@access(ANY_CASE_ROLE)
def notice_list_page(request: HttpRequest) -> HttpResponse:
    """Show a person's notices."""
    page = notice_list(user_of(request), after=request.GET.get("after", ""))
    return render(request, "cases/notices.html", {"page": page})


@access(ANY_CASE_ROLE, methods=("POST",))
def notice_read_page(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Keep that a notice was read, and go where it leads."""
    try:
        notice = notice_read(actor_of(request), notice_id=notice_id)
    except UsageError as error:
        raise Http404 from error
    return redirect(notice.link or "cases:notices")


def _answers(opened: BreakGlass, *, is_second: bool) -> list[tuple[str, str]]:
    if not is_break_glass_open(opened.expires_at, opened.revoked_at, now_utc()):
        # What ran out unseen must still be seen by the second person.
        late = is_second and opened.revoked_at is None and opened.acknowledged_at is None
        return [("acknowledge", _ANSWERS["acknowledge"])] if late else []
    names = ["acknowledge", "revoke"] if is_second else ["revoke"]
    if opened.acknowledged_at is not None and is_second:
        names = ["revoke"]
    return [(name, _ANSWERS[name]) for name in names]
