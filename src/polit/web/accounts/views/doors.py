"""The library's pages, made to write in acts and to answer lockouts.

Their access rules stand in ``polit.web.site.access_table``: they are not ours to decorate.
"""

import struct
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

import segno
from allauth.account.internal.flows import logout as library_logout
from allauth.account.views import LoginView
from allauth.account.views import reauthenticate as library_reauthenticate
from allauth.mfa.base import views as base_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn import views as key_views
from axes.decorators import axes_dispatch, axes_form_invalid
from cryptography.exceptions import InvalidSignature
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from polit.base.errors import UsageError
from polit.web.accounts.adapter import FactorAdapter
from polit.web.accounts.models import User
from polit.web.accounts.proof import keep_factor_proved, place_of, session_id_of
from polit.web.accounts.queries import has_second_factor
from polit.web.accounts.rules import SessionEnd
from polit.web.accounts.services.factors import codes_viewed, factors_change
from polit.web.accounts.services.sessions import sign_in_failed
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.rules import PUBLIC, SIGNED_IN

Page = Callable[..., HttpResponseBase]

_MALFORMED = (LookupError, TypeError, ValueError, AttributeError, struct.error, InvalidSignature)


@method_decorator(axes_dispatch, name="dispatch")
@method_decorator(axes_form_invalid, name="form_invalid")
class _SignInView(LoginView):  # type: ignore[misc]  # the library tells no types
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Say why the session ended that brought somebody here."""
        why = self.request.GET.get("ended", "")
        told = SessionEnd(why).label if why in set(SessionEnd) else ""
        context: dict[str, Any] = super().get_context_data(**more)
        return {**context, "ended": told}


def _own_user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _changes_factors(page: Page) -> Page:
    """Run one of the library's pages as the act that adds or removes factors."""

    @wraps(page)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return page(request, *args, **kwargs)
        user = _own_user(request)
        try:
            response = factors_change(
                actor_of(request),
                user=user,
                session_id=session_id_of(request),
                page=lambda: page(request, *args, **kwargs),
            )
        except UsageError as error:
            messages.error(request, str(error))
            return redirect("accounts:own")
        if has_second_factor(user):
            keep_factor_proved(request)
        return response

    return wrapped


def _refuses_malformed(page: Page) -> Page:
    """Answer a passkey's reply that is none; the library only expects what browsers send."""

    @wraps(page)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return page(request, *args, **kwargs)
        except _MALFORMED:
            if "credential" not in request.POST:
                raise
            messages.error(request, "The passkey was not accepted.")
            return redirect(request.get_full_path())

    return wrapped


def _tells_failed_passkey(page: Page) -> Page:
    """Record a passkey that was not accepted; the library tells of codes only."""

    @wraps(page)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        was_signed_in = request.user.is_authenticated
        response = page(request, *args, **kwargs)
        tried = "credential" in request.POST and not was_signed_in
        if tried and not request.user.is_authenticated:
            sign_in_failed(name="", place=place_of(request), what="webauthn")
        return response

    return wrapped


def _shows_codes(page: Page) -> Page:
    """Record that recovery codes are shown, before they are."""

    @wraps(page)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = page(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        if context.get("can_view_codes"):
            codes_viewed(actor_of(request), user=_own_user(request))
        return response

    return wrapped


sign_in = _SignInView.as_view()
authenticate = _tells_failed_passkey(_refuses_malformed(base_views.authenticate))
sign_in_by_passkey = _tells_failed_passkey(_refuses_malformed(key_views.login_webauthn))
reauthenticate = library_reauthenticate
reauthenticate_by_code = base_views.reauthenticate
reauthenticate_by_passkey = _refuses_malformed(key_views.reauthenticate_webauthn)
totp_add = _changes_factors(totp_views.activate_totp)
totp_remove = _changes_factors(totp_views.deactivate_totp)
passkey_add = _refuses_malformed(_changes_factors(key_views.add_webauthn))
passkey_remove = _changes_factors(key_views.remove_webauthn)
codes = _shows_codes(code_views.view_recovery_codes)
codes_make = _changes_factors(code_views.generate_recovery_codes)


@access(PUBLIC, methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, or a sign-in that was begun and not finished."""
    library_logout.logout(request, show_message=False)
    return redirect("account_login")


@access(SIGNED_IN)
def factors_moved(request: HttpRequest) -> HttpResponse:
    """Lead the library's lists of factors to one's own account, which has them all."""
    del request
    return redirect("accounts:own")


@access(SIGNED_IN)
def totp_qr(request: HttpRequest) -> HttpResponse:
    """Draw the secret of the authenticator app that is being added, for its camera."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    drawn = BytesIO()
    url = FactorAdapter().build_totp_url(_own_user(request), secret)
    segno.make(url, error="m").save(drawn, kind="svg", scale=5, light="white")
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
