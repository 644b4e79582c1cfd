"""What of unknown children may be recorded, and what is refused with a word on what to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role
from polit.web.victims.catalogue import check_code, current_catalogue, label_of
from polit.web.victims.rules import (
    UNKNOWN_STATES,
    GivenAnswer,
    GivenClue,
    GivenEnquiry,
    GivenOpinion,
    GivenSeries,
    UnknownState,
    check_answer,
    check_clue,
    check_enquiry,
    check_opinion,
    check_reader,
    check_series,
)

TODAY = date(2026, 3, 27)
NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)
AHEAD, HOUR = TODAY + timedelta(days=1), timedelta(hours=1)
SERIES = GivenSeries("LANTERN", database="national", reference="N/1", checked_on=TODAY)
OPINION = GivenOpinion(8, 10, "female", "A. Example", TODAY)
CLUE = GivenClue("object", "A swing", "likely", "A. Example", TODAY, UUID(int=1), 0)
ENQUIRY = GivenEnquiry("A bureau", "Utopia", "A description", NOW - HOUR)
ANSWER = GivenAnswer(NOW, "lead")
REFUSED: dict[str, Callable[[], None]] = {
    "no code word": lambda: check_series(replace(SERIES, name=" "), TODAY, has_reference=True),
    "a reference of what was not checked": lambda: check_series(
        GivenSeries("LANTERN", reference="N/1"), TODAY, has_reference=False
    ),
    "a day of what was not checked": lambda: check_series(
        GivenSeries("LANTERN", checked_on=TODAY), TODAY, has_reference=False
    ),
    "checked on no day": lambda: check_series(
        replace(SERIES, checked_on=None), TODAY, has_reference=True
    ),
    "checked tomorrow": lambda: check_series(
        replace(SERIES, checked_on=AHEAD), TODAY, has_reference=True
    ),
    "known without a reference": lambda: check_series(
        replace(SERIES, reference=" "), TODAY, has_reference=True
    ),
    "a reference of what is not known": lambda: check_series(SERIES, TODAY, has_reference=False),
    "ages the wrong way": lambda: check_opinion(replace(OPINION, age_from=11), TODAY),
    "an age of nobody": lambda: check_opinion(replace(OPINION, age_to=22), TODAY),
    "an age before birth": lambda: check_opinion(replace(OPINION, age_from=-1), TODAY),
    "nobody's opinion": lambda: check_opinion(replace(OPINION, whose=""), TODAY),
    "an opinion of tomorrow": lambda: check_opinion(replace(OPINION, formed_on=AHEAD), TODAY),
    "a clue without words": lambda: check_clue(replace(CLUE, text=" "), TODAY),
    "a clue nobody found": lambda: check_clue(replace(CLUE, found_by=""), TODAY),
    "a clue of tomorrow": lambda: check_clue(replace(CLUE, found_on=AHEAD), TODAY),
    "a time in no video": lambda: check_clue(replace(CLUE, media_id=None), TODAY),
    "a time before a video": lambda: check_clue(replace(CLUE, frame_ms=-1), TODAY),
    "sent to nobody": lambda: check_enquiry(replace(ENQUIRY, agency=""), NOW),
    "sent to no country": lambda: check_enquiry(replace(ENQUIRY, country=" "), NOW),
    "nothing sent": lambda: check_enquiry(replace(ENQUIRY, what=""), NOW),
    "sent in an hour": lambda: check_enquiry(replace(ENQUIRY, sent_at=NOW + HOUR), NOW),
    "due before it was sent": lambda: check_enquiry(
        replace(ENQUIRY, answer_due_at=ENQUIRY.sent_at), NOW
    ),
    "answered before": lambda: check_answer(ANSWER, NOW + HOUR, NOW + 2 * HOUR),
    "answered in an hour": lambda: check_answer(ANSWER, NOW - HOUR, NOW - HOUR),
    "an unknown code": lambda: check_code(current_catalogue().sexes, "other", "apparent sex"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_contradicts_itself_is_refused(case: str) -> None:
    with pytest.raises(UsageError):
        REFUSED[case]()


def test_what_is_whole_is_taken() -> None:
    check_series(SERIES, TODAY, has_reference=True)
    check_series(GivenSeries("LANTERN"), TODAY, has_reference=False)
    check_series(replace(SERIES, reference=""), TODAY, has_reference=False)
    check_opinion(replace(OPINION, age_from=10), TODAY)
    check_clue(CLUE, TODAY)
    check_clue(replace(CLUE, media_id=None, frame_ms=None), TODAY)
    check_enquiry(ENQUIRY, NOW)
    check_enquiry(replace(ENQUIRY, answer_due_at=NOW), NOW)
    check_answer(ANSWER, NOW - HOUR, NOW)
    lists = current_catalogue()
    check_code(lists.results, "lead", "result")
    assert lists.answer_due_at(NOW) - NOW == timedelta(days=14)
    assert label_of(lists.sexes, "of a later version") == "of a later version"


@pytest.mark.parametrize("role", sorted(CASE_ROLES))
def test_only_readers_of_children_write(role: Role) -> None:
    if role in CHILD_READERS:
        check_reader(frozenset({role}))
        return
    with pytest.raises(AuthorityError):
        check_reader(frozenset({role}))


def test_a_wrong_identification_is_for_who_may_say_so_of_a_childs_record() -> None:
    offered = {
        role: {each.action for each in UNKNOWN_STATES.offered("identified", frozenset({role}))}
        for role in CASE_ROLES
    }
    may = {role for role, actions in offered.items() if actions == {"withdraw_identification"}}
    assert may == {Role.SUPERVISOR, Role.SAFEGUARDING}
    assert [each.is_open for each in UnknownState] == [True, True, False, False]
    assert len({each.tone for each in UnknownState}) == len({each.label for each in UnknownState})
