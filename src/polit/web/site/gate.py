"""The gate: every request passes it, and what no rule allows does not happen."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.accounts.proof import has_proved_factor, is_fresh, session_id_of
from polit.web.accounts.queries import has_second_factor, session_get
from polit.web.accounts.rules import SessionEnd, session_end
from polit.web.accounts.services import sessions
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import case_access
from polit.web.core.access import case_access_of, is_write
from polit.web.core.acting import SYSTEM, actor_of
from polit.web.core.rules import Access, Scope
from polit.web.site.access_table import ENROLMENT, Passage, passage_of

if TYPE_CHECKING:
    from uuid import UUID

    from polit.base.canonical import JsonValue

_LOG = logging.getLogger(__name__)
_SHOWN = frozenset({200, 206, 304})
_POLL_HEADER = "x-polit-poll"
"""On a request that a page repeats by itself: it does not count as the person being there."""


class GateMiddleware:
    """Denies by default; grants what the view's rule says; records consultations."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the site."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request, and record what was consulted before a byte of it leaves."""
        response = self._get_response(request)
        rule: Access | None = getattr(request, "passed_rule", None)
        shows_case = rule is not None and rule.scope is Scope.CASE and rule.consults
        # Also after a POST: a form that is sent back with its errors stands on a page of the case.
        if shows_case and response.status_code in _SHOWN:
            _record_consultation(request)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let a request through to its view, or not."""
        del args
        name = _view_name(request)
        passage = passage_of(name, view)
        if passage is None:
            _LOG.error("no access rule: %s", name)
            raise PermissionDenied
        if not _is_answered(request, passage):
            return HttpResponseNotAllowed(_permitted(passage))
        ended = _end_of_session(request)
        if passage.rule.scope is not Scope.PUBLIC:
            user = request.user
            if not isinstance(user, User):
                return _to_sign_in(request, passage, ended)
            if not has_proved_factor(request):
                refused = _without_factor(request, user, passage)
                if refused is not None:
                    return refused
            _check_rule(request, user, passage.rule, kwargs)
            if passage.rule.fresh and not is_fresh(request):
                return _redirect(request, _with_next(request, passage, "account_reauthenticate"))
        request.passed_rule = passage.rule  # type: ignore[attr-defined]  # read above
        return None


def _view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _permitted(passage: Passage) -> list[str]:
    return [*passage.methods, "HEAD"] if "GET" in passage.methods else list(passage.methods)


def _is_answered(request: HttpRequest, passage: Passage) -> bool:
    return request.method in _permitted(passage)


def _end_of_session(request: HttpRequest) -> SessionEnd | None:
    """Sign out whose session does not hold any more; say why, ``None`` where it holds."""
    user = request.user
    if not isinstance(user, User):
        return None
    session_id = session_id_of(request)
    session = session_get(str(session_id), user) if session_id else None
    if session is None:
        logout(request)
        return SessionEnd.ENDED_ELSEWHERE
    ended = session_end(session.times, now=now_utc(), idle=settings.IDLE_LIMIT)
    if ended is None:
        if _POLL_HEADER not in request.headers:
            sessions.session_touch(session)
        return None
    reason = "the session's time was over"
    sessions.session_end(SYSTEM, reason=reason, session=session, why=ended)
    logout(request)
    return ended


def _without_factor(request: HttpRequest, user: User, passage: Passage) -> HttpResponseBase | None:
    """Let a session that proved no factor enrol the first one, and nothing else."""
    if has_second_factor(user):
        # It began before the factor was there. Who has only the password must not add another.
        reason, why = "it proved no factor of those that there are", SessionEnd.ACCOUNT_CHANGED
        session = session_get(str(session_id_of(request)), user)
        if session is not None:
            sessions.session_end(SYSTEM, reason=reason, session=session, why=why)
        logout(request)
        return _to_sign_in(request, passage, why)
    if _view_name(request) in ENROLMENT:
        return None
    return _redirect(request, reverse("accounts:enrol"))


def _check_rule(request: HttpRequest, user: User, rule: Access, kwargs: dict[str, Any]) -> None:
    allowed = rule.allows(user.roles, is_write=is_write(request))
    if rule.scope is Scope.CASE:
        case_id: UUID | None = kwargs.get("case_id")
        found = case_access(user, case_id) if allowed and case_id else None
        if found is None:
            _record_refusal(request, kwargs)
            raise Http404  # neither the case nor the page is told of
        request.case_access = found  # type: ignore[attr-defined]  # see case_access_of
    elif not allowed:
        _record_refusal(request, kwargs)
        raise PermissionDenied


def _to_sign_in(
    request: HttpRequest, passage: Passage, ended: SessionEnd | None
) -> HttpResponseBase:
    more = {"ended": ended.value} if ended else {}
    return _redirect(request, _with_next(request, passage, "account_login", more))


def _with_next(
    request: HttpRequest, passage: Passage, name: str, more: dict[str, str] | None = None
) -> str:
    """Return a page's address that leads back here, where here is a page to read."""
    is_page = "GET" in passage.methods and "hx-request" not in request.headers
    # What a form sent is gone; the way back leads to the form.
    here = request.get_full_path() if request.method == "GET" else request.path
    query = {"next": here} if is_page and request.path != "/" else {}
    query |= more or {}
    return reverse(name) + (f"?{urlencode(query)}" if query else "")


def _redirect(request: HttpRequest, url: str) -> HttpResponseBase:
    if "hx-request" in request.headers:
        # A redirect would be followed, and the page put into a corner of the one on the screen.
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _record_refusal(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    reason = "no rule allows it"
    with act(actor_of(request), "access.refuse", reason=reason, nature=Nature.SECURITY) as deed:
        known: dict[str, JsonValue] = {name: str(value) for name, value in kwargs.items()}
        deed.about("page", _view_name(request), method=str(request.method), asked=known)


def _record_consultation(request: HttpRequest) -> None:
    match = request.resolver_match
    granted = case_access_of(request)
    with act(
        actor_of(request),
        "cases.consult",
        reason=f"{granted.purpose.label} ({granted.via.replace('_', ' ')})",
        case=granted.case,
        purpose=granted.purpose.value,
        nature=Nature.CONSULTATION,
    ) as deed:
        asked = match.kwargs if match else {}
        known: dict[str, JsonValue] = {name: str(value) for name, value in asked.items()}
        deed.about("page", _view_name(request), asked=known)
