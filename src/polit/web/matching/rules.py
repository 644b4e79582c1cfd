"""What a match means on a page, states of an alert, numbers of supplements. No Django here."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from polit.base.errors import UsageError
from polit.model import codes
from polit.web.core.rules import Role
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone
from polit.web.examinations.rules import READERS, TILE_READERS

FIRST_SUPPLEMENT = 1 << 30
"""Numbers of packages lie below, numbers of supplements from here: their rows never meet."""
LAST_SUPPLEMENT = (1 << 31) - 1
"""Numbers are shifted by 32 bits, and a row's number has 63."""

ALERT_READERS = READERS
"""Who reads which alerts a case has."""
ALERT_WORKERS = TILE_READERS
"""Who acknowledges alerts, and takes them up again."""
ALERT_CLOSERS = frozenset({Role.EXAMINER, Role.INVESTIGATOR, Role.SUPERVISOR})
_WORKER: frozenset[Role] = frozenset()
"""Nobody by hand: polit itself."""
MOST_AT_ONCE = 200
"""Alerts that one selection acts on."""


SOURCE_STATES = StateTable(
    "supplement",
    "arriving",
    (
        Transition("begin", ("arriving", "refused"), "arriving", _WORKER),
        Transition("import", ("arriving",), "imported", _WORKER),
        Transition("refuse", ("arriving",), "refused", _WORKER),
    ),
)


class RematchState(StrEnum):
    """Where matching packages again stands."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """The state in words."""
        return self.value.capitalize()

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {"asked": Tone.GREY, "running": Tone.BLUE, "done": Tone.GREEN,
                "failed": Tone.RED}[self.value]  # fmt: skip

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self in {RematchState.DONE, RematchState.FAILED}


REMATCH_STATES = StateTable(
    "rematch",
    "asked",
    (
        Transition("run", ("asked",), "running", _WORKER),
        Transition("finish", ("asked", "running"), "done", _WORKER),
        Transition("fail", ("asked", "running"), "failed", _WORKER),
    ),
)


class AlertState(StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The state in words."""
        return self.value.capitalize()

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {"open": Tone.RED, "acknowledged": Tone.YELLOW, "closed": Tone.GREY}[self.value]


ALERT_STATES = StateTable(
    "alert",
    AlertState.OPEN,
    (
        Transition("acknowledge", ("open",), "acknowledged", ALERT_WORKERS),
        Transition("close", ("open", "acknowledged"), "closed", ALERT_CLOSERS),
        Transition("reopen", ("closed",), "open", ALERT_WORKERS),
        Transition("raise_exact", ("open", "acknowledged", "closed"), "open", _WORKER),
    ),
)


class Verdict(IntEnum):
    """What all matches of a content come to, the most pressing first; its number is kept."""

    ALERT = 1
    NEAR_ALERT = 2
    NEAR = 3
    CATEGORISED = 4
    KNOWN_GOOD = 5
    NOTED = 6

    @property
    def slug(self) -> str:
        """As it stands in addresses."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """In words."""
        return _VERDICT_LABELS[self]

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return _VERDICT_TONES[self]

    @property
    def is_exact(self) -> bool:
        """Whether a digest says so, not a likeness."""
        return self not in {Verdict.NEAR_ALERT, Verdict.NEAR}


class Settled(IntEnum):
    """Why nobody need look at a content; its number is kept."""

    NOT = 0
    KNOWN_GOOD = 1
    CATEGORISED = 2

    @property
    def label(self) -> str:
        """In words."""
        return ("no", "yes, known good", "yes, categorised")[self]


_VERDICT_LABELS = {
    Verdict.ALERT: "Alert",
    Verdict.NEAR_ALERT: "Like an alert",
    Verdict.NEAR: "Like a known file",
    Verdict.CATEGORISED: "Categorised",
    Verdict.KNOWN_GOOD: "Known good",
    Verdict.NOTED: "Matched, settles nothing",
}
_VERDICT_TONES = {
    Verdict.ALERT: Tone.RED,
    Verdict.NEAR_ALERT: Tone.ORANGE,
    Verdict.NEAR: Tone.YELLOW,
    Verdict.CATEGORISED: Tone.BLUE,
    Verdict.KNOWN_GOOD: Tone.GREEN,
    Verdict.NOTED: Tone.GREY,
}
ALERTING = (Verdict.ALERT, Verdict.NEAR_ALERT)
LAST_DIGEST = codes.MATCH_ALGORITHMS.number("sha256")
"""Algorithms up to this number are digests: the match is exact."""


@dataclass(frozen=True, slots=True)
class AlertWanted:
    """Which alerts a list shows; ``None`` and empty want all.

    Args:
        state: An alert's state; empty for all that are not closed, ``all`` for every one.
        exhibit: An exhibit's reference.
        is_exact: Exact alone, or near alone.
    """

    state: str = ""
    exhibit: str = ""
    is_exact: bool | None = None


def verdict_of(slug: str) -> Verdict | None:
    """Return the verdict that an address names, ``None`` where it names none."""
    return next((each for each in Verdict if each.slug == slug), None)


def check_selection(count: int) -> None:
    """Refuse a selection that is empty or larger than a page shows.

    Raises:
        UsageError: It is.
    """
    if not 1 <= count <= MOST_AT_ONCE:
        raise UsageError(f"choose from 1 to {MOST_AT_ONCE} alerts")


def check_rematch_step(before: str, after: str) -> None:
    """Refuse a step that no way leads.

    Raises:
        UsageError: There is none.
    """
    ways = REMATCH_STATES.transitions
    if not any(before in each.from_states and each.to == after for each in ways):
        raise UsageError(f"rematch: no way leads from {before} to {after}")
