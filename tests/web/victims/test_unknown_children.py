"""Unknown children: recorded, tied to media and clues, looked for, identified, and taken back."""

import contextlib
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, transaction
from web.conftest import MakeCase, MakeUser
from web.dissemination.samples import exchange_id
from web.due_asked import due_of_kind
from web.safeguarding.samples import Granted, child_of, place_of, task_id
from web.victims.samples import clue_id, enquiry, media_of_case, opinion, series_of, unknown_of

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.chronology import happenings_of
from polit.web.core.rules import CHILD_READERS, Role
from polit.web.dissemination.services import exchange_withdraw
from polit.web.people.rules import PersonDetails, PersonRole
from polit.web.safeguarding.models import ChildRecord, SafeguardingTask
from polit.web.safeguarding.rules import GivenIdentified
from polit.web.victims.models import (
    Appearance,
    Clue,
    ClueTie,
    Series,
    SeriesMedia,
    SeriesStep,
    UnknownChild,
    UnknownStep,
    VictimEnquiry,
)
from polit.web.victims.queries import (
    content_series,
    enquiries_of,
    next_steps,
    unknown_get,
    unknown_timeline,
)
from polit.web.victims.rules import (
    GivenAnswer,
    GivenClue,
    GivenFound,
    GivenSeries,
    GivenUnknown,
    Via,
)
from polit.web.victims.services import (
    answer_record,
    appearance_record,
    child_identified,
    clue_record,
    clue_tie,
    enquiry_record,
    held_withdraw,
    identification_withdraw,
    linked_withdraw,
    media_link,
    opinion_record,
    series_change,
    series_open,
    unknown_add,
    unknown_move,
)
from polit.web.victims.services.series import series_version

WHY = "a test"


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def of(case: Case, by: Actor = SYSTEM) -> dict[str, Any]:
    return {"actor": by, "reason": WHY, "access": Granted(case)}


def noted(case: Case) -> UnknownChild:
    """Record an unknown child of whom nothing else is known."""
    return unknown_add(**of(case), given=GivenUnknown(now_utc()))


def candidate(case: Case) -> str:
    """Return the digest of a first-generation candidate of a case, hex."""
    return bytes(SafeguardingTask.objects.get(pk=task_id(case)).sha256).hex()


def found(**changes: Any) -> GivenFound:
    given = GivenFound(
        GivenIdentified(now_utc() - timedelta(minutes=5), "a school badge"), "A bureau",
        now_utc() - timedelta(days=2), details=PersonDetails(given_name="Zebedee"),
    )  # fmt: skip
    return replace(given, **changes)


def test_label_counts_in_the_force_and_nothing_of_a_child_is_changed(make_case: MakeCase) -> None:
    one, two = make_case("OP-1"), make_case("OP-2")
    children = [noted(case) for case in (one, two, one)]
    assert [each.label for each in children] == [f"Unknown child {n}" for n in (1, 2, 3)]
    unknown = unknown_add(
        **of(two), given=GivenUnknown(now_utc(), "", series_of(two).pk, opinion())
    )
    assert unknown_get(Granted(two), unknown.pk).held_opinions[0].text == (  # type: ignore[attr-defined]
        "8 to 10 years, apparently female"
    )
    for model in (UnknownStep, SeriesStep, Appearance):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET reason = 'x'")


def test_form_that_is_sent_twice_is_one_child_one_clue_and_one_enquiry(
    make_case: MakeCase,
) -> None:
    case = make_case("OP-1")
    series, sent = series_of(case), enquiry()
    one = GivenUnknown(now_utc(), "", None, opinion())
    child = unknown_add(**of(case), given=one)
    clue = GivenClue("object", "A swing", "likely", "A. Example", opinion().formed_on)
    for _ in range(2):
        with contextlib.suppress(UsageError):
            clue_record(**of(case), series_id=series.pk, given=clue)
        with contextlib.suppress(UsageError):
            enquiry_record(**of(case), unknown_id=child.pk, given=sent)
    assert Clue.objects.count() == VictimEnquiry.objects.count() == 1
    with pytest.raises(UsageError, match=f"as {child.label}"):
        unknown_add(**of(case), given=one)
    # A sister, seen at the same time.
    unknown_add(**of(case), given=replace(one, note="The smaller one"))
    unknown_add(**of(case), given=replace(one, opinion=None))
    assert UnknownChild.objects.count() == 3


def test_who_counts_at_once_counts_again_and_no_number_is_given_twice(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case("OP-1")
    noted(case)
    seen = iter([0, 0, 1])
    monkeypatch.setattr("polit.web.victims.services.unknown._last_number", lambda: next(seen))
    assert noted(case).number == 2
    monkeypatch.setattr("polit.web.victims.services.unknown._last_number", lambda: 1)
    with pytest.raises(UsageError, match="send it again"):
        noted(case)


def test_a_series_is_linked_changed_and_taken_apart(make_case: MakeCase) -> None:
    one = make_case("OP-1")
    digest = candidate(one)
    series = media_link(**of(one), series=GivenSeries("GREEN  LANTERN"), contents=[digest] * 2,
                        via=Via.FIRST_GENERATION)  # fmt: skip
    assert series.name == "GREEN LANTERN"
    media_link(**of(one), series=series.pk, contents=[digest])
    media = SeriesMedia.objects.get()
    assert (bytes(media.sha256).hex(), media.way) == (digest, "First-generation candidate")
    for contents in ([], [hashlib.sha256(b"elsewhere").hexdigest()], ["00" * 32] * 2):
        with pytest.raises(UsageError):
            media_link(**of(one), series=series.pk, contents=contents)
    with pytest.raises(UsageError, match="taken"):
        series_open(**of(one), given=GivenSeries("green lantern"))
    seen = series_version(series)
    known = GivenSeries("GREEN LANTERN", "A garden", "national", "N/7", now_utc().date())
    series_change(**of(one), series_id=series.pk, given=known, seen=seen)
    with pytest.raises(UsageError, match="somebody else"):
        series_change(**of(one), series_id=series.pk, given=known, seen=seen)
    # What was known before is kept, and no audit row holds the digest.
    assert [each.database for each in SeriesStep.objects.order_by("recorded_at")] == [
        "not_checked", "national",
    ]  # fmt: skip
    assert not any(digest in str(each.__dict__) for each in AuditEvent.objects.all())
    linked_withdraw(**of(one), series_id=series.pk, kind="media", row_id=media.pk)
    assert content_series(Granted(one), bytes.fromhex(digest)) == []
    media_link(**of(one), series=series.pk, contents=[digest])
    assert SeriesMedia.objects.count() == 3


def test_one_clue_ties_two_series(make_case: MakeCase) -> None:
    one, two = make_case("OP-1"), make_case("OP-2")
    clue = Clue.objects.get(pk=clue_id(one))
    assert (clue.frame_text, clue.kind_label) == ("1:02.5", "Object")
    here, there = series_of(one), series_of(two)
    tied: dict[str, Any] = {"series_id": here.pk, "clue_id": clue.pk, "to_id": there.pk}
    tie = clue_tie(**of(one), **tied)
    with pytest.raises(UsageError, match="already"):
        clue_tie(**of(one), **tied)
    # The other series stands in this case now; the clue is not the other case's to take back.
    with pytest.raises(ObjectDoesNotExist):
        linked_withdraw(**of(two), series_id=there.pk, kind="tie", row_id=tie.pk)
    linked_withdraw(**of(one), series_id=there.pk, kind="tie", row_id=tie.pk)
    assert ClueTie.objects.standing().get().series == here
    linked_withdraw(**of(one), series_id=here.pk, kind="clue", row_id=clue.pk)
    assert not Clue.objects.standing().exists()
    given = GivenClue("place", "A pier", "certain", "A. Example", now_utc().date(),
                      media_of_case(two).pk)  # fmt: skip
    with pytest.raises(ObjectDoesNotExist):  # a medium of another case
        clue_record(**of(one), series_id=here.pk, given=given)


def test_an_enquiry_waits_until_it_is_answered(make_user: MakeUser, make_case: MakeCase) -> None:
    officer, outsider = make_user("i", Role.INVESTIGATOR), make_user("o", Role.INVESTIGATOR)
    grader = make_user("g", Role.GRADER)
    case = make_case("OP-1", officer, grader)
    unknown = noted(case)

    def waits(user: User = officer) -> list[str]:
        return [each.subject for each in due_of_kind("victims.answer", user, 10)]

    def steps() -> list[str]:
        row = unknown_get(Granted(case), unknown.pk)
        return [each.label for each in next_steps(row, enquiries_of(row))]

    assert len(steps()) == 3
    exchange = exchange_id(case)
    given = replace(enquiry(), exchange_id=exchange)
    sent = enquiry_record(**of(case), unknown_id=unknown.pk, given=given)
    assert sent.answer_due_at - sent.sent_at == timedelta(days=14)
    assert unknown_get(Granted(case), unknown.pk).state == "looked_for"
    assert waits() == ["Unknown child 1: Example Police Bureau"]
    assert waits(outsider) == waits(grader) == []
    assert "Record the answer of Example Police Bureau" in steps()
    answered: dict[str, Any] = {"unknown_id": unknown.pk, "enquiry_id": sent.pk}
    answer = answer_record(**of(case), **answered, given=GivenAnswer(now_utc(), "lead", "A town"))
    assert waits() == []
    held_withdraw(**of(case), unknown_id=unknown.pk, kind="answer", row_id=answer.pk)
    assert len(waits()) == 1
    unknown_move(**of(case), unknown_id=unknown.pk, action="set_aside")
    assert waits() == steps() == []
    unknown_move(**of(case), unknown_id=unknown.pk, action="reopen")
    held_withdraw(**of(case), unknown_id=unknown.pk, kind="enquiry", row_id=sent.pk)
    assert waits() == []
    exchange_withdraw(SYSTEM, reason=WHY, access=Granted(case), exchange_id=exchange)
    for wrong in (exchange, UUID(int=7)):
        with pytest.raises(UsageError):
            enquiry_record(
                **of(case), unknown_id=unknown.pk, given=replace(given, exchange_id=wrong)
            )


def test_what_was_wrong_is_withdrawn_and_stays(make_user: MakeUser, make_case: MakeCase) -> None:
    case, grader = make_case("OP-1"), make_user("g", Role.GRADER)
    unknown = noted(case)
    one: dict[str, Any] = {"unknown_id": unknown.pk}
    sent = enquiry_record(**of(case), **one, given=enquiry())
    answer = answer_record(
        **of(case), **one, enquiry_id=sent.pk, given=GivenAnswer(now_utc(), "lead")
    )
    for kind, row_id in (("answer", answer.pk), ("enquiry", sent.pk)):
        held_withdraw(**of(case), **one, kind=kind, row_id=row_id)
    row = opinion_record(**of(case), unknown_id=unknown.pk, given=opinion())
    held_withdraw(**of(case), unknown_id=unknown.pk, kind="opinion", row_id=row.pk)
    seen = appearance_record(**of(case), unknown_id=unknown.pk, series_id=series_of(case).pk)
    with pytest.raises(UsageError, match="already"):
        appearance_record(**of(case), unknown_id=unknown.pk, series_id=series_of(case).pk)
    held_withdraw(**of(case), unknown_id=unknown.pk, kind="appearance", row_id=seen.pk)
    with pytest.raises(ObjectDoesNotExist):
        held_withdraw(**of(case), unknown_id=unknown.pk, kind="appearance", row_id=seen.pk)
    # Of each of the four the row and its withdrawal, and the child's own steps.
    timeline = unknown_timeline(unknown_get(Granted(case), unknown.pk))
    assert sum(each.is_withdrawal for each in timeline) == 4
    assert sum(each.is_superseded for each in timeline) == 4
    with pytest.raises(AuthorityError):
        unknown_add(**of(case, actor(grader)), given=GivenUnknown(now_utc()))


def test_a_new_child_is_recorded_once_and_a_wrong_one_taken_back(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer, keeper = make_user("i", Role.INVESTIGATOR), make_user("s", Role.SAFEGUARDING)
    case = make_case("OP-1", officer, keeper)
    unknown = unknown_of(case)
    one: dict[str, Any] = {"unknown_id": unknown.pk}
    named = child_identified(**of(case, actor(officer)), **one, given=found())
    child = named.child
    assert child is not None
    assert (child.standing, child.identified_how) == ("identified_victim", "a school badge")
    assert child.place.person.given_name == "Zebedee"
    # Nothing that this register keeps holds the name.
    kept = [*UnknownChild.objects.values(), *UnknownStep.objects.values()]
    assert "Zebedee" not in str(kept)
    told = happenings_of(officer, frozenset({child.place.person_id}))
    assert "Identified as a child who was unknown" in [each.title for each in told]
    with pytest.raises(UsageError):
        child_identified(**of(case), **one, given=found())
    with pytest.raises(AuthorityError):
        identification_withdraw(**of(case, actor(officer)), **one)
    identification_withdraw(**of(case, actor(keeper)), **one)
    unknown.refresh_from_db()
    child.refresh_from_db()
    assert (unknown.state, unknown.child, child.standing) == ("unidentified", None, "at_risk")
    assert [each.child_id for each in UnknownStep.objects.order_by("recorded_at")][1:] == [
        child.pk, child.pk,
    ]  # fmt: skip
    with pytest.raises(UsageError):
        identification_withdraw(**of(case), **one)


def test_a_known_child_is_tied_and_keeps_what_others_found(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    place = place_of(case, PersonRole.CHILD)
    known = found(place_id=place.pk, details=PersonDetails())
    first, second, third = (noted(case) for _ in range(3))
    # A child of the case without a record gets it; both others are the same child.
    child_identified(**of(case), unknown_id=first.pk, given=known)
    child_identified(**of(case), unknown_id=second.pk, given=known)
    child = ChildRecord.objects.get()
    identification_withdraw(**of(case), unknown_id=first.pk)
    child.refresh_from_db()
    assert child.standing == "identified_victim"  # the second still says so
    identification_withdraw(**of(case), unknown_id=second.pk)
    child.refresh_from_db()
    assert child.standing == "at_risk"
    # A child at risk with a record stands as identified victim from now on.
    child_identified(**of(case), unknown_id=third.pk, given=known)
    assert child_of(case).standing == "identified_victim"
    assert ChildRecord.objects.count() == 1
    with pytest.raises(ObjectDoesNotExist):
        child_identified(
            **of(case), unknown_id=first.pk, given=replace(known, place_id=UUID(int=1))
        )
    with pytest.raises(UsageError, match="by whom"):
        child_identified(**of(case), unknown_id=first.pk, given=replace(known, by=" "))
    first.refresh_from_db()
    assert first.state == "unidentified"


def test_who_was_a_victim_before_stays_one(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    earlier, unknown = (
        noted(case),
        noted(case),
    )
    place = place_of(case, PersonRole.CHILD)
    known = found(place_id=place.pk, details=PersonDetails())
    child_identified(**of(case), unknown_id=earlier.pk, given=known)
    child_identified(**of(case), unknown_id=unknown.pk, given=known)
    identification_withdraw(**of(case), unknown_id=unknown.pk)
    assert child_of(case).standing == "identified_victim"


def test_only_series_of_ones_own_cases_can_be_taken(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", *CHILD_READERS)
    mine, closed = make_case("OP-1", officer), make_case("OP-2")
    theirs = series_of(closed)
    unknown = unknown_of(mine)
    by = actor(officer)
    for refused in (
        lambda: media_link(**of(mine, by), series=theirs.pk, contents=[candidate(mine)]),
        lambda: appearance_record(**of(mine, by), unknown_id=unknown.pk, series_id=theirs.pk),
        lambda: clue_tie(**of(mine, by), series_id=series_of(mine).pk, clue_id=clue_id(mine),
                         to_id=theirs.pk),
        lambda: unknown_add(**of(mine, by), given=GivenUnknown(now_utc(), "", theirs.pk)),
    ):  # fmt: skip
        with pytest.raises(Series.DoesNotExist):
            refused()
    with pytest.raises(UsageError, match="no access"):
        series_open(**of(mine, by), given=GivenSeries(theirs.name.lower()))
