"""One's own account: roles, factors, sessions; and the page on which a factor is enrolled."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.models import User
from polit.web.accounts.proof import session_id_of
from polit.web.accounts.queries import factor_list, session_get, session_list
from polit.web.accounts.rules import SessionEnd
from polit.web.accounts.services.sessions import session_end, sessions_end
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.rules import SIGNED_IN

_REASON = "the person ended it from their list of sessions"


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


@access(SIGNED_IN)
def own(request: HttpRequest) -> HttpResponse:
    """Show the account of whoever asks."""
    user = _person(request)
    context = {
        "roles": sorted(user.roles),
        "factors": factor_list(user),
        "sessions": session_list(user),
        "this_session": session_id_of(request),
    }
    return render(request, "accounts/own.html", context)


@access(SIGNED_IN)
def enrol(request: HttpRequest) -> HttpResponse:
    """Offer the kinds of second factor; nothing else opens before there is one."""
    return render(request, "accounts/enrol.html")


@access(SIGNED_IN, methods=("POST",))
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """End one of one's own sessions."""
    session = session_get(str(session_id), _person(request))
    if session is None:
        raise Http404
    why = SessionEnd.ENDED_ELSEWHERE
    session_end(actor_of(request), reason=_REASON, session=session, why=why)
    return redirect("accounts:own")


@access(SIGNED_IN, methods=("POST",))
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    why, keep = SessionEnd.ENDED_ELSEWHERE, session_id_of(request)
    sessions_end(actor_of(request), reason=_REASON, user=_person(request), why=why, keep=keep)
    return redirect("accounts:own")
