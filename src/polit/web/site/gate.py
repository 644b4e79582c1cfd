"""The gate: every request passes it, and what no rule allows does not happen."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from polit.web.accounts.models import User
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import case_access
from polit.web.core.access import case_access_of, is_write, rule_of
from polit.web.core.acting import actor_of
from polit.web.core.rules import Access, Scope


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
        if shows_case and not is_write(request) and response.status_code == 200:
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
        rule = rule_of(view)
        if rule is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} has no access rule")
        if rule.scope is not Scope.PUBLIC:
            if not isinstance(request.user, User):
                return redirect("account_login")
            _check_rule(request, request.user, rule, kwargs.get("case_id"))
        request.passed_rule = rule  # type: ignore[attr-defined]  # read above
        return None


def _check_rule(request: HttpRequest, user: User, rule: Access, case_id: UUID | None) -> None:
    allowed = rule.allows(user.roles, is_write=is_write(request))
    if rule.scope is Scope.CASE:
        found = case_access(user, case_id) if allowed and case_id else None
        if found is None:
            raise Http404  # neither the case nor the page is told of
        request.case_access = found  # type: ignore[attr-defined]  # see case_access_of
    elif not allowed:
        raise PermissionDenied


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
        known = {name: str(value) for name, value in (match.kwargs if match else {}).items()}
        deed.about("page", match.view_name if match else "", **known)
