"""Where a child stands, and the steps that protect them, as they are given. No Django here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.base.text import says_something
from polit.web.core.rules import CHILD_READERS, Role
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone


class ChildStanding(StrEnum):
    """What is known of a child in a case."""

    AT_RISK = "at_risk"
    IDENTIFIED_VICTIM = "identified_victim"

    @property
    def label(self) -> str:
        """The standing in words."""
        return {"at_risk": "Child at risk", "identified_victim": "Identified victim"}[self.value]

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {"at_risk": Tone.ORANGE, "identified_victim": Tone.PURPLE}[self.value]


CHILD_STANDINGS = StateTable(
    "child in a case",
    ChildStanding.AT_RISK,
    (
        Transition("identify", ("at_risk",), "identified_victim", CHILD_READERS),
        Transition(
            "unidentify", ("identified_victim",), "at_risk",
            frozenset({Role.SUPERVISOR, Role.SAFEGUARDING}),
        ),
    ),
)  # fmt: skip
"""A child may be recorded as an identified victim at once, with when and how."""


class ChildAccess(StrEnum):
    """How a suspect comes to a child now."""

    LIVES_WITH = "lives_with"
    REGULAR = "regular"
    NONE = "none"
    NOT_KNOWN = "not_known"

    @property
    def label(self) -> str:
        """The access in words."""
        return {
            "lives_with": "Lives with the child", "regular": "Regular contact",
            "none": "No access", "not_known": "Not known",
        }[self.value]  # fmt: skip


class StepKind(StrEnum):
    """A kind of thing that happens for a child; it is part of addresses."""

    ACTION = "action"
    SHARED = "social-care-referral"
    STRATEGY = "strategy-discussion"
    ENQUIRY = "section-47"
    CONFERENCE = "conference"

    @property
    def label(self) -> str:
        """What people read."""
        return {
            "action": "Protective action", "social-care-referral": "Shared with social care",
            "strategy-discussion": "Strategy discussion", "section-47": "Section 47 enquiry",
            "conference": "Child protection conference",
        }[self.value]  # fmt: skip

    @property
    def verb(self) -> str:
        """How acts of the audit begin: ``protective_action``."""
        return {
            "action": "protective_action", "social-care-referral": "social_care_referral",
            "strategy-discussion": "strategy_discussion", "section-47": "section_47",
            "conference": "child_conference",
        }[self.value]  # fmt: skip


@dataclass(frozen=True, slots=True)
class GivenIdentified:
    """When and how a child was identified as a victim."""

    identified_at: datetime
    identified_how: str


@dataclass(frozen=True, slots=True)
class GivenChild:
    """What is known of a child in a case.

    Args:
        risk_known_at: When the force knew of the risk: clocks run from here.
        relation: What the suspect is to the child, a code of the catalogue.
        access: How the suspect comes to the child now.
        suspect_id: The suspect's place in the case; ``None`` where it is not known.
        school: School or other setting; empty where it is not known.
        identified: When and how, for an identified victim; ``None`` for a child at risk.
    """

    risk_known_at: datetime
    relation: str = "not_known"
    access: ChildAccess = ChildAccess.NOT_KNOWN
    suspect_id: UUID | None = None
    school: str = ""
    identified: GivenIdentified | None = None

    @property
    def standing(self) -> ChildStanding:
        """Where the child stands."""
        at_risk = self.identified is None
        return ChildStanding.AT_RISK if at_risk else ChildStanding.IDENTIFIED_VICTIM


@dataclass(frozen=True, slots=True)
class GivenAction:
    """Something that was done to protect a child.

    Args:
        kind: A code of the catalogue.
        occurred_at: When.
        done_by: Who did it.
        agreed_by: Who agreed to it; empty for nobody.
        note: What else.
    """

    of: ClassVar[StepKind] = StepKind.ACTION

    kind: str
    occurred_at: datetime
    done_by: str
    agreed_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GivenShared:
    """A referral to children's social care.

    Args:
        occurred_at: When it was made.
        authority: The local authority.
        reference: Its reference; empty where there is none yet.
        made_by: Who made it.
        note: What else.
    """

    of: ClassVar[StepKind] = StepKind.SHARED

    occurred_at: datetime
    authority: str
    made_by: str
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GivenStrategy:
    """A strategy discussion.

    Args:
        occurred_at: When it was held.
        outcome: A code of the catalogue.
        agencies: Who took part: codes of the catalogue.
        note: What else.
    """

    of: ClassVar[StepKind] = StepKind.STRATEGY

    occurred_at: datetime
    outcome: str
    agencies: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class GivenEnquiryStep:
    """A section 47 enquiry that began, or ended with an outcome.

    Args:
        occurred_at: When.
        outcome: A code of the catalogue; empty for its beginning.
        note: What else.
    """

    of: ClassVar[StepKind] = StepKind.ENQUIRY

    occurred_at: datetime
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GivenConference:
    """A child protection conference that was held.

    Args:
        occurred_at: When.
        outcome: A code of the catalogue.
        note: What else.
    """

    of: ClassVar[StepKind] = StepKind.CONFERENCE

    occurred_at: datetime
    outcome: str
    note: str = ""


GivenStep = GivenAction | GivenShared | GivenStrategy | GivenEnquiryStep | GivenConference


@dataclass(frozen=True, slots=True)
class GivenContact:
    """A contact that is owed to a child or their carer.

    Args:
        kind: A code of the catalogue.
        arises_at: When what it follows happened: its clock runs from here.
        follows: The first row of the arrest or outcome that it tells of; ``None`` for the last
            one untold by then, if any.
    """

    kind: str
    arises_at: datetime
    follows: UUID | None = None


def check_writes_children(roles: frozenset[Role]) -> None:
    """Refuse whoever may not write of children.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & CHILD_READERS:
        raise AuthorityError("your roles do not allow to record children: ask an investigator")


def check_happened(at: datetime, now: datetime, what: str) -> None:
    """Refuse what lies ahead.

    Raises:
        UsageError: It does.
    """
    if at > now:
        raise UsageError(f"{what} must not lie in the future: correct the date and time")


def check_says(text: str, what: str) -> None:
    """Refuse what nobody can read.

    Raises:
        UsageError: It is blank.
    """
    if not says_something(text):
        raise UsageError(f"say {what}")
