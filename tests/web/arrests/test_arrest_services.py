"""Arrests and what follows them: kept once, corrected by whole rows, due by their clocks."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from web.arrests.samples import access_to, arrest_of_case, suspect_of
from web.conftest import MakeCase, MakeUser
from web.due_asked import due_of_kind

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.arrests import sections
from polit.web.arrests.models import Arrest, ArrestOutcome
from polit.web.arrests.queries import arrests_for, clocks_of
from polit.web.arrests.rules import (
    ArrestKind,
    CustodyKind,
    GivenArrest,
    GivenCustody,
    GivenInterview,
    GivenOutcome,
    GivenSupport,
    OutcomeKind,
)
from polit.web.arrests.services import (
    arrest_correct,
    arrest_record,
    arrest_withdraw,
    custody_record,
    following_withdraw,
    interview_record,
    outcome_record,
    support_record,
)
from polit.web.arrests.telling import prompts_missing, story
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import CHILD_READERS, Role
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.risk.models import SuicideRiskPrompt
from polit.web.risk.rules import Concern, SuicideRiskAnswers

ANSWERS = SuicideRiskAnswers(Concern.NO, "asked at the desk", "", "", "a helpline")
SECRET = "Zebedee is her son"


def given(case: Case, **more: object) -> GivenArrest:
    values = {
        "place_id": suspect_of(case).pk, "kind": ArrestKind.ARREST,
        "occurred_at": now_utc() - timedelta(hours=3), "where": "at home", "grounds": SECRET,
        "officer": "PC Sample", "necessity": ("investigation", "name"),
    }  # fmt: skip
    return GivenArrest(**{**values, **more})  # type: ignore[arg-type]  # by name


def recorded(case: Case, **more: object) -> Arrest:
    return arrest_record(SYSTEM, reason="a test", access=access_to(case), given=given(case, **more))


def outcome(case: Case, arrest: Arrest, kind: OutcomeKind, **more: object) -> ArrestOutcome:
    values: dict[str, object] = {"occurred_at": now_utc() - timedelta(hours=1)}
    if kind in {OutcomeKind.BAIL, OutcomeKind.RELEASED_UNDER_INVESTIGATION}:
        values["due_at"] = now_utc() + timedelta(days=20)
    if kind is OutcomeKind.BAIL:
        values |= {"bail_level": "first", "conditions": ("stay at home", "no contact")}
    corrects = more.pop("corrects", None)
    return outcome_record(
        SYSTEM, reason="a test", access=access_to(case), arrest_id=arrest.first_id,
        given=GivenOutcome(kind, **{**values, **more}),  # type: ignore[arg-type]  # by name
        corrects=corrects,  # type: ignore[arg-type]  # an identifier
    )  # fmt: skip


def test_arrest_is_kept_with_its_prompt_and_the_audit_holds_no_text(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    kept = recorded(case, answers=ANSWERS)
    assert (kept.first_id, kept.necessity) == (kept.pk, "name,investigation")
    assert SuicideRiskPrompt.objects.get().occasion == "arrest"
    assert prompts_missing(kept, story(kept)) == ()
    event = AuditEvent.objects.get(action="arrests.record")
    assert event.subject_label == "Suspect 1"
    assert json.loads(event.details)["what"] == "arrest"
    assert SECRET not in event.details


def test_form_that_is_sent_twice_is_one_arrest(make_case: MakeCase) -> None:
    case = make_case("T-1")
    first = recorded(case)
    with pytest.raises(UsageError, match="recorded already"):
        recorded(case, occurred_at=first.occurred_at)
    assert Arrest.objects.count() == 1


def test_correction_keeps_both_rows_and_what_hangs_on_the_arrest(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    first = recorded(case)
    bailed = outcome(case, first, OutcomeKind.BAIL)
    second = arrest_correct(
        SYSTEM, reason="wrong place", access=access_to(case), arrest_id=first.pk,
        given=given(case, where="at work"),
    )  # fmt: skip
    assert [each.where for each in Arrest.objects.standing()] == ["at work"]
    assert (second.first_id, second.corrects_id) == (first.pk, first.pk)
    assert bailed.arrest_id == second.first_id
    arrest_withdraw(SYSTEM, reason="mistaken", access=access_to(case), arrest_id=first.pk)
    assert not Arrest.objects.standing().exists()
    assert Arrest.objects.count() == 3
    with pytest.raises(Arrest.DoesNotExist):
        arrest_withdraw(SYSTEM, reason="again", access=access_to(case), arrest_id=first.pk)


def corrected(case: Case, arrest: Arrest, **more: object) -> Arrest:
    return arrest_correct(
        SYSTEM, reason="wrong", access=access_to(case), arrest_id=arrest.first_id,
        given=given(case, **more),
    )  # fmt: skip


def test_correction_goes_together_with_what_followed(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    first = recorded(case)
    outcome(case, first, OutcomeKind.BAIL)
    other = person_add(
        SYSTEM, reason="a", case=case, details=PersonDetails("Bertram", "Sample"),
        place=PlaceInCase(PersonRole.SUSPECT),
    )  # fmt: skip
    for more, words in (
        # Its bail and prompts would go on naming the first suspect.
        ({"place_id": other.pk}, "another person"),
        ({"occurred_at": now_utc() - timedelta(minutes=1)}, "followed"),
        ({"kind": ArrestKind.VOLUNTARY_ATTENDANCE, "necessity": ()}, "only after an arrest"),
    ):
        with pytest.raises(UsageError, match=words):
            corrected(case, first, **{"place_id": first.place_id, **more})
    assert Arrest.objects.count() == 1


def test_two_arrests_are_not_corrected_into_one(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    first = recorded(case)
    second = recorded(case, occurred_at=now_utc() - timedelta(hours=2))
    with pytest.raises(UsageError, match="recorded already"):
        corrected(case, second, occurred_at=first.occurred_at)
    assert corrected(case, first, occurred_at=first.occurred_at, where="at work").corrects == first


def test_refusals_of_arrests(make_case: MakeCase, make_user: MakeUser) -> None:
    case, other = make_case("OP-1"), make_case("OP-2")
    with pytest.raises(UsageError, match="future"):
        recorded(case, occurred_at=now_utc() + timedelta(hours=1))
    with pytest.raises(UsageError, match="choose a suspect"):
        recorded(case, place_id=suspect_of(other).pk)
    with pytest.raises(UsageError, match="choose an execution"):
        recorded(case, execution_id=uuid4())
    manager = make_user("m", Role.OFFENDER_MANAGER)
    actor = Actor("user", str(manager.pk), manager.username)
    with pytest.raises(AuthorityError):
        arrest_record(actor, reason="a", access=access_to(case), given=given(case))
    voluntary = recorded(case, kind=ArrestKind.VOLUNTARY_ATTENDANCE, necessity=())
    assert voluntary.necessity_law == ""
    with pytest.raises(UsageError, match="only who was arrested"):
        step(case, voluntary, CustodyKind.ARRIVAL, 1)


def step(case: Case, arrest: Arrest, kind: CustodyKind, hours_ago: float, until: int = 0) -> None:
    until_at = arrest.occurred_at + timedelta(hours=until) if until else None
    custody_record(
        SYSTEM, reason="a test", access=access_to(case), arrest_id=arrest.first_id,
        given=GivenCustody(kind, now_utc() - timedelta(hours=hours_ago), "Sgt", until_at),
    )  # fmt: skip


def officer_in(make_user: MakeUser, make_case: MakeCase) -> tuple[User, Case]:
    user = make_user("i", Role.INVESTIGATOR)
    return user, make_case("OP-1", user)


def test_custody_is_due_until_it_ends(make_user: MakeUser, make_case: MakeCase) -> None:
    user, case = officer_in(make_user, make_case)
    arrest = recorded(case)
    step(case, arrest, CustodyKind.ARRIVAL, 2)
    step(case, arrest, CustodyKind.AUTHORISED, 1.5)
    reviews, limits = (
        due_of_kind("arrests.review", user, 9),
        due_of_kind("arrests.detention", user, 9),
    )
    assert [each.due_at - now_utc() > timedelta(hours=4) for each in reviews] == [True]
    assert [each.subject for each in limits] == ["Suspect 1"]
    assert due_of_kind("arrests.review", make_user("other", Role.INVESTIGATOR), 9) == []
    kept = outcome(case, arrest, OutcomeKind.RELEASED_UNDER_INVESTIGATION)
    assert due_of_kind("arrests.detention", user, 9) == []
    assert clocks_of(arrest.pk).ended_at == kept.occurred_at
    assert [each.kind for each in due_of_kind("arrests.release", user, 9)] == ["arrests.release"]


def test_bail_that_is_extended_is_due_once_and_ends_with_a_charge(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    user, case = officer_in(make_user, make_case)
    arrest = recorded(case)
    first = outcome(case, arrest, OutcomeKind.BAIL, occurred_at=now_utc() - timedelta(hours=2))
    later = now_utc() + timedelta(days=90)
    second = outcome(case, arrest, OutcomeKind.BAIL, bail_level="inspector", due_at=later)
    assert [each.due_at for each in due_of_kind("arrests.bail", user, 9)] == [later]
    assert [each.text for each in first.conditions.order_by("number")] == [
        "stay at home", "no contact",
    ]  # fmt: skip
    outcome(case, arrest, OutcomeKind.CHARGE, corrects=second.pk)
    assert due_of_kind("arrests.bail", user, 9) == []
    assert [getattr(each, "outcome", "") for each in arrests_for(user)] == ["charge"]
    with pytest.raises(UsageError, match="corrected or withdrawn meanwhile"):
        outcome(case, arrest, OutcomeKind.CAUTION, corrects=second.pk)
    titles = [each.title for each in sections.arrests_happened(
        user, frozenset({arrest.place.person_id})
    )]  # fmt: skip
    assert sorted(titles) == ["Arrest", "Bailed", "Charged"]


def test_what_follows_can_be_withdrawn_and_stays_in_the_story(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    arrest = recorded(case)
    access = access_to(case)
    begin = now_utc() - timedelta(hours=2)
    talk = interview_record(
        SYSTEM, reason="a", access=access, arrest_id=arrest.pk,
        given=GivenInterview(begin, "station", "PC", "none wanted", now_utc(), "no comment",
                             ANSWERS),
    )  # fmt: skip
    support_record(
        SYSTEM, reason="a", access=access, arrest_id=arrest.pk,
        given=GivenSupport(begin, "partner", "a helpline", is_accepted=True),
    )  # fmt: skip
    assert [each.value for each in prompts_missing(arrest, story(arrest))] == ["arrest"]
    following_withdraw(
        SYSTEM, reason="b", access=access, arrest_id=arrest.pk, kind="interview", row_id=talk.pk
    )
    told = story(arrest)
    assert sorted((each.title, each.is_superseded) for each in told) == [
        ("Arrest", False), ("Interviewed", True), ("Interviewed: withdrawn", True),
        ("Support offered to the family", False),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="meanwhile"):
        following_withdraw(
            SYSTEM, reason="b", access=access, arrest_id=arrest.pk, kind="interview",
            row_id=talk.pk,
        )  # fmt: skip
    early = GivenInterview(begin - timedelta(hours=9), "station", "PC", "none")
    with pytest.raises(UsageError, match="after the arrest"):
        interview_record(SYSTEM, reason="a", access=access, arrest_id=arrest.pk, given=early)
    backwards = GivenInterview(begin, "station", "PC", "none", begin - timedelta(hours=1))
    with pytest.raises(UsageError, match="ends after"):
        interview_record(SYSTEM, reason="a", access=access, arrest_id=arrest.pk, given=backwards)


def test_tables_only_grow(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    outcome(case, arrest_of_case(case), OutcomeKind.BAIL)
    for table in ("arrests_arrest", "arrests_outcome", "arrests_bail_condition"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET recorded_at = recorded_at"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_search_keeps_no_grounds(make_case: MakeCase) -> None:
    kept = recorded(make_case("OP-1"))
    entries = list(sections.arrest_entries([kept]))
    assert all("Suspect 1" in each.title and SECRET not in each.text for each in entries)
    where = [each.readers for each in entries if "at home" in each.text]
    assert where == [CHILD_READERS]
