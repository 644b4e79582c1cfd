"""What is recorded of unknown children and series, as it is given. No Django here."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from polit.base.errors import UsageError
from polit.base.text import says_something
from polit.web.people.rules import PersonDetails
from polit.web.safeguarding.rules import GivenIdentified

MOST_AGE_YEARS = 21
"""A child is under 18; whoever estimates may reach beyond."""
MOST_FRAME_MS = 1 << 40


class Via(StrEnum):
    """How media came to a series."""

    CHOSEN = "chosen"
    FIRST_GENERATION = "first_generation"

    @property
    def label(self) -> str:
        """In words."""
        return "Chosen" if self is Via.CHOSEN else "First-generation candidate"


@dataclass(frozen=True, slots=True)
class GivenSeries:
    """What is known of a series.

    Args:
        name: A code word; never the name of a child.
        about: What is known of it, in words that name no child and no case.
        database: What the national or international database says, a code of the catalogue.
        reference: Its reference there; empty for none.
        checked_on: When that was asked; ``None`` while it was not.
    """

    name: str
    about: str = ""
    database: str = "not_checked"
    reference: str = ""
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class GivenOpinion:
    """What somebody holds of an unknown child, by what is to be seen.

    Args:
        age_from: The least age in years.
        age_to: The greatest.
        sex: A code of the catalogue.
        whose: Whose opinion it is.
        formed_on: When it was formed.
        grounds: On what it rests; empty where that is not said.
    """

    age_from: int
    age_to: int
    sex: str
    whose: str
    formed_on: date
    grounds: str = ""


@dataclass(frozen=True, slots=True)
class GivenUnknown:
    """What is known of a child whom nobody can name.

    Args:
        noted_at: Since when the force knows of the child.
        note: What else is known, in words that name no child.
        series_id: The series that the child appears in, of one of the actor's cases.
        opinion: How old the child seems to be.
    """

    noted_at: datetime
    note: str = ""
    series_id: UUID | None = None
    opinion: GivenOpinion | None = None


@dataclass(frozen=True, slots=True)
class GivenClue:
    """Something that may tell where or who a child is.

    Args:
        kind: A code of the catalogue.
        text: What it is, in words.
        reliability: A code of the catalogue.
        found_by: Who found it.
        found_on: When.
        media_id: The medium of the series that it was found in; ``None`` for elsewhere.
        frame_ms: Where in a video, in milliseconds; ``None`` for no place in time.
    """

    kind: str
    text: str
    reliability: str
    found_by: str
    found_on: date
    media_id: UUID | None = None
    frame_ms: int | None = None


@dataclass(frozen=True, slots=True)
class GivenEnquiry:
    """What was sent to somebody who may know the child.

    Args:
        agency: To whom.
        country: Its country.
        what: What was sent, in words that name no child.
        sent_at: When.
        exchange_id: The entry of the exchange log by which it went; ``None`` for none.
        answer_due_at: By when an answer is expected; ``None`` for the days of the catalogue.
    """

    agency: str
    country: str
    what: str
    sent_at: datetime
    exchange_id: UUID | None = None
    answer_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What came back.

    Args:
        answered_at: When.
        result: A code of the catalogue.
        text: What it says, in words that name no child.
    """

    answered_at: datetime
    result: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class GivenFound:
    """Who an unknown child is: a child of the case, or one whom it does not know yet.

    Args:
        identified: When and how.
        by: By whom the child was identified: an officer, an agency.
        place_id: The child's place in the case; ``None`` for a new one.
        details: What is known of a new one.
        relation: What the suspect is to the child, a code of safeguarding's catalogue.
        risk_known_at: Since when the force knows of the risk, of a child without a record.
    """

    identified: GivenIdentified
    by: str
    risk_known_at: datetime
    place_id: UUID | None = None
    details: PersonDetails = field(default_factory=PersonDetails)
    relation: str = "not_known"


def check_series(given: GivenSeries, today: date, *, has_reference: bool) -> None:
    """Refuse a series that contradicts itself.

    Raises:
        UsageError: It has no name, or what a database says lacks its day or its reference.
    """
    _check_says(given.name, "a code word for the series")
    if given.database == "not_checked":
        if given.reference or given.checked_on is not None:
            raise UsageError("say what the database says: it was checked")
        return
    if given.checked_on is None or given.checked_on > today:
        raise UsageError("say on which day the database was checked, not one ahead")
    if has_reference != bool(given.reference.strip()):
        words = "needs its reference there" if has_reference else "has no reference there"
        raise UsageError(f"a series {words}: correct the reference, or what the database says")


def check_opinion(given: GivenOpinion, today: date) -> None:
    """Refuse an opinion that cannot be.

    Raises:
        UsageError: The ages are no range, it is nobody's, or of a day ahead.
    """
    if not 0 <= given.age_from <= given.age_to <= MOST_AGE_YEARS:
        raise UsageError(f"an age range goes from the least to the greatest, 0 to {MOST_AGE_YEARS}")
    _check_says(given.whose, "whose opinion it is")
    if given.formed_on > today:
        raise UsageError("an opinion that is recorded was formed: give the day")


def check_clue(given: GivenClue, today: date) -> None:
    """Refuse a clue that says nothing or cannot be.

    Raises:
        UsageError: It says nothing, nobody found it, it was found on a day ahead, or its time in
            a video stands for no medium.
    """
    _check_says(given.text, "what the clue is")
    _check_says(given.found_by, "who found it")
    if given.found_on > today:
        raise UsageError("a clue that is recorded was found: give the day")
    if given.frame_ms is not None:
        if given.media_id is None:
            raise UsageError("a time in a video needs the item: choose it")
        if not 0 <= given.frame_ms <= MOST_FRAME_MS:
            raise UsageError("a time in a video is a number from 0")


def check_enquiry(given: GivenEnquiry, now: datetime) -> None:
    """Refuse an enquiry that cannot be.

    Raises:
        UsageError: It lies ahead, its answer is due before it, or it does not say to whom or what.
    """
    for text, what in ((given.agency, "to whom it went"), (given.country, "to which country"),
                       (given.what, "what was sent")):  # fmt: skip
        _check_says(text, what)
    if given.sent_at > now:
        raise UsageError("an enquiry that is recorded was sent: give when it was")
    if given.answer_due_at is not None and given.answer_due_at <= given.sent_at:
        raise UsageError("an answer is due after what it answers")


def check_answer(given: GivenAnswer, sent_at: datetime, now: datetime) -> None:
    """Refuse an answer from before its enquiry or from the future.

    Raises:
        UsageError: It is.
    """
    if not sent_at <= given.answered_at <= now:
        raise UsageError("an answer comes after what was sent, and not in the future")


def _check_says(text: str, what: str) -> None:
    if not says_something(text):
        raise UsageError(f"say {what}")
