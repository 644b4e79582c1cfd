"""Accounts and roles: made, changed, deactivated. Only administrators come here."""

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import RoleGrant, User
from polit.web.accounts.queries import account_by_name, administrators
from polit.web.accounts.rules import (
    SessionEnd,
    check_administrator_remains,
    check_roles,
)
from polit.web.accounts.services.invitations import invitations_void
from polit.web.accounts.services.sessions import sessions_end
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.core.rules import Role


def account_make(
    actor: Actor, *, reason: str, username: str, full_name: str, roles: frozenset[Role]
) -> User:
    """Make an account with its roles; it has no password before its one-time link is used.

    Raises:
        UsageError: The roles do not go together, or the name is taken.
    """
    check_roles(roles)
    user = User(username=username, full_name=full_name)
    user.set_unusable_password()
    with act(actor, "accounts.make", reason=reason, nature=Nature.SECURITY) as deed:
        if account_by_name(username) is not None:
            raise UsageError("there is an account of that name already: choose another")
        user.save()
        deed.about("account", user.id, label=username)
        for role in sorted(roles):
            _grant(actor, reason, user, role)
    return user


def roles_change(actor: Actor, *, reason: str, user: User, roles: frozenset[Role]) -> None:
    """Give a person exactly these roles. Whoever loses one is signed out everywhere at once.

    Raises:
        UsageError: The roles do not go together, nothing changes, or the last active
            administrator would be lost.
    """
    check_roles(roles)
    with act(actor, "accounts.roles_change", reason=reason, nature=Nature.SECURITY) as deed:
        user = User.objects.select_for_update().get(pk=user.pk)
        lost, gained = user.roles - roles, roles - user.roles
        if not lost | gained:
            raise UsageError("these are the roles already: nothing to change")
        if Role.SYSTEM_ADMINISTRATOR in lost:
            _check_another_administrator(user)
        for role in sorted(lost):
            _end(actor, reason, user, role)
        for role in sorted(gained):
            _grant(actor, reason, user, role)
        if lost:
            sessions_end(actor, reason=reason, user=user, why=SessionEnd.ACCOUNT_CHANGED)
        deed.about(
            "account", user.id, label=user.username, lost=[*sorted(lost)], gained=[*sorted(gained)]
        )


def account_deactivate(actor: Actor, *, reason: str, user: User) -> None:
    """Close an account: its sessions and its open one-time link end at once.

    Raises:
        UsageError: It is closed already, or the last active administrator's.
    """
    with act(actor, "accounts.deactivate", reason=reason, nature=Nature.SECURITY) as deed:
        user = User.objects.select_for_update().get(pk=user.pk)
        if not user.is_active:
            raise UsageError("the account is deactivated already")
        if Role.SYSTEM_ADMINISTRATOR in user.roles:
            _check_another_administrator(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        invitations_void(user)
        sessions_end(actor, reason=reason, user=user, why=SessionEnd.ACCOUNT_CHANGED)
        deed.about("account", user.id, label=user.username)


def account_activate(actor: Actor, *, reason: str, user: User) -> None:
    """Open a closed account again, with the roles it had.

    Raises:
        UsageError: It is not closed.
    """
    with act(actor, "accounts.activate", reason=reason, nature=Nature.SECURITY) as deed:
        user = User.objects.select_for_update().get(pk=user.pk)
        if user.is_active:
            raise UsageError("the account is active already")
        # A sign-in whose first step was before the closing may have ended after it.
        sessions_end(actor, reason=reason, user=user, why=SessionEnd.ACCOUNT_CHANGED)
        user.is_active = True
        user.save(update_fields=["is_active"])
        deed.about("account", user.id, label=user.username)


def _check_another_administrator(user: User) -> None:
    # Locked, so that two administrators cannot remove each other at the same time.
    others = list(administrators().exclude(pk=user.pk).select_for_update())
    check_administrator_remains(others=len(others))


def _grant(actor: Actor, reason: str, user: User, role: Role) -> None:
    with act(actor, "accounts.role_grant", reason=reason, nature=Nature.SECURITY) as deed:
        RoleGrant(user=user, role=role.value, granted_by=actor.name).save()
        deed.about("account", user.id, label=user.username, role=role.value)


def _end(actor: Actor, reason: str, user: User, role: Role) -> None:
    with act(actor, "accounts.role_end", reason=reason, nature=Nature.SECURITY) as deed:
        RoleGrant.objects.filter(user=user, role=role.value, ended_at=None).update(
            ended_at=now_utc()
        )
        deed.about("account", user.id, label=user.username, role=role.value)
