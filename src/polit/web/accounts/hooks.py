"""What the libraries tell of, turned into acts: signed in, failed, locked out, signed out."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from polit.web.accounts.models import User
from polit.web.accounts.proof import (
    keep_factor_proved,
    keep_session_id,
    place_of,
    proofs_of,
    session_id_of,
)
from polit.web.accounts.queries import session_get
from polit.web.accounts.rules import SessionEnd
from polit.web.accounts.services.factors import code_used
from polit.web.accounts.services.sessions import (
    proof_given,
    session_begin,
    session_end,
    sign_in_failed,
)
from polit.web.core.acting import Actor, check_in_act

_FACTORS = {"totp", "webauthn", "recovery_codes"}


def _actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    proofs = proofs_of(request, user)
    session = session_begin(
        _actor(user),
        reason="the person signed in",
        user=user,
        place=place_of(request),
        how=", ".join(proofs),
    )
    keep_session_id(request, session.id)
    if _FACTORS & set(proofs):
        keep_factor_proved(request)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **_more: Any) -> None:
    session_id = session_id_of(request)
    session = session_get(str(session_id), user) if user and session_id else None
    if user and session:
        reason = "the person signed out"
        session_end(_actor(user), reason=reason, session=session, why=SessionEnd.SIGNED_OUT)


@receiver(user_login_failed)
def _failed(credentials: dict[str, str], request: HttpRequest, **_more: Any) -> None:
    name = credentials.get("username") or ""
    again = "accounts.prove_failed" if request.user.is_authenticated else ""
    sign_in_failed(name=name, place=place_of(request), what="password", action=again)


@receiver(user_locked_out)
def _locked_out(request: HttpRequest, **_more: Any) -> None:
    name = request.POST.get("login", "").strip()
    what = "password"
    sign_in_failed(name=name, place=place_of(request), what=what, action="accounts.lockout")


@receiver(authentication_failed)
def _factor_failed(
    request: HttpRequest, user: User, authenticator: Authenticator, **more: Any
) -> None:
    again = "accounts.prove_failed" if more.get("reauthentication") else ""
    what = str(authenticator.type)
    sign_in_failed(name=user.username, place=place_of(request), what=what, action=again)


@receiver(authentication_step_completed)
def _proved(user: User, method: str, **more: Any) -> None:
    if more.get("reauthenticated"):
        proof_given(_actor(user), user=user, how=str(more.get("type") or method))


@receiver(authenticator_used)
def _factor_used(user: User, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        code_used(_actor(user), user=user)


@receiver(pre_save, sender=Authenticator)
def _check_added_in_act(instance: Authenticator, **_more: Any) -> None:
    # That a factor was used, or a code of it, is kept by the library outside an act.
    if instance.pk is None:
        check_in_act()


@receiver(pre_delete, sender=Authenticator)
def _check_removed_in_act(**_more: Any) -> None:
    check_in_act()
