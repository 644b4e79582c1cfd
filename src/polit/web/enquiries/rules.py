"""States and results of an enquiry, its wait, and who may do what. No Django here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from polit.base.errors import UsageError
from polit.web.core.rules import CHILD_READERS, Access, Scope
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone

WORKERS = CHILD_READERS
"""Who reads enquiries and works on them: an answer may tell where a child lives."""
READING = Access(Scope.ROLE, read=WORKERS)
WRITING = Access(Scope.ROLE, read=WORKERS, write=WORKERS)
IN_CASE = Access(Scope.CASE, read=WORKERS)
ACTING = Access(Scope.CASE, read=WORKERS, write=WORKERS)
TEXT_LENGTH = 20_000
_CLOCKS_DIFFER = timedelta(minutes=2)


class EnquiryState(StrEnum):
    """Where an enquiry stands."""

    SENT = "sent"
    ANSWERED = "answered"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The state in words."""
        return "Waiting for an answer" if self is EnquiryState.SENT else self.value.capitalize()

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {"sent": Tone.BLUE, "answered": Tone.GREEN}.get(self.value, Tone.GREY)


ENQUIRY_STATES = StateTable(
    "enquiry",
    EnquiryState.SENT,
    (
        Transition("answer", ("sent",), "answered", WORKERS),
        Transition("cancel", ("sent",), "cancelled", WORKERS),
        Transition("withdraw_answer", ("answered",), "sent", WORKERS),
    ),
)


class Result(StrEnum):
    """What an answer brought."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    NO_DATA = "no_data"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The result in words."""
        return {"partly": "Partly resolved", "no_data": "No data held"}.get(
            self.value, self.value.capitalize()
        )


class Step(StrEnum):
    """What happened to an enquiry after it was sent."""

    REMINDER = "reminder"
    ANSWER = "answer"

    @property
    def label(self) -> str:
        """The step in words."""
        return "Reminder sent" if self is Step.REMINDER else "Answered"


@dataclass(frozen=True, slots=True)
class GivenEnquiry:
    """An enquiry as it was sent.

    Args:
        kind: A code of the kinds in use.
        asked_of: Whom it was sent to.
        sent_at: When.
        question: What was asked.
        authority: Under which authority or authorisation, with its reference.
        their_reference: The other side's reference, where there is one.
        answer_due_at: By when an answer is expected; ``None`` for the usual time of the kind.
    """

    kind: str
    asked_of: str
    sent_at: datetime
    question: str = ""
    authority: str = ""
    their_reference: str = ""
    answer_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer, with the new facts that it brought.

    Args:
        answered_at: When it came.
        result: What it brought.
        text: In words.
        given_name: Of the subscriber.
        family_name: Of the subscriber.
        address: Of the subscriber.
        account_kind: The kind of an identifier that it named; empty for none.
        account_value: That identifier.
        account_service: Its service, for the kinds that have one.
    """

    answered_at: datetime
    result: Result
    text: str = ""
    given_name: str = ""
    family_name: str = ""
    address: str = ""
    account_kind: str = ""
    account_value: str = ""
    account_service: str = ""


@dataclass(frozen=True, slots=True)
class GivenReminder:
    """A reminder that was sent."""

    occurred_at: datetime
    text: str = ""


def check_enquiry(given: GivenEnquiry, now: datetime) -> None:
    """Refuse an enquiry whose times contradict each other, or that was sent to nobody.

    Raises:
        UsageError: It is so.
    """
    if not given.asked_of.strip():
        raise UsageError("say whom was asked")
    _check_past(given.sent_at, now)
    if given.answer_due_at is not None and given.answer_due_at < given.sent_at:
        raise UsageError("an answer is not due before the enquiry was sent")


def check_step(occurred_at: datetime, sent_at: datetime, now: datetime) -> None:
    """Refuse a reminder or an answer before the enquiry was sent, or in the future.

    Raises:
        UsageError: It is so.
    """
    _check_past(occurred_at, now)
    if occurred_at < sent_at:
        raise UsageError("this happened before the enquiry was sent: check the time")


def check_answer(given: GivenAnswer) -> None:
    """Refuse an answer whose account is half given.

    Raises:
        UsageError: It is.
    """
    if bool(given.account_kind) != bool(given.account_value.strip()):
        raise UsageError("an account has a kind and a value")


def days_waited(sent_at: datetime, answered_at: datetime | None, now: datetime) -> int:
    """Return for how many full days an enquiry has waited, or waited until its answer."""
    return ((answered_at or now) - sent_at).days


def is_overdue(due_at: datetime | None, state: EnquiryState, now: datetime) -> bool:
    """Tell whether an answer should have been there by an instant."""
    return state is EnquiryState.SENT and due_at is not None and due_at <= now


def _check_past(at: datetime, now: datetime) -> None:
    if at > now + _CLOCKS_DIFFER:
        raise UsageError("this lies in the future: check the time")
