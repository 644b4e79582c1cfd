"""Warrants: applied for, granted, executed once, put right; exhibits hang on an execution."""

from dataclasses import replace
from datetime import timedelta

import pytest
from web.conftest import MakeCase, MakeUser
from web.warrants.samples import APPLIED, given_warrant

from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.queries import case_access
from polit.web.cases.rules import GrantedAccess
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.warrants.models import Warrant, WarrantExecution
from polit.web.warrants.rules import (
    GivenExecution,
    GivenGrant,
    WarrantState,
)
from polit.web.warrants.services import (
    execution_correct,
    execution_record,
    execution_withdraw,
    warrant_apply,
    warrant_grant,
    warrant_withdraw,
)

GIVEN = given_warrant()


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def granted_access(user: User, case: Case) -> GrantedAccess:
    found = case_access(user, case.id)
    assert found is not None
    return found


def test_warrant_is_executed_by_its_first_standing_execution_that_counts(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    access = granted_access(user, make_case("OP-1", user))
    who = actor(user)

    warrant = warrant_apply(who, reason="a search", access=access, given=GIVEN)
    granted = warrant_grant(
        who, reason="heard", access=access, warrant_id=warrant.id,
        given=GivenGrant(APPLIED + timedelta(hours=2)),
    )  # fmt: skip
    assert str(granted.expires_on) == "2026-06-02"
    at = APPLIED + timedelta(days=1)

    def come(outcome: str, days: int) -> WarrantExecution:
        return execution_record(
            who, reason="the search", access=access, warrant_id=warrant.id,
            given=GivenExecution(at + timedelta(days=days), outcome, "DS Hill",
                                 warrant.premises.get().pk),
        )  # fmt: skip

    none = come("no_entry", 0)
    assert Warrant.objects.get().state == "granted"
    second, first = come("searched", 2), come("searched_nothing", 1)
    with pytest.raises(UsageError, match="recorded already"):
        come("searched", 2)

    assert (none.counts, none.place) == (False, "1 High Street, Anytown")
    kept = Warrant.objects.get()
    assert (kept.standing, kept.executed_at) == (WarrantState.EXECUTED, first.occurred_at)
    execution_withdraw(who, reason="another case's", access=access, execution_id=first.pk)
    assert Warrant.objects.get().executed_at == second.occurred_at
    execution_correct(
        who, reason="nobody was let in", access=access, execution_id=second.pk,
        given=GivenExecution(second.occurred_at, "no_entry", "DS Hill", place="The yard"),
    )  # fmt: skip
    kept = Warrant.objects.get()
    assert (kept.state, kept.executed_at, kept.state_label) == (
        "granted", None, "Expired unexecuted",
    )  # fmt: skip
    with pytest.raises(UsageError, match="already"):
        execution_withdraw(who, reason="again", access=access, execution_id=second.pk)


def test_nobody_but_applicants_records_a_warrant(make_user: MakeUser, make_case: MakeCase) -> None:
    grader = make_user("g.example", Role.GRADER)
    access = granted_access(grader, make_case("OP-1", grader))

    with pytest.raises(AuthorityError):
        warrant_apply(actor(grader), reason="a search", access=access, given=GIVEN)


def test_withdrawn_warrant_stays_withdrawn_whatever_is_put_right(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    access, who = granted_access(user, make_case("OP-1", user)), actor(user)
    warrant = warrant_apply(who, reason="a search", access=access, given=GIVEN)
    warrant_grant(
        who, reason="heard", access=access, warrant_id=warrant.id, given=GivenGrant(APPLIED)
    )
    tried = GivenExecution(APPLIED + timedelta(days=1), "no_entry", "DS Hill", place="The yard")
    first = execution_record(
        who, reason="a search", access=access, warrant_id=warrant.id, given=tried
    )
    warrant_withdraw(who, reason="given up", access=access, warrant_id=warrant.id)

    with pytest.raises(UsageError, match="was withdrawn unexecuted"):
        execution_correct(
            who, reason="they did search", access=access, execution_id=first.pk,
            given=replace(tried, outcome="searched"),
        )  # fmt: skip
    execution_withdraw(who, reason="never went", access=access, execution_id=first.pk)
    assert Warrant.objects.get().state == "withdrawn"
