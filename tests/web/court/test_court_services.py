"""Charges, pleas, hearings and results: what goes together, corrections, what is due."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from web.arrests.samples import access_to, arrest_of_case, suspect_of
from web.conftest import MakeCase, MakeUser
from web.court.samples import charge_of_case, court_result_id, hearing_id
from web.due_asked import due_of_kind

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role
from polit.web.court import sections
from polit.web.court.law import current_terms
from polit.web.court.models import Charge, CourtResult, Hearing, SentencePart
from polit.web.court.queries import charges_for, count_next, hearings_for, is_prompted
from polit.web.court.rules import (
    AppealAgainst,
    AppealStage,
    GivenAppeal,
    GivenCharge,
    GivenHeard,
    GivenHearing,
    GivenPlea,
    GivenResult,
    GivenSentence,
    Held,
    check_charge,
)
from polit.web.court.services import (
    appeal_record,
    charge_record,
    court_withdraw,
    hearing_close,
    hearing_record,
    plea_record,
    result_record,
)
from polit.web.court.telling import story
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.risk.rules import Concern, SuicideRiskAnswers

AN_HOUR_AGO = timedelta(hours=1)
SECRET = "images of Zebedee"


def charged(case: Case, corrects: Any = None, **more: Any) -> Charge:
    values: dict[str, Any] = {
        "place_id": suspect_of(case).pk, "charged_at": now_utc() - timedelta(days=3),
        "count_number": 1, "particulars": SECRET, "from_on": date(2020, 1, 1),
        "offence": "making",
    }  # fmt: skip
    given = GivenCharge(**{**values, **more})
    return charge_record(SYSTEM, reason="a", access=access_to(case), given=given, corrects=corrects)


def decided(case: Case, charge: Charge, verdict: str, *parts: GivenSentence) -> CourtResult:
    given = GivenResult(verdict, now_utc() - AN_HOUR_AGO, "Crown Court", "a note", parts)
    return result_record(
        SYSTEM, reason="a", access=access_to(case), charge_id=charge.first_id, given=given
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"offence": ""}, "choose the offence"),
        ({"statute": "Some Act"}, "choose the offence"),
        ({"count_number": 0}, "numbered from 1"),
        ({"to_on": date(2019, 1, 1)}, "before the first"),
        ({"to_on": date(2027, 1, 1)}, "in the future"),
    ],
)
def test_facts_of_a_charge_go_together(more: dict[str, Any], words: str) -> None:
    values: dict[str, Any] = {
        "place_id": uuid4(), "charged_at": now_utc(), "count_number": 1, "particulars": "x",
        "from_on": date(2020, 1, 1), "offence": "making",
    }  # fmt: skip
    with pytest.raises(UsageError, match=words):
        check_charge(GivenCharge(**{**values, **more}), date(2026, 1, 1))


def test_charge_from_an_arrest_names_it_and_counts_go_up(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    arrest = arrest_of_case(case)
    answers = SuicideRiskAnswers(Concern.NO, "asked", "", "", "")
    at = now_utc() - timedelta(minutes=5)
    first = charged(case, arrest_id=arrest.first_id, charged_at=at, answers=answers)
    assert (first.arrest_id, first.offence_label) == (arrest.pk, "Making indecent images")
    assert is_prompted(arrest)
    assert count_next(access_to(case), str(first.place_id)) == 2
    assert count_next(access_to(case), "nobody") == 1
    with pytest.raises(UsageError, match="count 1 already"):
        charged(case)
    second = charged(case, count_number=2, offence="", statute="Some Act 1900 s.1")
    assert second.offence_label == "Some Act 1900 s.1"
    with pytest.raises(UsageError, match="choose an arrest"):
        charged(case, count_number=3, arrest_id=uuid4())
    with pytest.raises(UsageError, match="no kind of offence"):
        charged(case, count_number=3, offence="jaywalking")
    assert not AuditEvent.objects.filter(details__contains="Zebedee").exists()


def test_charge_is_corrected_and_withdrawn_with_its_first_row_kept(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    first = charged(case)
    second = charged(case, corrects=first.pk, particulars="twelve images")
    assert (second.first_id, second.corrects_id) == (first.pk, first.pk)
    with pytest.raises(UsageError, match="meanwhile"):
        charged(case, corrects=first.pk)
    court_withdraw(SYSTEM, reason="b", access=access_to(case), kind="charge", row_id=second.pk)
    assert not Charge.objects.standing().exists()
    titles = [each.title for each in story(access_to(case), first.place_id)]
    assert sorted(titles) == [
        "Count 1 charged", "Count 1 charged: correction", "Count 1 charged: withdrawn",
    ]  # fmt: skip


def test_correction_of_a_charge_goes_together_with_its_results(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    charge = charged(case)
    decided(case, charge, "guilty_plea", GivenSentence("absolute_discharge"))
    other = person_add(
        SYSTEM, reason="a", case=case, details=PersonDetails("Bertram", "Sample"),
        place=PlaceInCase(PersonRole.SUSPECT),
    )  # fmt: skip
    with pytest.raises(UsageError, match="another person"):
        charged(case, corrects=charge.pk, place_id=other.pk)
    with pytest.raises(UsageError, match="followed"):
        charged(case, corrects=charge.pk, charged_at=now_utc(), place_id=charge.place_id)
    listed = GivenHearing(charge.place_id, now_utc(), "Crown Court", "trial")
    hearing = hearing_record(SYSTEM, reason="a", access=access_to(case), given=listed)
    with pytest.raises(UsageError, match="another person"):
        hearing_record(SYSTEM, reason="a", access=access_to(case), corrects=hearing.pk,
                       given=replace(listed, place_id=other.pk))  # fmt: skip


def test_plea_result_and_appeal_follow_the_charge(make_user: MakeUser, make_case: MakeCase) -> None:
    user = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    access, charge = access_to(case), charged(case)
    plea = GivenPlea("guilty", now_utc() - timedelta(hours=3))
    plea_record(SYSTEM, reason="a", access=access, charge_id=charge.pk, given=plea)
    parts = (GivenSentence("suspended", 10, "on each count"), GivenSentence("absolute_discharge"))
    result = decided(case, charge, "guilty_plea", *parts)
    assert [each.label for each in SentencePart.objects.order_by("number")] == [
        "Suspended sentence of imprisonment: 10 months", "Absolute discharge",
    ]  # fmt: skip
    appeal = GivenAppeal(AppealAgainst.SENTENCE, AppealStage.LODGED, now_utc())
    kept = appeal_record(SYSTEM, reason="a", access=access, result_id=result.pk, given=appeal)
    assert kept.label == "Appeal against sentence: lodged"
    (row,) = charges_for(user)
    found = [getattr(row, name) for name in ("plea", "verdict", "convicts")]
    assert found == ["guilty", "guilty_plea", True]
    titles = [each.title for each in sections.court_happened(
        user, frozenset({charge.place.person_id})
    )]  # fmt: skip
    assert titles == ["Charged, count 1", "Result on count 1"]
    early = GivenPlea("guilty", now_utc() - timedelta(days=9))
    with pytest.raises(UsageError, match="follows the charge"):
        plea_record(SYSTEM, reason="a", access=access, charge_id=charge.pk, given=early)
    before = GivenAppeal(AppealAgainst.BOTH, AppealStage.LODGED, now_utc() - timedelta(days=2))
    with pytest.raises(UsageError, match="follows the result"):
        appeal_record(SYSTEM, reason="a", access=access, result_id=result.pk, given=before)


@pytest.mark.parametrize(
    ("verdict", "part", "words"),
    [
        ("not_guilty", GivenSentence("fine", 10), "only who was convicted"),
        ("guilty", GivenSentence("fine"), "say how many pounds"),
        ("guilty", GivenSentence("absolute_discharge", 3), "say no amount"),
        ("guilty", GivenSentence("banishment", 3), "no sentence is called"),
        ("hanged", GivenSentence("fine", 3), "no verdict is called"),
    ],
)
def test_results_that_do_not_go_together(
    verdict: str, part: GivenSentence, words: str, make_case: MakeCase
) -> None:
    case = make_case("OP-1")
    with pytest.raises(UsageError, match=words):
        decided(case, charge_of_case(case), verdict, part)


def test_hearing_is_due_until_its_outcome_is_recorded_and_names_the_next(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    user = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    access, hearing = access_to(case), hearing_id(case)
    (due,) = due_of_kind("court.hearing", user, 9)
    assert (due.label, due.subject) == ("Hearing: trial", "Suspect 1")
    too_early = GivenHeard(Held.HELD, "done")
    with pytest.raises(UsageError, match="future"):
        hearing_close(SYSTEM, reason="a", access=access, hearing_id=hearing, given=too_early)
    following = GivenHearing(
        suspect_of(case).pk, now_utc() + timedelta(days=30), "Crown Court", "sentence"
    )
    given = GivenHeard(Held.ADJOURNED, "no interpreter", following)
    hearing_close(SYSTEM, reason="a", access=access, hearing_id=hearing, given=given)
    assert [each.label for each in due_of_kind("court.hearing", user, 9)] == ["Hearing: sentence"]
    assert sorted(getattr(each, "held", None) or "" for each in hearings_for(user)) == [
        "", "adjourned",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="recorded already"):
        hearing_close(SYSTEM, reason="a", access=access, hearing_id=hearing, given=given)
    assert Hearing.objects.count() == 2


def test_who_may_not_record_is_refused_and_terms_are_data(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    case = make_case("OP-1")
    grader = make_user("g", Role.GRADER)
    actor = Actor("user", str(grader.pk), grader.username)
    row = court_result_id(case)
    with pytest.raises(AuthorityError):
        court_withdraw(actor, reason="a", access=access_to(case), kind="result", row_id=row)
    with pytest.raises(CourtResult.DoesNotExist):
        court_withdraw(
            SYSTEM, reason="a", access=access_to(make_case("OP-2")), kind="result", row_id=row
        )
    assert "confirmed by the force" in current_terms().notice
    (entry,) = sections.charge_entries([Charge.objects.get()])
    assert "ten images" not in entry.text + entry.title
