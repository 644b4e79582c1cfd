"""Everybody's accounts, for system administrators. No case content stands here."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from polit.base.errors import UsageError
from polit.web.accounts.forms import AccountForm, ReasonForm, RolesForm
from polit.web.accounts.models import User
from polit.web.accounts.queries import account_list, factor_list, session_list
from polit.web.accounts.services import (
    account_activate,
    account_deactivate,
    account_make,
    factors_reset,
    invitation_make,
    roles_change,
)
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.rules import Access, Role, Scope

_ADMINISTRATOR = frozenset({Role.SYSTEM_ADMINISTRATOR})
_READS = Access(Scope.ROLE, read=_ADMINISTRATOR)
_CHANGES = Access(Scope.ROLE, read=_ADMINISTRATOR, write=_ADMINISTRATOR, fresh=True)
_BOTH = ("GET", "POST")


@access(_READS)
def accounts(request: HttpRequest) -> HttpResponse:
    """List all accounts."""
    page = account_list(after=request.GET.get("after", ""))
    return render(request, "accounts/list.html", {"page": page})


@access(_READS)
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Show one account and what can be done to it."""
    user = get_object_or_404(User, pk=account_id)
    context = {
        "person": user,
        "roles": sorted(user.roles),
        "factors": factor_list(user),
        "sessions": session_list(user),
    }
    return render(request, "accounts/account.html", context)


@access(_CHANGES, methods=_BOTH)
def make(request: HttpRequest) -> HttpResponse:
    """Make an account, and show its one-time link once."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            user = account_make(
                actor_of(request),
                reason=values["reason"],
                username=values["username"],
                full_name=values["full_name"],
                roles=values["roles"],
            )
            return _show_link(request, user, values["reason"])
        except UsageError as error:
            form.add_error("username", str(error))
    return _ask(request, form, "Make an account")


@access(_CHANGES, methods=_BOTH)
def roles(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Change the roles of an account."""
    user = get_object_or_404(User, pk=account_id)
    held = [role.value for role in sorted(user.roles)]
    form = RolesForm(request.POST or None, initial={"roles": held})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            roles_change(
                actor_of(request), reason=values["reason"], user=user, roles=values["roles"]
            )
            return redirect("accounts:account", account_id=user.pk)
        except UsageError as error:
            form.add_error("roles", str(error))
    return _ask(request, form, "Change roles", user)


@access(_CHANGES, methods=_BOTH)
def deactivate(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Close an account."""
    return _with_reason(request, account_id, "Deactivate the account", account_deactivate)


@access(_CHANGES, methods=_BOTH)
def activate(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Open a closed account again."""
    return _with_reason(request, account_id, "Activate the account", account_activate)


@access(_CHANGES, methods=_BOTH)
def reset_factors(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Take an account's factors away."""
    return _with_reason(request, account_id, "Reset the second factors", factors_reset)


@access(_CHANGES, methods=_BOTH)
def link(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Make a new one-time link and show it once."""
    user = get_object_or_404(User, pk=account_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _show_link(request, user, form.cleaned_data["reason"])
        except UsageError as error:
            form.add_error("reason", str(error))
    return _ask(request, form, "Make a new one-time link", user)


def _with_reason(
    request: HttpRequest, account_id: UUID, heading: str, service: Callable[..., None]
) -> HttpResponse:
    user = get_object_or_404(User, pk=account_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(actor_of(request), reason=form.cleaned_data["reason"], user=user)
            return redirect("accounts:account", account_id=user.pk)
        except UsageError as error:
            form.add_error("reason", str(error))
    return _ask(request, form, heading, user)


def _ask(
    request: HttpRequest, form: ReasonForm, heading: str, user: User | None = None
) -> HttpResponse:
    context = {"form": form, "heading": heading, "person": user}
    return render(request, "accounts/ask.html", context)


def _show_link(request: HttpRequest, user: User, reason: str) -> HttpResponse:
    token = invitation_make(actor_of(request), reason=reason, user_id=user.pk)
    address = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
    return render(request, "accounts/link.html", {"person": user, "link": address})
