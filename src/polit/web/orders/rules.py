"""Roles, states and words of orders and their monitoring. No Django here."""

from datetime import date
from enum import StrEnum

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import CHILD_READERS, Access, Role, Scope
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone

READERS = CHILD_READERS | {Role.OFFENDER_MANAGER}
WRITERS = frozenset({Role.OFFENDER_MANAGER, Role.SUPERVISOR})
LISTING = Access(Scope.ROLE, read=READERS)
IN_CASE = Access(Scope.CASE, read=READERS)
ACTING = Access(Scope.CASE, read=WRITERS, write=WRITERS)


class OrderState(StrEnum):
    """Where an order stands; one whose last day has passed is over without anybody's act."""

    IN_FORCE = "in_force"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The state in words."""
        return self.value.replace("_", " ").capitalize()

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return Tone.BLUE if self is OrderState.IN_FORCE else Tone.GREY


ORDER_STATES = StateTable(
    "order",
    OrderState.IN_FORCE,
    (
        Transition("end", ("in_force",), "ended", WRITERS),
        Transition("resume", ("ended",), "in_force", WRITERS),
    ),
)
"""An order resumes where its end was recorded by mistake: else nothing would be due of somebody
who is still under it."""


class EndKind(StrEnum):
    """How an order ended before or on its last day."""

    DISCHARGED = "discharged"
    REPLACED = "replaced"
    QUASHED = "quashed"
    EXPIRED = "expired"
    DIED = "died"

    @property
    def label(self) -> str:
        """The end in words."""
        words = {
            "discharged": "Discharged by the court",
            "replaced": "Replaced by another order",
            "quashed": "Quashed on appeal",
            "expired": "Ran out",
            "died": "The person died",
        }
        return words[self.value]


class Level(StrEnum):
    """A level of risk as a tool or an officer gave it; polit computes none."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def label(self) -> str:
        """The level in words."""
        return self.value.replace("_", " ").capitalize()

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        tones = {"very_high": Tone.RED, "high": Tone.ORANGE, "medium": Tone.YELLOW}
        return tones.get(self.value, Tone.GREEN)


class ConditionKind(StrEnum):
    """What a condition of an order does."""

    PROHIBITION = "prohibition"
    REQUIREMENT = "requirement"

    @property
    def label(self) -> str:
        """The kind in words."""
        return "Prohibition" if self is ConditionKind.PROHIBITION else "Positive requirement"


class CheckResult(StrEnum):
    """What a check of a device came to."""

    NOTHING = "nothing"
    CONCERN = "concern"
    SEIZED = "seized"
    REFUSED = "refused"
    NOT_DONE = "not_done"

    @property
    def label(self) -> str:
        """The result in words."""
        words = {
            "nothing": "Nothing found",
            "concern": "Concern, device left",
            "seized": "Device seized",
            "refused": "Refused by the person",
            "not_done": "Could not be done",
        }
        return words[self.value]

    @property
    def counts(self) -> bool:
        """Whether the device was looked at or taken: only then the next date moves."""
        return self in {CheckResult.NOTHING, CheckResult.CONCERN, CheckResult.SEIZED}


class BreachAction(StrEnum):
    """What was done about a breach."""

    WARNING = "warning"
    ARREST = "arrest"
    CHARGE = "charge"
    RETURN_TO_COURT = "return_to_court"
    NO_ACTION = "no_action"

    @property
    def label(self) -> str:
        """The action in words."""
        return self.value.replace("_", " ").capitalize()


def check_writes(roles: frozenset[Role]) -> None:
    """Refuse whoever may not write of orders.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & WRITERS:
        raise AuthorityError("your roles do not allow to record orders: ask an offender manager")


def check_days(made_on: date, begins_on: date, ends_on: date | None, today: date) -> None:
    """Refuse days of an order that cannot be.

    Raises:
        UsageError: It is made in the future, or ends before it begins.
    """
    if made_on > today:
        raise UsageError("an order is recorded once it is made: the day lies in the future")
    if ends_on is not None and ends_on < begins_on:
        raise UsageError("the order ends before it begins: check both days")
