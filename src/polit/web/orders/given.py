"""What services are given: facts as people stated them. No Django here."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class GivenCondition:
    """A condition of an order.

    Args:
        kind: A value of ``ConditionKind``.
        code: What it is about, a code of the monitoring policy.
        text: Its words.
        begins_on: From when; ``None`` from the begin of the order.
        ends_on: Its last day, where it has one of its own.
    """

    kind: str
    code: str
    text: str
    begins_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class GivenOrder:
    """An order as the court made it, or requirements as they follow from a sentence.

    Args:
        place_id: The person's place in the case.
        kind: A code of the kinds in use.
        reference: The court's, or the team's own.
        made_on: The day of the order or of the sentence.
        begins_on: Its first day, for notification requirements the relevant date.
        ends_on: Its last day; ``None`` until further order.
        sentence: A row of s.82, from which the last day follows; empty where the court set it.
        is_under_18: Whether the person was under 18 on the relevant date.
        national_reference: The reference in the national register.
        court: The court.
        manager_id: The offender manager's account.
        conditions: What it prohibits and requires.
        court_result_id: The first row of the conviction that it follows; ``None`` for none.
    """

    place_id: UUID
    kind: str
    reference: str
    made_on: date
    begins_on: date
    ends_on: date | None = None
    sentence: str = ""
    is_under_18: bool = False
    national_reference: str = ""
    court: str = ""
    manager_id: UUID | None = None
    conditions: tuple[GivenCondition, ...] = ()
    court_result_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GivenVariation:
    """A change of an order by the court.

    Args:
        varied_on: The day.
        text: What it changed, in words.
        court: The court.
        changes_end: Whether the last day is another now,
        ends_on: namely this one; ``None`` until further order.
        add: Conditions that it added.
        drop: Identifiers of conditions that it ended.
    """

    varied_on: date
    text: str
    court: str = ""
    changes_end: bool = False
    ends_on: date | None = None
    add: tuple[GivenCondition, ...] = ()
    drop: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenVisit:
    """A visit: when, whether the person was seen, what was found."""

    occurred_at: datetime
    was_seen: bool
    was_announced: bool = False
    visitors: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class GivenCheck:
    """A check of a device; ``exhibit_id`` where it was seized and is an exhibit of the case."""

    occurred_at: datetime
    device: str
    result: str
    tool: str = ""
    tool_version: str = ""
    found: str = ""
    exhibit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GivenAssessment:
    """What a tool said; without ``review_on`` the policy's interval gives the day."""

    occurred_at: datetime
    tool: str
    level: str
    tool_version: str = ""
    rationale: str = ""
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class GivenNotifiable:
    """Something that has to be notified, as the team came to know of it."""

    occurred_at: datetime
    rule: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class GivenNotification:
    """A notification that a person gave.

    Args:
        occurred_at: When they gave it.
        rule: The code of its rule.
        event_at: When what it notifies happened, or for travel is to happen.
        event_id: What the team knew of before, which it answers.
        no_residence: Whether the home address notified is no sole or main residence.
        station: Where it was given.
        text: What was notified, in words.
    """

    occurred_at: datetime
    rule: str
    event_at: datetime | None = None
    event_id: UUID | None = None
    no_residence: bool = False
    station: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class GivenBreach:
    """A breach: when, since when known, of which condition or of which rule."""

    occurred_at: datetime
    known_at: datetime
    text: str
    condition_id: UUID | None = None
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class GivenStep:
    """What was done about a breach."""

    action: str
    occurred_at: datetime
    reference: str = ""
