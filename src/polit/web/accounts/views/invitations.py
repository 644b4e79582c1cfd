"""The page behind a one-time link: set a password, then enrol a second factor."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.errors import UsageError
from polit.web.accounts.forms import PasswordForm
from polit.web.accounts.models import User
from polit.web.accounts.queries import has_second_factor, invitation_open
from polit.web.accounts.services.invitations import invitation_use
from polit.web.core.access import access
from polit.web.core.rules import PUBLIC

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@access(PUBLIC, methods=("GET", "POST"))
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a password; a link that does not open says nothing of why."""
    found = invitation_open(token)
    if found is None:
        return _closed(request)
    form = PasswordForm(request.POST or None, user=found.user)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "invited": found.user}
        return render(request, "accounts/invitation.html", context)
    try:
        user = invitation_use(token=token, password=form.cleaned_data["password"])
    except UsageError:
        user = None
    return _closed(request) if user is None else _go_on(request, user)


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_closed.html", status=404)


def _go_on(request: HttpRequest, user: User) -> HttpResponse:
    if has_second_factor(user):
        # The link stands for the password alone: the factor is asked for as always.
        return redirect("account_login")
    # Before the session is bound to the person: what it held belongs to whoever had it before.
    request.session.flush()
    record_authentication(request, user, method="password")
    login(request, user, backend=_BACKEND)
    return redirect("accounts:enrol")
