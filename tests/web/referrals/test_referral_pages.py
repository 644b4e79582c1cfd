"""Pages of referrals: who reaches one, what is recorded of it, and the way from report to case."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.base import settings
from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.people.models import PersonIdentifier
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import (
    GivenAccount,
    GivenFile,
    GivenOriginal,
    GivenParts,
    GivenReferral,
)
from polit.web.referrals.services import referral_link_case, referral_receive

REPORT = """Report ID: 4711
Service: Example Chat
User name: night_owl
E-mail: a.person@example.com
2026-03-27 14:05:06 UTC 203.0.113.7:51515
holiday.jpg MD5 d41d8cd98f00b204e9800998ecf8427e
"""
DAY = {"received_at_0": "2", "received_at_1": "3", "received_at_2": "2026", "received_at_3": "9:00"}
NEW = {"source": "industry_report", **DAY}
HOSTILE = "<b id=x>\u202e\u200bname' OR 1=1 --"


@pytest.fixture
def officer(make_user: MakeUser) -> User:
    return make_user("i.example", Role.INVESTIGATOR)


@pytest.fixture
def client(client_for: ClientFor, officer: User) -> Client:
    return client_for(officer)


def received(*accounts: str, reference: str = "", original: bytes = b"") -> Referral:
    parts = GivenParts(
        tuple(GivenAccount("email", each) for each in accounts), files=(GivenFile("a.jpg"),)
    )
    originals = (GivenOriginal("report.txt", original),) if original else ()
    given = GivenReferral(
        "public", now_utc() - timedelta(days=1), reference, parts=parts, originals=originals
    )
    return referral_receive(SYSTEM, reason="a test", given=given)


def page(referral: Referral, name: str = "page", *more: object) -> str:
    return reverse(f"referrals:{name}", args=[referral.pk, *more])


def test_report_becomes_a_case_and_nothing_is_typed_twice(client: Client) -> None:
    sent = client.post(reverse("referrals:add"), {**NEW, "text": REPORT})
    kept = Referral.objects.get()
    original = kept.originals.get()
    read = page(kept, "read", original.pk)
    assert sent["Location"] == read
    assert not kept.accounts.exists()  # nothing counts before somebody confirms it

    form = client.get(read).context["form"]
    assert form.initial["accounts"] == ["0", "1"]
    ticked = {"reference": "0", "accounts": ["0", "1"], "connections": ["0"], "reported": []}
    assert client.post(read, ticked)["Location"] == page(kept)

    kept.refresh_from_db()
    assert kept.source_reference == "4711"
    assert (kept.accounts.count(), kept.ips.get().port, kept.files.count()) == (2, 51515, 0)
    opening = client.get(page(kept, "open_case")).context["form"]
    sent = client.post(page(kept, "open_case"), {
        "reference": "OP-1", "title": "A test", "offences": ["making"], "suspect": "new",
        "family_name": "Example", "accounts": opening.initial["accounts"], "reason": "enough",
    })  # fmt: skip
    case = Case.objects.get()
    assert sent["Location"] == reverse("cases:page", args=[case.pk])
    assert PersonIdentifier.objects.count() == 2
    assert kept.reference in client.get(sent["Location"]).content.decode()


def test_what_cannot_be_read_is_only_kept(client: Client) -> None:
    upload = SimpleUploadedFile("../a\u202e.pdf", b"%PDF-1.7 a@example.com")
    client.post(reverse("referrals:add"), {**NEW, "original": upload})
    kept = Referral.objects.get()
    original = kept.originals.get()

    assert client.get(page(kept, "read", original.pk))["Location"] == page(kept)
    answer = client.get(page(kept, "original", original.pk))
    assert answer.content == b"%PDF-1.7 a@example.com"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('attachment; filename="R')
    taken = AuditEvent.objects.get(action="referrals.take_original")
    assert (taken.nature, original.sha256 in taken.details) == ("disclosure", False)


@pytest.mark.parametrize("role", Role)
def test_referral_without_a_case_is_read_by_readers_of_children_alone(
    make_user: MakeUser, client_for: ClientFor, role: Role
) -> None:
    kept = received("a@example.com")
    client = client_for(make_user("u", role))
    may = role in {Role.INVESTIGATOR, Role.SUPERVISOR, Role.SAFEGUARDING}

    assert client.get(page(kept)).status_code == (200 if may else 403)
    action = "referrals.consult" if may else "access.refuse"
    assert AuditEvent.objects.filter(action=action, actor_name="u").count() == 1


def test_referral_of_a_case_is_there_for_its_members_alone(
    make_user: MakeUser, make_case: MakeCase, client: Client, officer: User, client_for: ClientFor
) -> None:
    kept = received("a@example.com", reference="X/1", original=b"text")
    case = make_case("OP-1", officer)
    referral_link_case(SYSTEM, reason="a test", referral_id=kept.pk, case=case)
    stranger = client_for(make_user("s", Role.SUPERVISOR))
    original = kept.originals.get().pk

    for name, more in (("page", ()), ("change", ()), ("original", (original,)),
                       ("read", (original,)), ("link", ())):  # fmt: skip
        assert stranger.get(page(kept, name, *more)).status_code == 404
    assert stranger.post(page(kept, "link_with", received().pk)).status_code == 404
    refused = AuditEvent.objects.filter(action="access.refuse", actor_name="s")
    assert (refused.count(), refused[0].nature) == (6, "security")
    assert kept.reference not in stranger.get(reverse("referrals:list")).content.decode()
    assert client.get(page(kept)).status_code == 200
    read = AuditEvent.objects.get(action="referrals.consult", actor_name="i.example")
    assert (read.case_id, read.purpose, read.nature) == (case.pk, "investigation", "consultation")


def test_duplicate_and_link_are_one_click_from_what_they_share(client: Client) -> None:
    first, second, third = (received("a@example.com") for _each in range(3))
    shown = client.get(page(second)).content.decode()
    assert f"Mark as duplicate of {first.reference}" in shown

    assert client.post(page(second, "duplicate_of", first.pk)).status_code == 302
    assert client.post(page(third, "link_with", first.pk)).status_code == 302
    client.post(page(third, "link_with", first.pk))

    second.refresh_from_db()
    assert second.duplicate_of == first
    assert "linked already" in client.get(page(third)).content.decode()
    assert client.get(page(second, "mark_duplicate")).status_code == 404  # it is decided


def test_forms_say_what_is_wrong_and_keep_what_was_typed(client: Client) -> None:
    kept = received()
    sent = client.post(page(kept, "link"), {"reference": "R1999-1", "reason": "why"})
    assert "no such referral that you may see" in sent.content.decode()
    sent = client.post(page(kept, "part_add", "ip"), {"value": "1.2.3"})
    assert "no IP address" in sent.content.decode()
    sent = client.post(page(kept, "original_add"), {"text": " "})
    assert "Choose a file" in sent.content.decode()
    assert client.get(page(kept, "part_add", "other")).status_code == 404
    assert client.get(page(kept, "act", "other")).status_code == 404
    assert client.get(page(kept, "act", "open_case")).status_code == 302
    sent = client.post(page(kept, "act", "pass_on"), {"passed_to": "Northshire", "reason": "why"})
    assert sent["Location"] == page(kept)
    assert "Northshire" in client.get(page(kept)).content.decode()


@pytest.mark.parametrize("text", [HOSTILE, "\u0661" * 9_000, "x" * 10_000, "nul \x00 x"])
def test_hostile_text_neither_acts_nor_breaks(client: Client, text: str) -> None:
    sent = client.post(reverse("referrals:add"), {
        **NEW, "summary": text, "source_reference": text[:200], "text": f"User name: {text}",
    })  # fmt: skip
    for kept in Referral.objects.all():
        shown = client.get(page(kept)).content.decode()
        assert "<b id=x>" not in shown
        assert "\u202e" not in shown
    assert sent.status_code in {200, 302}
    found = client.get(reverse("referrals:list"), {"q": text, "after": text, "state": text})
    assert found.status_code == 200


def test_list_is_narrowed_and_asks_no_more_for_more_rows(client: Client) -> None:
    address = reverse("referrals:list")
    received(reference="AB/1")
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for at in range(12):
        received(reference=f"CD/{at}")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
    rows = client.get(address, {"q": "ab/1"}).context["listed"].page.rows
    assert [each.source_reference for each in rows] == ["AB/1"]
    for asked in ({"state": "received"}, {"source": "public", "sort": "oldest"}):
        assert len(client.get(address, asked).context["listed"].page.rows) == 13
    assert not client.get(address, {"state": "in_case"}).context["listed"].page.rows


def test_page_asks_no_more_for_more_rows(client: Client) -> None:
    kept = received("a@example.com", original=b"text")
    received("a@example.com")
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(page(kept))
        counts.append(len(asked))
        for _each in range(8):
            received("a@example.com")
    assert counts[1] <= counts[0]
    home = client.get("/").content.decode()
    assert kept.reference in home


def test_damaged_report_is_told_and_not_sent(client: Client) -> None:
    kept = received(original=b"text of a report")
    original = kept.originals.get()
    place = settings.data_folder() / "web" / "referrals" / original.sha256
    place.write_bytes(place.read_bytes()[:-1] + b"x")

    for name in ("original", "read"):
        assert client.get(page(kept, name, original.pk))["Location"] == page(kept)
    shown = client.get(page(kept)).content.decode()
    assert shown.count("govuk-notification-banner__heading") == 2
    assert not AuditEvent.objects.filter(action="referrals.take_original").exists()
