"""Accounts and roles: who may be what, what an administrator does, and that it is recorded."""

import json
from uuid import uuid4

import pytest
from account_doors import PASSWORD, actions, add_app, enrolled, sign_in, use_link
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from web.conftest import ClientFor, MakeUser

from polit.base.clock import now_utc
from polit.base.errors import NoAct, UsageError
from polit.web.accounts.models import Invitation, RoleGrant, SignIn, User
from polit.web.accounts.queries import account_list, administrators, factor_list
from polit.web.accounts.rules import can_hold_roles, is_invitation_open
from polit.web.accounts.services import (
    account_activate,
    account_deactivate,
    account_make,
    factors_reset,
    first_administrator_link,
    invitation_make,
    invitation_use,
    roles_change,
)
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import CASE_ROLES, EXCLUSIVE_ROLES, Role

WHY = "a test"
ADMINISTRATOR = frozenset({Role.SYSTEM_ADMINISTRATOR})


@pytest.fixture
def administrator(make_user: MakeUser) -> User:
    user: User = make_user("admin.one", Role.SYSTEM_ADMINISTRATOR, password=PASSWORD)
    return user


# ---- which roles go together ---------------------------------------------------------------------


@pytest.mark.parametrize("first", list(Role))
@pytest.mark.parametrize("second", list(Role))
def test_role_that_is_held_alone_stands_beside_no_other(first: Role, second: Role) -> None:
    alone = {first, second} & EXCLUSIVE_ROLES
    assert can_hold_roles(frozenset({first, second})) is (first is second or not alone)


def test_nobody_has_no_role_and_somebody_may_have_all_of_casework() -> None:
    assert not can_hold_roles(frozenset())
    assert can_hold_roles(CASE_ROLES)


@pytest.mark.parametrize("alone", sorted(EXCLUSIVE_ROLES))
@pytest.mark.parametrize("first", ["alone", "other"])
def test_database_itself_refuses_a_role_beside_one_held_alone(
    make_user: MakeUser, alone: Role, first: str
) -> None:
    roles = (alone, Role.GRADER) if first == "alone" else (Role.GRADER, alone)
    user = make_user("a.example", roles[0])
    with (
        pytest.raises(IntegrityError, match="held alone"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO accounts_role_grant (id, recorded_at, role, granted_by, user_id)"
            " VALUES (%s, %s, %s, 'x', %s)",
            [uuid4().hex, now_utc(), roles[1].value, user.pk.hex],
        )


# ---- accounts ------------------------------------------------------------------------------------


def test_account_is_written_in_an_act_only() -> None:
    with pytest.raises(NoAct):
        User(username="a.example").save()


def test_made_account_has_roles_and_no_password() -> None:
    roles = frozenset({Role.EXAMINER, Role.GRADER})
    user = account_make(
        SYSTEM, reason=WHY, username="b.example", full_name="B. Example", roles=roles
    )
    assert user.roles == roles
    assert not user.has_usable_password()
    assert actions() == ["accounts.role_grant", "accounts.role_grant", "accounts.make"]


@pytest.mark.parametrize(
    ("username", "roles"),
    [
        ("ADMIN.ONE", {Role.EXAMINER}),
        ("b.example", {Role.EXAMINER, Role.AUDITOR}),
        ("b.example", set()),
    ],
)
def test_account_that_will_not_do_is_not_made(
    administrator: User, username: str, roles: set[Role]
) -> None:
    with pytest.raises(UsageError):
        account_make(SYSTEM, reason=WHY, username=username, full_name="B", roles=frozenset(roles))
    assert list(User.objects.all()) == [administrator]
    assert actions() == []


def test_last_administrator_stays(administrator: User, make_user: MakeUser) -> None:
    with pytest.raises(UsageError, match="last active administrator"):
        account_deactivate(SYSTEM, reason=WHY, user=administrator)
    with pytest.raises(UsageError, match="last active administrator"):
        roles_change(SYSTEM, reason=WHY, user=administrator, roles=frozenset({Role.GRADER}))
    second = make_user("admin.two", Role.SYSTEM_ADMINISTRATOR)
    account_deactivate(SYSTEM, reason=WHY, user=administrator)
    with pytest.raises(UsageError, match="last active administrator"):
        account_deactivate(SYSTEM, reason=WHY, user=second)
    assert list(administrators()) == [second]


def test_account_closes_once_and_opens_once(make_user: MakeUser) -> None:
    user = make_user("b.example", Role.EXAMINER)
    with pytest.raises(UsageError, match="active already"):
        account_activate(SYSTEM, reason=WHY, user=user)
    token = invitation_make(SYSTEM, reason=WHY, user_id=user.pk)
    account_deactivate(SYSTEM, reason=WHY, user=user)
    with pytest.raises(UsageError, match="deactivated already"):
        account_deactivate(SYSTEM, reason=WHY, user=user)
    with pytest.raises(UsageError, match="activate it first"):
        invitation_make(SYSTEM, reason=WHY, user_id=user.pk)
    account_activate(SYSTEM, reason=WHY, user=user)
    assert invitation_use(token=token, password=PASSWORD) is None
    assert User.objects.get(pk=user.pk).roles == {Role.EXAMINER}


def test_change_of_roles_says_what_was_lost_and_gained(make_user: MakeUser) -> None:
    user = make_user("b.example", Role.EXAMINER, Role.GRADER)
    roles_change(SYSTEM, reason=WHY, user=user, roles=frozenset({Role.GRADER, Role.SUPERVISOR}))
    event = AuditEvent.objects.get(action="accounts.roles_change")
    assert json.loads(event.details) == {"gained": ["supervisor"], "lost": ["examiner"]}
    with pytest.raises(UsageError, match="nothing to change"):
        roles_change(SYSTEM, reason=WHY, user=user, roles=frozenset({Role.GRADER, Role.SUPERVISOR}))
    assert RoleGrant.objects.filter(user=user).count() == 3


def test_case_worker_becomes_auditor_in_one_act(make_user: MakeUser) -> None:
    user = make_user("b.example", Role.EXAMINER, Role.GRADER)
    roles_change(SYSTEM, reason=WHY, user=user, roles=frozenset({Role.AUDITOR}))
    assert User.objects.get(pk=user.pk).roles == {Role.AUDITOR}


def test_reset_of_factors_ends_sessions_and_tells_every_other_administrator(
    administrator: User, make_user: MakeUser
) -> None:
    make_user("admin.two", Role.SYSTEM_ADMINISTRATOR)
    user = make_user("b.example", Role.EXAMINER)
    enrolled(user)
    actor = Actor("user", str(administrator.pk), administrator.username)
    factors_reset(actor, reason=WHY, user=user)
    assert factor_list(user) == ()
    assert not SignIn.objects.filter(user=user, ended_at=None).exists()
    told = AuditEvent.objects.filter(action="accounts.factors_reset_tell")
    assert [event.subject_label for event in told] == ["admin.two"]


def test_after_a_reset_the_old_password_enrols_nothing(
    administrator: User, make_user: MakeUser
) -> None:
    user = make_user("b.example", Role.EXAMINER)
    enrolled(user)
    actor = Actor("user", str(administrator.pk), administrator.username)
    factors_reset(actor, reason=WHY, user=user)
    client = Client()
    values = {"login": user.username, "password": PASSWORD}
    assert client.post(reverse("account_login"), values).status_code == 200
    assert client.get(reverse("accounts:enrol"))["Location"].startswith("/sign-in/")
    use_link(client, user)
    assert client.get(reverse("accounts:enrol")).status_code == 200


def test_nobody_resets_their_own_factors(administrator: User, client_for: ClientFor) -> None:
    enrolled(administrator)
    administrator.refresh_from_db()
    page = client_for(administrator).post(
        reverse("accounts:reset_factors", args=[administrator.pk]), {"reason": WHY}
    )
    assert "nobody resets their own factors" in page.content.decode()
    assert factor_list(administrator)


# ---- one-time links ------------------------------------------------------------------------------


def link(token: str) -> str:
    return reverse("accounts:invitation", args=[token])


def closed_page(client: Client, token: str) -> bytes:
    page = client.get(link(token))
    assert page.status_code == 404
    return page.content


def test_used_expired_void_and_unknown_links_answer_alike(make_user: MakeUser) -> None:
    user, other = make_user("b.example", Role.EXAMINER), make_user("c.example", Role.GRADER)
    used = invitation_make(SYSTEM, reason=WHY, user_id=user.pk)
    assert invitation_use(token=used, password=PASSWORD) == user
    void = invitation_make(SYSTEM, reason=WHY, user_id=user.pk)
    invitation_make(SYSTEM, reason=WHY, user_id=user.pk)
    expired = invitation_make(SYSTEM, reason=WHY, user_id=other.pk)
    with act(SYSTEM, "tests.expire", reason=WHY) as deed:
        Invitation.objects.filter(user=other).update(expires_at=now_utc())
        deed.about("invitation", "1")
    pages = {closed_page(Client(), token) for token in (used, void, expired, "unknown")}
    assert len(pages) == 1
    assert Client().post(link(used), {"password": PASSWORD}).status_code == 404


@pytest.mark.parametrize(
    ("used", "void", "later", "opens"),
    [(0, 0, 1, True), (1, 0, 1, False), (0, 1, 1, False), (0, 0, 0, False)],
)
def test_link_opens_while_unused_valid_and_in_time(
    *, used: int, void: int, later: int, opens: bool
) -> None:
    now = now_utc()
    assert (
        is_invitation_open(
            used_at=now if used else None,
            voided_at=now if void else None,
            expires_at=now.replace(year=now.year + later),
            now=now,
        )
        is opens
    )


def test_token_is_kept_as_a_hash_only(make_user: MakeUser) -> None:
    user = make_user("b.example", Role.EXAMINER)
    token = invitation_make(SYSTEM, reason=WHY, user_id=user.pk)
    kept = str(Invitation.objects.values().get()) + str(list(AuditEvent.objects.values()))
    assert len(token) == 43
    assert token not in kept


@pytest.mark.parametrize("weak", ["river stone", "1q2w3e4r5t6y", "b.example.long", ""])
def test_weak_password_leaves_the_link_open(make_user: MakeUser, weak: str) -> None:
    user = make_user("b.example.long", Role.EXAMINER)
    token = invitation_make(SYSTEM, reason=WHY, user_id=user.pk)
    page = Client().post(link(token), {"password": weak})
    assert page.status_code == 200
    assert b"There is a problem" in page.content
    assert Client().get(link(token)).status_code == 200


def test_link_replaces_the_password_and_not_the_factor(make_user: MakeUser) -> None:
    user = make_user("b.example", Role.EXAMINER)
    secret, _ = enrolled(user)
    client = Client()
    token = invitation_make(SYSTEM, reason=WHY, user_id=user.pk)
    answer = client.post(link(token), {"password": PASSWORD})
    assert answer["Location"] == reverse("account_login")
    assert client.get(reverse("home")).status_code == 302
    assert secret


def test_first_administrator_gets_a_link_until_one_has_a_password() -> None:
    first = first_administrator_link("http://localhost:8000/")
    second = first_administrator_link("http://localhost:8000")
    assert first
    assert second
    assert second.startswith("http://localhost:8000/invitation/")
    assert closed_page(Client(), first.split("/")[-2])
    invitation_use(token=second.split("/")[-2], password=PASSWORD)
    assert first_administrator_link("http://localhost:8000") is None
    assert User.objects.count() == 1
    assert User.objects.get().roles == ADMINISTRATOR


# ---- pages ---------------------------------------------------------------------------------------


def test_administrator_makes_an_account_and_sees_its_link_once(
    administrator: User, client_for: ClientFor
) -> None:
    client = client_for(administrator)
    values = {
        "full_name": "<b>B. Example</b>",
        "username": "b.example",
        "roles": ["examiner", "grader"],
        "reason": "starts on Monday",
    }
    page = client.post(reverse("accounts:make"), values).content.decode()
    user = User.objects.get(username="b.example")
    assert "/invitation/" in page
    assert "<b>B." not in page
    assert (
        "/invitation/"
        not in client.get(reverse("accounts:account", args=[user.pk])).content.decode()
    )


@pytest.mark.parametrize(
    ("page", "values", "said"),
    [
        ("roles", {"roles": ["auditor", "grader"], "reason": WHY}, "is held alone"),
        ("roles", {"roles": ["grader"], "reason": WHY}, "nothing to change"),
        ("roles", {"roles": ["examiner"]}, "Enter the reason"),
        ("activate", {"reason": WHY}, "active already"),
    ],
)
def test_what_cannot_be_done_is_said_beside_the_form(
    administrator: User,
    make_user: MakeUser,
    client_for: ClientFor,
    page: str,
    values: dict[str, object],
    said: str,
) -> None:
    user = make_user("b.example", Role.GRADER)
    answer = client_for(administrator).post(reverse(f"accounts:{page}", args=[user.pk]), values)
    assert answer.status_code == 200
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    ("page", "values", "action"),
    [
        ("roles", {"roles": ["examiner"], "reason": WHY}, "accounts.roles_change"),
        ("deactivate", {"reason": WHY}, "accounts.deactivate"),
        ("reset_factors", {"reason": WHY}, "accounts.factors_reset"),
        ("link", {"reason": WHY}, "accounts.invite"),
    ],
)
def test_what_is_done_stands_in_the_audit_with_its_reason(
    administrator: User,
    make_user: MakeUser,
    client_for: ClientFor,
    page: str,
    values: dict[str, object],
    action: str,
) -> None:
    user = make_user("b.example", Role.GRADER)
    client = client_for(administrator)
    assert client.get(reverse(f"accounts:{page}", args=[user.pk])).status_code == 200
    client.post(reverse(f"accounts:{page}", args=[user.pk]), values)
    event = AuditEvent.objects.get(action=action)
    assert (event.actor_id, event.reason) == (str(administrator.pk), WHY)


def test_list_of_accounts_asks_two_questions_however_many_there_are(
    administrator: User, make_user: MakeUser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert administrator
    for number in range(60):
        make_user(f"p{number:02}", Role.EXAMINER, Role.GRADER)
    with django_assert_num_queries(2):
        page = account_list()
    assert (len(page.rows), page.after != "") == (50, True)
    assert len(account_list(after=page.after).rows) == 11


# ---- one's own account ---------------------------------------------------------------------------


def test_person_ends_their_other_sessions_and_nobody_elses(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    user, other = make_user("b.example", Role.EXAMINER), make_user("c.example", Role.GRADER)
    here, there, third = client_for(user), client_for(user), client_for(user)
    stranger = client_for(other)
    sessions = list(SignIn.objects.filter(user=user).order_by("recorded_at"))
    url = reverse("accounts:end_session", args=[sessions[1].pk])
    assert stranger.post(url).status_code == 404
    here.post(url)
    assert there.get("/").status_code == 302
    here.post(reverse("accounts:end_sessions"))
    statuses = [client.get("/").status_code for client in (here, third, stranger)]
    assert statuses == [200, 302, 200]


def test_changed_password_ends_other_sessions(make_user: MakeUser, client_for: ClientFor) -> None:
    user = make_user("b.example", Role.EXAMINER, password=PASSWORD)
    here, there = client_for(user), client_for(user)
    new = "another lamp by the stone"
    values = {"oldpassword": PASSWORD, "password1": new}
    assert here.post(reverse("account_change_password"), values).status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    assert "accounts.password_change" in actions()


def test_last_factor_cannot_be_removed(make_user: MakeUser) -> None:
    user = make_user("b.example", Role.EXAMINER)
    client = Client()
    use_link(client, user)
    add_app(client)
    page = client.post(reverse("mfa_deactivate_totp"), follow=True)
    assert "this is your last second factor" in page.content.decode()
    assert len(factor_list(user)) == 2
    assert "accounts.factor_remove" not in actions()


def test_factor_is_neither_added_nor_removed_outside_an_act(make_user: MakeUser) -> None:
    user = make_user("b.example", Role.EXAMINER)
    with pytest.raises(NoAct):
        Authenticator.objects.create(user=user, type="totp", data={})
    enrolled(user)
    with pytest.raises(NoAct):
        Authenticator.objects.all().delete()


def test_secret_of_an_app_is_not_kept_in_the_clear(make_user: MakeUser) -> None:
    user = make_user("b.example", Role.EXAMINER)
    secret, _ = enrolled(user)
    assert secret not in str(list(Authenticator.objects.values("data")))
    assert sign_in(Client(), user, "000000") == 200
