"""Levels of risk, what is known beside them, and the prompt about suicide. No Django here."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Access, Role, Scope
from polit.web.core.tones import Tone

ASSESSORS = CHILD_READERS
"""Who records and reads assessments: what they say may tell who a child is."""
PROMPTERS = CHILD_READERS | {Role.OFFENDER_MANAGER}
"""Who meets suspects: they ask the prompt and read what was answered."""

IN_CASE = Access(Scope.CASE, read=ASSESSORS)
ASSESSING = Access(Scope.CASE, read=ASSESSORS, write=ASSESSORS)
PROMPTS = Access(Scope.CASE, read=PROMPTERS)
PROMPTING = Access(Scope.CASE, read=PROMPTERS, write=PROMPTERS)
ACROSS = Access(Scope.ROLE, read=ASSESSORS)
OF_REFERRAL = Access(Scope.ROLE, read=ASSESSORS, write=ASSESSORS)
LEVEL_READERS = CASE_ROLES
"""Who sees the level alone: it orders everybody's work."""


class RiskLevel(StrEnum):
    """The result of an assessment, the least first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"

    @property
    def label(self) -> str:
        """The level in words."""
        return self.value.replace("_", " ").capitalize()

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return _TONES[self]

    @property
    def rank(self) -> int:
        """Counts up from 1 for low to 4 for very high."""
        return list(RiskLevel).index(self) + 1


_TONES = {
    RiskLevel.LOW: Tone.GREEN,
    RiskLevel.MEDIUM: Tone.YELLOW,
    RiskLevel.HIGH: Tone.ORANGE,
    RiskLevel.VERY_HIGH: Tone.RED,
}


class Known(StrEnum):
    """What is known of a question."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"

    @property
    def label(self) -> str:
        """The answer in words."""
        return self.value.replace("_", " ").capitalize()


class Occasion(StrEnum):
    """When a suspect is asked about suicide, in the order in which a case comes to it."""

    WARRANT = "warrant"
    ARREST = "arrest"
    INTERVIEW = "interview"
    RELEASE = "release"
    CHARGE = "charge"

    @property
    def label(self) -> str:
        """The occasion in words."""
        return self.value.capitalize()


class Concern(StrEnum):
    """What asking a suspect about suicide came to."""

    YES = "yes"
    NO = "no"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The answer in words."""
        return _CONCERNS[self]

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {"yes": Tone.RED, "no": Tone.GREEN, "refused": Tone.ORANGE}[self.value]


_CONCERNS = {
    Concern.YES: "Yes, there is a concern",
    Concern.NO: "No concern",
    Concern.REFUSED: "They refused to answer",
}


@dataclass(frozen=True, slots=True)
class GivenAssessment:
    """An assessment as it was made, by a tool or without one.

    Args:
        tool: A code of the data in use.
        level: What holds from now on.
        assessed_at: When it was assessed.
        assessor: Who did, as they write their name.
        rationale: Why, in their words.
        tool_name: The tool's name, where the data has no code for it.
        tool_version: Its version, as it states it.
        review_on: The day by which it is looked at again.
        access_to_children: Whether the suspect can reach children.
        access_words: Which, how; no child's name is needed.
        position_of_trust: Whether they work or help where children are.
        trust_words: Where, as what.
        previous: Whether there are convictions or intelligence.
        previous_words: Which.
        tool_level: What the tool said, where ``level`` overrides it; empty where it does not.
        override_reason: Why it is overridden.
        place_id: The suspect's place in the case, where it is about one of several.
    """

    tool: str
    level: RiskLevel
    assessed_at: datetime
    assessor: str
    rationale: str
    tool_name: str = ""
    tool_version: str = ""
    review_on: date | None = None
    access_to_children: Known = Known.NOT_KNOWN
    access_words: str = ""
    position_of_trust: Known = Known.NOT_KNOWN
    trust_words: str = ""
    previous: Known = Known.NOT_KNOWN
    previous_words: str = ""
    tool_level: RiskLevel | None = None
    override_reason: str = ""
    place_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SuicideRiskAnswers:
    """What asking a suspect about suicide came to.

    Args:
        concern: Whether there is a concern.
        asked: What was asked, and what was said.
        action: What was done at once.
        support_suspect: Which support was offered to the suspect.
        support_family: Which support was offered to the family.
    """

    concern: Concern
    asked: str
    action: str = ""
    support_suspect: str = ""
    support_family: str = ""


@dataclass(frozen=True, slots=True)
class GivenPrompt:
    """When a suspect was asked about suicide, and what it came to."""

    occasion: Occasion
    occurred_at: datetime
    answers: SuicideRiskAnswers


def check_given(given: GivenAssessment, now: datetime) -> None:
    """Refuse an assessment that does not hold together.

    Raises:
        UsageError: It lies in the future, names no assessor, no rationale or no tool, is to be
            reviewed before it was made, or overrides the tool without saying why.
    """
    if given.assessed_at > now:
        raise UsageError("assessed: this lies in the future: give when it was assessed")
    if not given.assessor.strip() or not given.rationale.strip():
        raise UsageError("assessment: say who assessed it and why it is this level")
    if given.tool == "other" and not given.tool_name.strip():
        raise UsageError("tool: name the tool that is not in the list")
    if given.review_on is not None and given.review_on < given.assessed_at.date():
        raise UsageError("review: this day lies before the assessment: give a later one")
    is_override = given.tool_level is not None and given.tool_level is not given.level
    if is_override and not given.override_reason.strip():
        raise UsageError("override: say why the level differs from what the tool said")
    if given.override_reason.strip() and not is_override:
        raise UsageError("override: give the level that the tool said, which differs from yours")


def check_answers(answers: SuicideRiskAnswers, occurred_at: datetime, now: datetime) -> None:
    """Refuse answers that say too little, or of a time to come.

    Raises:
        UsageError: It lies in the future, does not say what was asked, or states a concern and
            nothing that was done about it.
    """
    if occurred_at > now:
        raise UsageError("asked: this lies in the future: give when they were asked")
    if not answers.asked.strip():
        raise UsageError("suicide risk: say what was asked and what was said")
    if answers.concern is Concern.YES and not answers.action.strip():
        raise UsageError("suicide risk: say what was done at once about the concern")


def check_assesses(roles: frozenset[Role]) -> None:
    """Refuse whoever may not record an assessment.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & ASSESSORS:
        raise AuthorityError("your roles do not allow to record a risk: ask an investigator")


def check_prompts(roles: frozenset[Role]) -> None:
    """Refuse whoever may not record what a suspect was asked about suicide.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & PROMPTERS:
        raise AuthorityError("your roles do not allow to record this prompt: ask an investigator")
