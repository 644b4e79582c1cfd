"""What is served stays as it was served; who may serve, opine, schedule and log; what is told."""

import hashlib
import json
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from web.arrests.samples import access_to, suspect_of
from web.conftest import MakeCase, MakeUser
from web.court.samples import charge_of_case
from web.disclosure.disclosed import decided_case, digest, service, unused, viewing
from web.seized import seized_exhibit

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.chronology import happenings_of
from polit.web.core.rules import Purpose, Role
from polit.web.disclosure.drafts import csv_pieces, draft_of
from polit.web.disclosure.law import current_law
from polit.web.disclosure.models import Served, ServedLine, UnusedItem
from polit.web.disclosure.queries import columns_of, difference_of, lines_of
from polit.web.disclosure.rules import (
    COLUMN,
    OPINERS,
    WRITERS,
    Accessible,
    GivenOpinion,
    GivenSupport,
)
from polit.web.disclosure.services import (
    management_write,
    opinion_give,
    schedule_serve,
    support_set,
    unused_record,
    unused_withdraw,
    viewing_record,
    viewing_withdraw,
)
from polit.web.exhibits.models import Exhibit
from polit.web.media.models import Package
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.search.models import SearchEntry

GRADES = {"a": "A", "b": "C", "c": "indicative", "d": ""}
TODAY = now_utc().date()


@pytest.fixture
def grader(make_user: MakeUser) -> User:
    return make_user("g.example", Role.GRADER)


@pytest.fixture
def case(make_case: MakeCase, grader: User) -> Case:
    case = make_case("OP-1", grader)
    decided_case(case, grader, GRADES)
    return case


def serve(case: Case, kind: str = "images", **changes: Any) -> Served:
    return schedule_serve(SYSTEM, reason="a test", access=access_to(case), kind=kind,
                          place_id=suspect_of(case).pk, given=service(**changes))  # fmt: skip


def opine(case: Case, lines: str, said: Accessible, why: str = "Found in a cache") -> None:
    opinion_give(SYSTEM, reason="a test", access=access_to(case), place_id=suspect_of(case).pk,
                 given=GivenOpinion(lines, said, why, TODAY))  # fmt: skip


def item(case: Case, **changes: Any) -> UnusedItem:
    return unused_record(SYSTEM, reason="a test", access=access_to(case),
                         place_id=suspect_of(case).pk, given=unused(**changes))  # fmt: skip


def test_schedule_lists_what_counts_for_a_charge_with_what_the_record_knows(case: Case) -> None:
    place = suspect_of(case)
    charge = charge_of_case(case)
    opine(case, "1-2", Accessible.UNCLEAR)
    opine(case, "1", Accessible.NO, "Only in a cache that needs a tool")
    support_set(SYSTEM, reason="a test", access=access_to(case), place_id=place.pk,
                given=GivenSupport("1", charge.first_id))  # fmt: skip

    draft = draft_of(access_to(case), place, current_law().schedule("images"))

    assert [(line.number, line.key) for line in draft.lines] == [(1, digest("a")), (2, digest("b"))]
    first = dict(zip(draft.columns, draft.lines[0].cells, strict=True))
    assert first == {
        "Exhibits": "AB/1 (2)", "Copies": "2", "SHA-256": digest("a"), "Kind": "still",
        "Category": "uk-2014/1/A", "Created": "2021-05-01 10:00:00 (basis unknown)",
        "Modified": "", "Downloaded": "", "Where found": "AB/1: img.E01/p1/DCIM/a-0.jpg",
        "Live or deleted": "deleted, overwritten; live", "Accessible": "Not accessible",
        "Opinion of": f"polit, {TODAY:%-d %B %Y}: Only in a cache that needs a tool", "Count": "1",
    }  # fmt: skip
    assert draft.lines[1].cells[COLUMN["Accessible"]] == "Cannot be said"


def test_another_suspects_exhibits_are_left_out(case: Case) -> None:
    kind, own = current_law().schedule("images"), suspect_of(case)
    other = person_add(SYSTEM, reason="a", case=case, details=PersonDetails("Bertha", "Sample"),
                       place=PlaceInCase(PersonRole.SUSPECT))  # fmt: skip
    with act(SYSTEM, "tests.owner", reason="a test") as deed:
        Exhibit.objects.filter(case=case).update(owner=own)
        deed.about("exhibit", "1")
    assert draft_of(access_to(case), own, kind).lines
    assert not draft_of(access_to(case), other, kind).lines


def test_served_version_stays_when_grades_change_and_the_next_lists_the_differences(
    case: Case, grader: User
) -> None:
    first = serve(case)
    kept, data = lines_of(first), b"".join(csv_pieces(columns_of(first), lines_of(first)))
    assert (first.version, first.count, first.reference) == (1, 2, "SI/OP-1/Suspect1/1")
    assert hashlib.sha256(data).hexdigest() == first.sha256

    decided_case(case, grader, {"a": "B", "b": "indicative", "c": "C"}, again=True)
    second = serve(case)

    assert lines_of(Served.objects.get(pk=first.pk)) == kept
    again = b"".join(csv_pieces(columns_of(first), lines_of(first)))
    assert hashlib.sha256(again).hexdigest() == first.sha256 != second.sha256
    told = difference_of(second, most=10)
    assert told is not None
    assert [line.key for line in told.removed] == [digest("b")]
    assert [(line.number, line.key) for line in told.added] == [(3, digest("c"))]
    assert [(each.number, each.cells) for each in told.changed] == [
        (1, (("Category", "uk-2014/1/A", "uk-2014/1/B"),))
    ]
    assert difference_of(first, most=10) is None
    events = AuditEvent.objects.filter(action="disclosure.serve").order_by("seq")
    assert [json.loads(each.details)["sha256"] for each in events] == [first.sha256, second.sha256]
    assert {each.nature for each in events} == {"disclosure"}
    opine(case, "1", Accessible.YES)
    for table in ("disclosure_served", "disclosure_served_line", "disclosure_opinion"):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM {table}")


def test_draft_takes_as_many_queries_for_many_items_as_for_few(
    case: Case, make_case: MakeCase, grader: User
) -> None:
    other = make_case("OP-2", grader)
    decided_case(other, grader, {f"n{number}": "A" for number in range(40)})
    kind, counts = current_law().schedule("images"), []
    for each in (case, other):
        access, place = access_to(each), suspect_of(each)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            draft_of(access, place, kind)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_what_is_served_is_what_was_looked_at(case: Case, grader: User) -> None:
    place = suspect_of(case)
    mark = draft_of(access_to(case), place, current_law().schedule("images")).mark
    decided_case(case, grader, {"a": "B"}, again=True)
    with pytest.raises(UsageError, match="load it again"):
        serve(case, seen=mark)
    for changes in (
        {"served_to": " "},
        {"means": "none"},
        {"served_at": now_utc().replace(year=2999)},
    ):
        with pytest.raises(UsageError):
            serve(case, **changes)
    with pytest.raises(UsageError, match="not written yet"):
        serve(case, "dmd")
    assert not ServedLine.objects.exists()


@pytest.mark.parametrize("role", sorted(Role))
def test_each_act_is_for_its_roles_alone(case: Case, role: Role, make_user: MakeUser) -> None:
    user = make_user("u.example", role)
    actor, place = Actor("user", str(user.pk), user.username), suspect_of(case).pk
    frame: dict[str, Any] = {"reason": "a test", "access": access_to(case), "place_id": place}
    given = GivenOpinion("1", Accessible.YES, "In the gallery", TODAY)
    acts = (
        (WRITERS, lambda: schedule_serve(actor, kind="images", given=service(), **frame)),
        (WRITERS, lambda: unused_record(actor, given=unused(), **frame)),
        (WRITERS, lambda: management_write(actor, text="What is held", **frame)),
        (WRITERS, lambda: support_set(actor, given=GivenSupport("1"), **frame)),
        (OPINERS, lambda: opinion_give(actor, given=given, **frame)),
    )  # fmt: skip
    for roles, does in acts:
        if role in roles:
            assert does().by == "u.example"
        else:
            with pytest.raises(AuthorityError):
                does()


def test_report_lists_what_is_to_be_disclosed_and_items_keep_their_numbers(case: Case) -> None:
    plain = item(case)
    hidden = item(case, schedule="mg6d", decision="inspect", why="May assist")
    told = item(case, description="A call from the defence", decision="disclose", why="Assists")
    assert (plain.number, hidden.number, told.number) == (1, 1, 2)
    with pytest.raises(UsageError, match="stays on its schedule"):
        unused_record(SYSTEM, reason="a", access=access_to(case), place_id=plain.place_id,
                      given=unused(schedule="mg6d"), corrects=plain.pk)  # fmt: skip

    report = serve(case, "mg6e")
    assert [line.cells[:2] for line in lines_of(report)] == [("MG6C", "2"), ("MG6D", "1")]
    assert report.is_sensitive
    unused_withdraw(SYSTEM, reason="twice", access=access_to(case), item_id=told.pk)
    assert [line.number for line in lines_of(serve(case, "mg6c"))] == [1]
    with pytest.raises(UsageError, match="recorded already"):
        item(case)
    assert item(case, description="Another call").number == 3
    assert SearchEntry.objects.get(title=report.reference).reader_roles == WRITERS


def test_document_is_served_by_paragraphs(case: Case) -> None:
    frame: dict[str, Any] = {
        "reason": "a test",
        "access": access_to(case),
        "place_id": suspect_of(case).pk,
    }
    management_write(SYSTEM, text="Sought.\n\nHeld.\nHeld.", **frame)
    first = serve(case, "dmd")
    with pytest.raises(UsageError, match="same"):
        management_write(SYSTEM, text="Sought.\n\nHeld.\nHeld.", **frame)
    management_write(SYSTEM, text="Sought.\nHeld.", **frame)
    told = difference_of(serve(case, "dmd"), most=5)
    assert first.count == 3
    assert told is not None
    assert told.counts == (0, 1, 0)


def test_viewing_is_logged_corrected_and_told(
    case: Case, make_user: MakeUser, make_case: MakeCase
) -> None:
    served, place = serve(case), suspect_of(case)
    hidden = item(case, schedule="mg6d", description="ZQSECRET")
    serve(case, "mg6d")
    frame: dict[str, Any] = {"reason": "a test", "access": access_to(case), "place_id": place.pk}
    first = viewing_record(SYSTEM, given=viewing(served_id=served.pk), **frame)
    exhibit = Package.objects.get(case=case).exhibit
    last = viewing_record(SYSTEM, given=viewing(exhibits=(exhibit.pk, exhibit.pk)),
                          corrects=first.pk, **frame)  # fmt: skip
    assert (last.first_id, last.exhibits.get().reference) == (first.pk, "AB/1")
    foreign = seized_exhibit(make_case("OP-2"), "CD/1")
    for changes in ({"exhibits": (foreign.pk,)}, {"served_id": foreign.pk}):
        with pytest.raises(UsageError):
            viewing_record(SYSTEM, given=viewing(**changes), **frame)

    officer, manager = make_user("i", Role.INVESTIGATOR), make_user("m", Role.OFFENDER_MANAGER)
    _join(case, officer, manager)
    people = frozenset({place.person_id})
    told = {each.title: each for each in happenings_of(officer, people)}
    assert {"Served: Schedule of images, version 1", "Viewed by the defence"} <= set(told)
    assert not [each for each in told if "MG6D" in each]
    assert not [each for each in happenings_of(manager, people) if "Served" in each.title]
    assert "ZQSECRET" not in "".join(AuditEvent.objects.values_list("details", flat=True))
    assert SearchEntry.objects.filter(kind="served").count() == 2
    assert hidden.is_sensitive
    viewing_withdraw(SYSTEM, reason="of another", access=access_to(case), viewing_id=last.pk)
    assert "Viewed by the defence" not in {each.title for each in happenings_of(officer, people)}


def _join(case: Case, *users: User) -> None:
    for user in users:
        member_add(SYSTEM, reason="a", case=case, user_id=user.pk, purpose=Purpose.DISCLOSURE)
