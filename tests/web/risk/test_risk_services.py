"""Assessments are kept as they were made, prompts too; the order of what waits is explained."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from web.conftest import MakeCase, MakeUser
from web.due_asked import due_asked
from web.risk.samples import (
    ANSWERS,
    ASSESSED,
    given_assessment,
    received,
    suspect_of,
)
from web.warrants.samples import SampleAccess, executed, granted_warrant

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.services import case_change_status
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.due import Asking, due_sources
from polit.web.core.rules import Role
from polit.web.referrals.models import Referral
from polit.web.risk.models import RiskAssessment, SuicideRiskPrompt
from polit.web.risk.queries import in_force, suspect_prompts
from polit.web.risk.queue import queue_head, risk_queue
from polit.web.risk.rules import (
    Concern,
    GivenAssessment,
    GivenPrompt,
    Known,
    Occasion,
    RiskLevel,
    SuicideRiskAnswers,
    check_answers,
    check_given,
)
from polit.web.risk.services import (
    assessment_correct,
    assessment_record,
    assessment_withdraw,
    suicide_risk_correct,
    suicide_risk_record,
    suicide_risk_withdraw,
)
from polit.web.risk.tools import current_tools, response_times


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def assess(given: GivenAssessment, **about: Any) -> RiskAssessment:
    return assessment_record(SYSTEM, reason="a test", given=given, **about)


def test_levels_tools_and_times_are_data() -> None:
    times = response_times()

    assert {each: times.days(each) for each in RiskLevel} == {
        RiskLevel.LOW: 30, RiskLevel.MEDIUM: 14, RiskLevel.HIGH: 7, RiskLevel.VERY_HIGH: 1,
    }  # fmt: skip
    assert times.due_at(RiskLevel.HIGH, ASSESSED) == ASSESSED + timedelta(days=7)
    assert "example" in times.notice
    assert current_tools().label_of("kirat") == "KIRAT"
    assert current_tools().label_of("unknown") == "unknown"
    with pytest.raises(UsageError, match="none is called"):
        current_tools().check_code("unknown")
    with pytest.raises(UsageError, match="no time for"):
        replace(times, entries=()).days(RiskLevel.LOW)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"assessed_at": now_utc() + timedelta(days=1)}, "future"),
        ({"assessor": " "}, "who assessed"),
        ({"rationale": ""}, "why it is this level"),
        ({"tool": "other"}, "name the tool"),
        ({"review_on": ASSESSED.date() - timedelta(days=1)}, "review"),
        ({"tool_level": RiskLevel.LOW}, "say why the level differs"),
        ({"tool_level": RiskLevel.MEDIUM, "override_reason": "x"}, "differs from yours"),
    ],
)
def test_assessment_holds_together(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_given(replace(given_assessment(), **changes), now_utc())


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (replace(ANSWERS, asked=" "), "what was asked"),
        (replace(ANSWERS, concern=Concern.YES), "what was done at once"),
    ],
)
def test_prompt_says_what_was_asked_and_done(answers: SuicideRiskAnswers, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_answers(answers, ASSESSED, now_utc())
    with pytest.raises(UsageError, match="future"):
        check_answers(ANSWERS, now_utc() + timedelta(hours=1), now_utc())


def test_override_keeps_both_levels_and_a_correction_both_assessments(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    grader, case = make_user("g.example", Role.GRADER), make_case("OP-1")
    given = replace(
        given_assessment(RiskLevel.VERY_HIGH), tool_level=RiskLevel.LOW,
        override_reason="He lives with children",
    )  # fmt: skip
    old = assess(given, case=case)
    assert (old.level, old.override_of, old.tool_label) == ("very_high", "low", "KIRAT")

    new = assessment_correct(
        SYSTEM, reason="mistyped", assessment=old, given=given_assessment(RiskLevel.HIGH)
    )
    with pytest.raises(UsageError, match="already"):
        assessment_correct(SYSTEM, reason="again", assessment=old, given=given)
    assert [each.pk for each in RiskAssessment.objects.standing()] == [new.pk]
    gone = assessment_withdraw(SYSTEM, reason="another case's", assessment=new)
    assert not RiskAssessment.objects.standing()
    with pytest.raises(UsageError, match="record it anew"):
        assessment_withdraw(SYSTEM, reason="again", assessment=gone)
    with pytest.raises(AuthorityError):
        assessment_record(actor(grader), reason="a", given=given, case=case)
    with pytest.raises(UsageError, match="either"):
        assess(given)
    # What it says stays with who may read it.
    events = AuditEvent.objects.filter(action__startswith="risk.")
    assert not [each for each in events if "lives with" in each.details + each.subject_label]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE risk_assessment SET level = 'low'")


def test_newest_of_each_suspect_holds_and_the_highest_of_these_orders(
    make_case: MakeCase,
) -> None:
    case = make_case("OP-1")
    one = suspect_of(case)

    def made(level: RiskLevel, days: int, *, named: bool) -> RiskAssessment:
        at = ASSESSED + timedelta(days=days)
        given = replace(given_assessment(level), assessed_at=at)
        return assess(replace(given, place_id=one.pk if named else None), case=case)

    general = made(RiskLevel.VERY_HIGH, 0, named=False)
    first = made(RiskLevel.HIGH, 1, named=True)
    second = made(RiskLevel.LOW, 2, named=True)

    assert in_force([]) is None
    assert in_force([general]) == general
    assert in_force([first, general]) == first
    assert in_force([general, second, first]) == second
    later = made(RiskLevel.MEDIUM, 3, named=False)
    assert in_force([later, second]) == later


def test_queue_says_in_words_why_each_stands_where_it_does(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    user, other = make_user("i.example", Role.INVESTIGATOR), make_user("o", Role.SUPERVISOR)
    trusted, reaching, low, stopped, closed_to_me = (
        make_case(f"OP-{number}", user) for number in range(1, 6)
    )
    hidden = make_case("HIDDEN", other)
    high = given_assessment(RiskLevel.HIGH)
    assess(high, case=hidden)
    assess(replace(high, position_of_trust=Known.YES), case=trusted)
    assess(replace(high, access_to_children=Known.YES), case=reaching)
    assess(given_assessment(RiskLevel.LOW), case=low)
    assess(high, case=stopped)
    executed(stopped, granted_warrant(stopped))
    received(closed_to_me)
    new = received(at=ASSESSED + timedelta(days=3))
    known = received()
    assess(high, referral_id=known.pk)

    rows = risk_queue(user)

    assert [each.reference for each in rows] == [
        "OP-5", new.reference, "OP-2", "OP-1", known.reference, "OP-3",
    ]  # fmt: skip
    for most in range(1, 7):
        assert [each.reference for each in queue_head(Asking(user, most))] == [
            each.reference for each in rows[:most]
        ]
    why = [each.why for each in rows]
    assert why[0].startswith("Nobody has assessed it")
    assert why[1].endswith("all that is the same and it has waited for less time.")
    assert why[2].endswith("because it is assessed, and what is not comes first.")
    assert "High risk, to be answered within 7 days; the suspect can reach children" in why[2]
    assert why[3].endswith("Below OP-2 because less is known of access to children.")
    assert why[4].endswith("because less is known of a position of trust.")
    assert why[5].endswith("because its level is lower.")
    assert [each.kind for each in rows] == [
        "Case", "Referral", "Case", "Case", "Referral", "Case",
    ]  # fmt: skip
    assert all(each.is_overdue for each in rows if each.level)
    due = next(each for each in due_sources(user.roles) if each.kind == "risk.response")
    assert [each.reference for each in due_asked(due, user, 10)][-1] == "OP-3"
    assert len(due_asked(due, user, 2)) == 2


def test_referral_of_a_hidden_case_is_assessed_by_nobody_else(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    hidden = received(make_case("HIDDEN"))
    free = received()

    with pytest.raises(Referral.DoesNotExist):
        assessment_record(actor(user), reason="a", given=given_assessment(), referral_id=hidden.pk)
    kept = assessment_record(actor(user), reason="a", given=given_assessment(), referral_id=free.pk)
    assert kept.referral == free
    assert AuditEvent.objects.get(action="risk.assess").subject_label == free.reference


def test_prompt_that_is_missing_at_an_execution_is_named(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    suspect, access = suspect_of(case), SampleAccess(case)
    execution = executed(case, granted_warrant(case))

    (shown,) = suspect_prompts(access, user.roles)
    assert [(each.occasion, each.at) for each in shown.missing] == [
        (Occasion.WARRANT, execution.occurred_at)
    ]
    ask = partial(
        suicide_risk_record, actor(user), reason="a", access=access, place_id=suspect.pk,
        occasion="warrant", occurred_at=execution.occurred_at + timedelta(hours=2),
        answers=ANSWERS,
    )  # fmt: skip
    kept = ask()
    with pytest.raises(UsageError, match="recorded already"):
        ask()
    (shown,) = suspect_prompts(access, user.roles)
    assert (shown.missing, shown.prompts) == ((), (kept,))
    refused = GivenPrompt(
        Occasion.WARRANT, kept.occurred_at, replace(ANSWERS, concern=Concern.REFUSED)
    )
    new = suicide_risk_correct(
        actor(user), reason="a", access=access, prompt_id=kept.pk, given=refused
    )
    assert (new.found, new.place) == (Concern.REFUSED, suspect)
    suicide_risk_withdraw(actor(user), reason="a", access=access, prompt_id=new.pk)
    (shown,) = suspect_prompts(access, user.roles)
    assert (len(shown.missing), shown.prompts) == (1, ())
    with pytest.raises(UsageError, match="choose somebody of this case"):
        suicide_risk_record(
            actor(user), reason="a", access=SampleAccess(make_case("OP-2")),
            place_id=suspect.pk, occasion="arrest", occurred_at=ASSESSED, answers=ANSWERS,
        )  # fmt: skip
    with pytest.raises(AuthorityError):
        suicide_risk_withdraw(
            actor(make_user("g.example", Role.GRADER)), reason="a", access=access,
            prompt_id=new.pk,
        )  # fmt: skip
    assert SuicideRiskPrompt.objects.count() == 3


def test_review_waits_until_somebody_looked_again(make_user: MakeUser, make_case: MakeCase) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    suspect, of = suspect_of(case), received(case)
    first = replace(given_assessment(), review_on=ASSESSED.date() + timedelta(days=5))
    of_person = replace(first, place_id=suspect.pk)
    due = next(each for each in due_sources(user.roles) if each.kind == "risk.review")

    def later(days: int, given: GivenAssessment = first) -> GivenAssessment:
        at = ASSESSED + timedelta(days=days)
        return replace(given, assessed_at=at, review_on=at.date() + timedelta(days=5))

    assess(first, referral_id=of.pk)
    assess(later(1), referral_id=of.pk)
    assert len(due_asked(due, user, 9)) == 1
    assess(later(2), case=case)
    assert len(due_asked(due, user, 9)) == 1
    assess(later(3, of_person), case=case)
    assess(later(4, of_person), case=case)
    assert [each.since for each in due_asked(due, user, 9)] == [ASSESSED + timedelta(days=4)]
    # Of nobody in particular: what was said of the suspect still waits.
    assess(later(5), case=case)
    assert len(due_asked(due, user, 9)) == 2
    case_change_status(SYSTEM, reason="done", case=case, action="close")
    assert due_asked(due, user, 9) == []
