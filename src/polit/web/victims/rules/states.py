"""Where an unknown child stands, and who works for them. No Django here."""

from enum import StrEnum

from polit.base.errors import AuthorityError
from polit.web.core.rules import CHILD_READERS, Access, Role, Scope
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone

READERS = CHILD_READERS
"""Who reads of unknown children and works for them: whoever may know who a child is."""
IN_CASE = Access(Scope.CASE, read=READERS)
ACTING = Access(Scope.CASE, read=READERS, write=READERS)
ALL_CASES = Access(Scope.ROLE, read=READERS)


class UnknownState(StrEnum):
    """What is known of who a child is."""

    UNIDENTIFIED = "unidentified"
    LOOKED_FOR = "looked_for"
    IDENTIFIED = "identified"
    SET_ASIDE = "set_aside"

    @property
    def label(self) -> str:
        """The state in words."""
        return {
            "unidentified": "Unidentified", "looked_for": "Being looked for",
            "identified": "Identified", "set_aside": "Not identifiable for now",
        }[self.value]  # fmt: skip

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {
            "unidentified": Tone.RED, "looked_for": Tone.ORANGE, "identified": Tone.GREEN,
            "set_aside": Tone.GREY,
        }[self.value]  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to find out who the child is."""
        return self in {UnknownState.UNIDENTIFIED, UnknownState.LOOKED_FOR}


UNKNOWN_STATES = StateTable(
    "unknown child",
    UnknownState.UNIDENTIFIED,
    (
        Transition(
            "identify", ("unidentified", "looked_for", "set_aside"), "identified", READERS
        ),
        Transition("look_for", ("unidentified",), "looked_for", READERS),
        Transition("set_aside", ("unidentified", "looked_for"), "set_aside", READERS),
        Transition("reopen", ("set_aside",), "unidentified", READERS),
        Transition(
            "withdraw_identification", ("identified",), "unidentified",
            frozenset({Role.SUPERVISOR, Role.SAFEGUARDING}),
        ),
    ),
)  # fmt: skip
"""A wrong identification is withdrawn by whoever may say so of a child's record, too."""


def check_reader(roles: frozenset[Role]) -> None:
    """Refuse whoever may not write of unknown children.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & READERS:
        raise AuthorityError("your roles do not look for children: ask an investigator")
