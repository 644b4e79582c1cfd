"""Pages of risk: assessed on referrals and cases, the queue, prompts about suicide."""

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from web.conftest import ClientFor, MakeCase, MakeUser
from web.due_asked import due_asked
from web.risk.samples import ASSESSED, given_assessment, received, suspect_of
from web.warrants.samples import executed, granted_warrant

from polit.base.clock import now_utc
from polit.web.core.acting import SYSTEM
from polit.web.core.chronology import happenings_of
from polit.web.core.due import due_sources
from polit.web.core.rules import Role
from polit.web.risk.models import RiskAssessment, SuicideRiskPrompt
from polit.web.risk.services import assessment_record

HOSTILE = "<b>R</b>\u202e" + "x" * 200


def typed(name: str, at: datetime) -> dict[str, str]:
    local = timezone.localtime(at)
    parts = (local.day, local.month, local.year, f"{local:%H:%M}")
    return {f"{name}_{number}": str(part) for number, part in enumerate(parts)}


def assessed(**values: str) -> dict[str, str]:
    return {
        "tool": "kirat", "tool_version": "3", "level": "high", "assessor": "DC Reed",
        "access_to_children": "yes", "position_of_trust": "no", "previous": "not_known",
        "rationale": HOSTILE, "reason": "received", **typed("assessed_at", ASSESSED), **values,
    }  # fmt: skip


def test_referral_is_assessed_and_its_case_takes_it_over(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user, grader = make_user("i.example", Role.INVESTIGATOR), make_user("g", Role.GRADER)
    case = make_case("OP-1", user, grader)
    referral = received(case)
    client, base = client_for(user), f"/referrals/{referral.pk}/risk/"

    bare = client.post(f"{base}assess/", {"reason": "x"}).content.decode()
    assert "Choose level that holds" in bare
    overridden = assessed(tool_level="low")
    assert "say why" in client.post(f"{base}assess/", overridden).content.decode().lower()
    assert client.post(f"{base}assess/", assessed()).status_code == 302
    kept = RiskAssessment.objects.get()
    page = client.get(base).content.decode()
    assert "<b>R</b>" not in page
    assert "\u202e" not in page
    assert "KIRAT 3" in page

    whole = client.get(f"/cases/{case.id}/").content.decode()
    assert "Record a risk assessment" in whole
    seen = client_for(grader).get(f"/cases/{case.id}/").content.decode()
    assert "High" in seen
    assert "Access to children" not in seen
    assert client_for(grader).get(f"/cases/{case.id}/risk/").status_code == 404
    one = f"/cases/{case.id}/risk/{kept.pk}/"
    changed = assessed(level="very_high", reason="a new report")
    assert client.post(f"{one}correct/", changed).status_code == 302
    assert "already" in client.post(f"{one}correct/", changed).content.decode()
    new = RiskAssessment.objects.standing().get()
    assert (new.referral, new.level) == (referral, "very_high")
    withdrawn = client.post(f"{base}{new.pk}/withdraw/", {"reason": "of another referral"})
    assert withdrawn.status_code == 302
    assert "never made" in client.get(base).content.decode()
    assert "Referral" in client.get(f"/referrals/{referral.pk}/").content.decode()


def test_case_is_assessed_with_what_the_last_one_said(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    suspect = suspect_of(case)
    client, base = client_for(user), f"/cases/{case.id}/risk/"

    sent = assessed(person=str(suspect.pk), access_words="Two at home", review_on_0="1",
                    review_on_1="4", review_on_2="2026")  # fmt: skip
    assert client.post(f"{base}assess/", sent).status_code == 302
    assert "Two at home" in client.get(f"{base}assess/").content.decode()
    assert "To be reviewed by" in client.get(base).content.decode()
    due = next(each for each in due_sources(user.roles) if each.kind == "risk.review")
    assert [(each.reference, each.is_overdue(now_utc())) for each in due_asked(due, user, 5)] == [
        ("OP-1", True)
    ]
    told = happenings_of(user, frozenset({suspect.person_id}))
    assert "Risk assessed: high" in [each.title for each in told]
    executed(case, granted_warrant(case), days=30)
    assert "later than the level asks for" in client.get(base).content.decode()


def test_queue_is_narrowed_and_asks_the_same_number_of_queries(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    received(make_case("OP-0", user))
    assessment_record(SYSTEM, reason="a", given=given_assessment(), referral_id=received().pk)
    client = client_for(user)
    client.get("/risk/")
    with CaptureQueriesContext(connection) as few:
        client.get("/risk/")
    for number in range(1, 12):
        case = make_case(f"OP-{number}", user)
        assessment_record(SYSTEM, reason="a", given=given_assessment(), case=case)
        received(at=ASSESSED + timedelta(hours=number))
    with CaptureQueriesContext(connection) as many:
        page = client.get("/risk/").content.decode()

    assert len(many) == len(few)
    assert "Nobody has assessed it" in page
    assert "OP-11" in page
    narrowed = client.get("/risk/?level=medium&time=overdue&q=op-11").content.decode()
    assert "OP-11" in narrowed
    assert "OP-10<" not in narrowed
    assert "fits" in client.get("/risk/?q=nothing&after=9999999999").content.decode()
    assert "OP-11" not in client.get("/risk/?level=unassessed").content.decode()
    assert "What waits for a response" in client.get("/").content.decode()


def test_prompts_are_recorded_corrected_and_shown_with_what_is_missing(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user, grader = make_user("i.example", Role.INVESTIGATOR), make_user("g", Role.GRADER)
    case = make_case("OP-1", user, grader)
    suspect = suspect_of(case)
    execution = executed(case, granted_warrant(case))
    client, base = client_for(user), f"/cases/{case.id}/suicide-risk/"

    assert "No prompt at warrant" in client.get(f"/cases/{case.id}/").content.decode()
    assert "uicide" not in client_for(grader).get(f"/cases/{case.id}/").content.decode()
    begun = client.get(f"{base}ask/?place={suspect.pk}&occasion=warrant").content.decode()
    assert begun.count("checked") == 1
    sent = {
        "place_id": str(suspect.pk), "occasion": "warrant", "suicide_concern": "no",
        "suicide_asked": HOSTILE, "suicide_support_family": "The Lucy Faithfull Foundation",
        "reason": "as always", **typed("occurred_at", execution.occurred_at),
    }  # fmt: skip
    silent = client.post(f"{base}ask/", {**sent, "suicide_asked": ""}).content.decode()
    assert "Enter what was asked and what was said" in silent
    assert client.post(f"{base}ask/", sent).status_code == 302
    page = client.get(base).content.decode()
    assert "<b>R</b>" not in page
    assert "No prompt at" not in page
    assert "No support offered to the suspect is recorded" in page
    kept = SuicideRiskPrompt.objects.get()
    changed = {**sent, "suicide_concern": "refused"}
    assert client.post(f"{base}{kept.pk}/correct/", changed).status_code == 302
    new = SuicideRiskPrompt.objects.standing().get()
    gone = client.post(f"{base}{new.pk}/withdraw/", {"reason": "nobody was asked"})
    assert gone.status_code == 302
    assert "No prompt at warrant" in client.get(base).content.decode()
    assert "never asked" in client.get(base).content.decode()
