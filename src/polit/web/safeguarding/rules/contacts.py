"""Where a contact that is owed to a child or their carer stands. No Django here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from polit.web.core.rules import CHILD_READERS
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone


class ContactState(StrEnum):
    """Where a contact stands."""

    OWED = "owed"
    GIVEN = "given"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The state in words."""
        return {"owed": "To give", "given": "Given", "declined": "Not wanted"}[self.value]

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        tones = {"owed": Tone.ORANGE, "given": Tone.GREEN, "declined": Tone.GREY}
        return tones[self.value]


@dataclass(frozen=True, slots=True)
class GivenReply:
    """When a contact was given or declined, and how and to whom; no name of a child."""

    given_at: datetime
    how: str


CONTACT_STATES = StateTable(
    "support contact",
    ContactState.OWED,
    (
        Transition("give", ("owed",), "given", CHILD_READERS),
        Transition("decline", ("owed",), "declined", CHILD_READERS),
        Transition("reopen", ("given", "declined"), "owed", CHILD_READERS),
    ),
)
"""Reopened is what was recorded by mistake; the audit keeps what stood there."""
