"""States of what is asked of the store of hash sets, and who may. No Django here."""

from dataclasses import dataclass
from enum import StrEnum

from polit.base.errors import UsageError
from polit.base.text import says_something
from polit.web.core.rules import Role
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone

KEEPERS = frozenset({Role.EXAMINER, Role.SUPERVISOR})
"""Who sees the hash sets, imports them and switches them off."""
_WORKER: frozenset[Role] = frozenset()
"""Nobody by hand: the worker does it, as a part of the system."""
LONGEST_NAME, LONGEST_TEXT = 100, 300


class SetStatus(StrEnum):
    """What it means for a content to be in a hash set, as the store writes it."""

    KNOWN_GOOD = "known-good"
    ALERT = "alert"
    CATEGORISED = "categorised"

    @property
    def label(self) -> str:
        """The status in words."""
        return _STATUS_LABELS[self]

    @property
    def tone(self) -> Tone:
        """The tone of its tag."""
        return _STATUS_TONES[self]


_STATUS_LABELS = {
    SetStatus.KNOWN_GOOD: "Known good",
    SetStatus.ALERT: "Alert",
    SetStatus.CATEGORISED: "Categorised",
}
_STATUS_TONES = {
    SetStatus.KNOWN_GOOD: Tone.GREEN,
    SetStatus.ALERT: Tone.RED,
    SetStatus.CATEGORISED: Tone.BLUE,
}


class SetAct(StrEnum):
    """What people do to a set of the store."""

    DISABLE = "disable"
    ENABLE = "enable"
    REMOVE = "remove"

    @property
    def label(self) -> str:
        """The act in words."""
        return f"{self.value.capitalize()} the hash set"

    @property
    def done_label(self) -> str:
        """What was done, in words."""
        return f"{self.value.capitalize()}d"


class OrderKind(StrEnum):
    """What the broker is asked to do, in a process of its own."""

    IMPORT = "import"
    UPDATE = "update"
    VERIFY = "verify"

    @property
    def label(self) -> str:
        """The kind in words."""
        return {"import": "Import", "update": "Signed update", "verify": "Verification"}[self.value]


class OrderState(StrEnum):
    """Where an order stands."""

    ASKED = "asked"
    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The state in words."""
        return _ORDER_LABELS[self]

    @property
    def tone(self) -> Tone:
        """The tone of its tag."""
        return _ORDER_TONES.get(self, Tone.BLUE)

    @property
    def is_moving(self) -> bool:
        """Whether it changes without anybody doing something."""
        return self not in {OrderState.DONE, OrderState.FAILED, OrderState.CANCELLED}


_ORDER_LABELS = {
    OrderState.ASKED: "Asked for",
    OrderState.QUEUED: "Waiting",
    OrderState.RUNNING: "At work",
    OrderState.STOPPING: "Stopping",
    OrderState.DONE: "Done",
    OrderState.FAILED: "Failed",
    OrderState.CANCELLED: "Cancelled",
}
_ORDER_TONES = {
    OrderState.ASKED: Tone.GREY,
    OrderState.STOPPING: Tone.YELLOW,
    OrderState.DONE: Tone.GREEN,
    OrderState.FAILED: Tone.RED,
    OrderState.CANCELLED: Tone.GREY,
}

ORDER_STATES = StateTable(
    "hash set order",
    "asked",
    (
        Transition("stop", ("queued", "running"), "stopping", KEEPERS),
        Transition("cancel", ("asked",), "cancelled", KEEPERS),
        Transition("retry", ("failed", "cancelled"), "asked", KEEPERS),
        Transition("wait", ("asked", "running"), "queued", _WORKER),
        Transition("start", ("asked", "queued"), "running", _WORKER),
        Transition("halt", ("queued", "running"), "stopping", _WORKER),
        Transition("finish", ("asked", "queued", "running", "stopping"), "done", _WORKER),
        Transition("end", ("asked", "queued", "running", "stopping"), "cancelled", _WORKER),
        Transition("fail", ("asked", "queued", "running", "stopping"), "failed", _WORKER),
    ),
)


def step_to(state: str, target: str) -> str:
    """Return the action by which the worker takes an order from a state to another.

    Raises:
        UsageError: There is no such way.
    """
    for each in ORDER_STATES.transitions:
        if not each.who and state in each.from_states and each.to == target:
            return each.action
    raise UsageError(f"hash set order: no way leads from {state} to {target}")


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was sent through the record to the broker.

    Args:
        upload_id: The broker's name for it.
        name: What the person's machine called it: untrusted text.
        size_bytes: Its size.
        sha256: Its digest, as the broker found it.
    """

    upload_id: str
    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SetTerms:
    """As what a file is imported; all but the status is as stated by a person.

    Args:
        name: What people will call the set.
        status: What a match will mean.
        scheme: The category scheme as ``scheme/version``, or empty.
        provider: Who gave the file.
        jurisdiction: Where it comes from.
        version: Its version.
        format: The name of a format, or ``auto``.
    """

    name: str
    status: SetStatus
    scheme: str = ""
    provider: str = ""
    jurisdiction: str = ""
    version: str = ""
    format: str = "auto"


def check_terms(terms: SetTerms) -> None:
    """Refuse terms that no set can be imported with.

    Raises:
        UsageError: The name cannot be read, holds a colon, or something is too long.
    """
    if not says_something(terms.name) or ":" in terms.name or len(terms.name) > LONGEST_NAME:
        raise UsageError(f"name: up to {LONGEST_NAME} characters, and no colon")
    stated = (terms.scheme, terms.provider, terms.jurisdiction, terms.version, terms.format)
    if any(len(each) > LONGEST_TEXT for each in stated):
        raise UsageError(f"provider, jurisdiction and version: up to {LONGEST_TEXT} characters")
    if any("\0" in each for each in (terms.name, *stated)):
        raise UsageError("name: it holds a character that no text may hold")


def check_source(sent: SentFile | None, place: str) -> None:
    """Refuse an import that has no file, or two.

    Raises:
        UsageError: So it is.
    """
    if (sent is None) == (not place):
        raise UsageError("file: choose a file to send, or one that lies on the server")


def check_switch(act: SetAct, *, is_enabled: bool, is_gone: bool, wanted: str) -> None:
    """Refuse an act on a set that stands otherwise.

    Raises:
        UsageError: The set is gone, is as it is wanted already, or another act is under way.
    """
    if is_gone or wanted == SetAct.REMOVE.value:
        raise UsageError("hash set: it was removed")
    if wanted and act is not SetAct.REMOVE:  # a damaged set can only be removed
        raise UsageError(f"hash set: the store is being told to {wanted} it: wait a moment")
    if act is not SetAct.REMOVE and is_enabled == (act is SetAct.ENABLE):
        raise UsageError(f"hash set: it is {act.value}d already: load the page again")
