"""What is asked of accounts."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch, QuerySet

from polit.base.clock import now_utc
from polit.web.accounts.models import Invitation, RoleGrant, SignIn, User
from polit.web.accounts.rules import is_invitation_open
from polit.web.core.paging import page_of
from polit.web.core.rules import Role

_SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of the list."""

    id: UUID
    username: str
    full_name: str
    is_active: bool
    roles: tuple[Role, ...]
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page of accounts, by the name they sign in with."""

    rows: tuple[AccountRow, ...]
    after: str


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One of a person's factors.

    Args:
        id: Its number.
        kind: ``totp``, ``webauthn`` or ``recovery_codes``.
        name: What the person calls a passkey.
        added_at: Since when.
        used_at: When it was last used, if ever.
    """

    id: int
    kind: str
    name: str
    added_at: datetime
    used_at: datetime | None


def account_list(*, after: str = "") -> AccountPage:
    """Return a page of accounts, active and not."""
    held = Prefetch("role_grants", RoleGrant.objects.filter(ended_at=None), to_attr="held")
    page = page_of(User.objects.prefetch_related(held), key="username", after=after)
    return AccountPage(tuple(_row(user) for user in page.rows), page.after)


def _row(user: User) -> AccountRow:
    held: list[RoleGrant] = user.held  # type: ignore[attr-defined]  # prefetched above
    roles = tuple(sorted(Role(grant.role) for grant in held))
    return AccountRow(
        user.id, user.username, user.full_name, user.is_active, roles, user.last_login
    )


def account_by_name(username: str) -> User | None:
    """Return the account that signs in with a name, whatever the case of its letters."""
    return User.objects.filter(username__iexact=username).first()


def administrators() -> QuerySet[User]:
    """Return the active accounts that hold the role of system administrator."""
    return User.objects.filter(
        is_active=True,
        role_grants__role=Role.SYSTEM_ADMINISTRATOR.value,
        role_grants__ended_at=None,
    )


def factor_list(user: User) -> tuple[FactorRow, ...]:
    """Return a person's factors, oldest first."""
    found = Authenticator.objects.filter(user=user).order_by("pk")
    return tuple(
        FactorRow(each.pk, each.type, str(each), each.created_at, each.last_used_at)
        for each in found
    )


def has_second_factor(user: User) -> bool:
    """Tell whether a person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=_SECOND_FACTORS).exists())


def session_list(user: User) -> tuple[SignIn, ...]:
    """Return where a person is signed in, last used first."""
    return tuple(SignIn.objects.filter(user=user, ended_at=None).order_by("-seen_at"))


def session_get(session_id: str, user: User) -> SignIn | None:
    """Return a person's session, ``None`` where there is no such."""
    return SignIn.objects.filter(pk=session_id, user=user).first()


def token_sha256(token: str) -> str:
    """Return what is kept of a one-time link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_open(token: str) -> Invitation | None:
    """Return the invitation that a token opens; ``None`` when unknown, used, void or expired."""
    found = (
        Invitation.objects.filter(token_sha256=token_sha256(token), user__is_active=True)
        .select_related("user")
        .first()
    )
    if found is None:
        return None
    is_open = is_invitation_open(
        used_at=found.used_at,
        voided_at=found.voided_at,
        expires_at=found.expires_at,
        now=now_utc(),
    )
    return found if is_open else None
