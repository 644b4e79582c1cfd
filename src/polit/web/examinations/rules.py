"""States of an examination, and what may be asked for. No Django here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from polit.base.errors import UsageError
from polit.web.core.rules import CASE_ROLES, Role
from polit.web.core.states import StateTable, Transition

EXAMINERS = frozenset({Role.EXAMINER, Role.SUPERVISOR})
"""Who queues, attaches, stops and notes."""
READERS = CASE_ROLES
"""Who reads what an examination came to: counts, problems, what was not examined."""
TILE_READERS = frozenset({Role.EXAMINER, Role.GRADER, Role.INVESTIGATOR, Role.SUPERVISOR})
"""Who sees safe tiles."""
_WORKER: frozenset[Role] = frozenset()
"""Nobody by hand: the worker does it, as a part of the system."""

LONGEST_OFFSET_S = 100 * 365 * 24 * 3600
"""A device's clock may stand at its epoch: decades wrong, but not more."""
LOWEST_PRIORITY, HIGHEST_PRIORITY = 9, 1
MOST_AT_ONCE = 500
"""Images that one order may queue."""


class ExaminationKind(StrEnum):
    """How the findings come about."""

    QUEUED = "queued"
    ATTACHED = "attached"

    @property
    def label(self) -> str:
        """The kind in words."""
        return "Examined here" if self is ExaminationKind.QUEUED else "Package attached"


class ExaminationState(StrEnum):
    """Where an examination stands."""

    ASKED = "asked"
    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    INTERRUPTED = "interrupted"
    DONE = "done"
    IMPORTED = "imported"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in words."""
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return _TONES.get(self, "blue")

    @property
    def is_moving(self) -> bool:
        """Whether it changes without anybody doing something."""
        return self in _MOVING

    @property
    def is_followed(self) -> bool:
        """Whether what it found so far may be reviewed, before its package is in the record."""
        return self in FOLLOWED


FOLLOWED = frozenset({
    ExaminationState.RUNNING, ExaminationState.STOPPING, ExaminationState.INTERRUPTED,
    ExaminationState.DONE,
})  # fmt: skip
"""States in which there is, or may be, a package that is not imported yet."""
_LABELS = {
    ExaminationState.ASKED: "Asked for",
    ExaminationState.QUEUED: "Waiting",
    ExaminationState.RUNNING: "Being examined",
    ExaminationState.STOPPING: "Stopping at a checkpoint",
    ExaminationState.INTERRUPTED: "Interrupted, can go on",
    ExaminationState.DONE: "Examined, being imported",
    ExaminationState.IMPORTED: "Imported",
    ExaminationState.FAILED: "Failed",
    ExaminationState.CANCELLED: "Cancelled",
    ExaminationState.WITHDRAWN: "Package withdrawn",
}
_TONES = {
    ExaminationState.IMPORTED: "green",
    ExaminationState.FAILED: "red",
    ExaminationState.INTERRUPTED: "yellow",
    ExaminationState.STOPPING: "yellow",
    ExaminationState.CANCELLED: "grey",
    ExaminationState.WITHDRAWN: "grey",
    ExaminationState.ASKED: "grey",
}
_MOVING = frozenset({
    ExaminationState.ASKED, ExaminationState.QUEUED, ExaminationState.RUNNING,
    ExaminationState.STOPPING, ExaminationState.DONE,
})  # fmt: skip

EXAMINATION_STATES = StateTable(
    "examination",
    "asked",
    (
        Transition("stop", ("queued", "running"), "stopping", EXAMINERS),
        Transition("resume", ("interrupted", "failed"), "asked", EXAMINERS),
        Transition("cancel", ("asked", "interrupted", "failed"), "cancelled", EXAMINERS),
        Transition("withdraw", ("imported",), "withdrawn", EXAMINERS),
        Transition("restore", ("withdrawn",), "imported", EXAMINERS),
        Transition("wait", ("asked",), "queued", _WORKER),
        Transition("start", ("asked", "queued"), "running", _WORKER),
        Transition("halt", ("queued", "running"), "stopping", _WORKER),
        Transition("interrupt", ("queued", "running", "stopping"), "interrupted", _WORKER),
        Transition("finish", ("asked", "queued", "running", "stopping"), "done", _WORKER),
        Transition("import", ("done",), "imported", _WORKER),
        Transition("fail", ("asked", "queued", "running", "stopping", "done"), "failed", _WORKER),
    ),
)


def step_to(state: str, target: str) -> str:
    """Return the action by which the worker takes an examination from a state to another.

    Raises:
        UsageError: There is no such way.
    """
    for each in EXAMINATION_STATES.transitions:
        if not each.who and state in each.from_states and each.to == target:
            return each.action
    raise UsageError(f"examination: no way leads from {state} to {target}")


@dataclass(frozen=True, slots=True)
class Device:
    """What is stated of the device and its image.

    Args:
        acquisition: Digests as stated by who acquired it, ``md5:…``, ``sha1:…``, ``sha256:…``.
        clock_offset_s: The device's clock minus true time.
        time_zone: As the device was set, empty where not known.
    """

    acquisition: tuple[str, ...] = ()
    clock_offset_s: int = 0
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """How it is to be examined.

    Args:
        keep_originals: Whether the vault keeps pictures and videos.
        accept_atime: Whether access times of a folder may change.
        accept_reduced_isolation: Whether it goes on where the sandbox holds less than fully.
        carve: Whether what no file owns is searched for pictures and videos.
        shadow_copies: Whether shadow copies are examined for what differs, not only listed.
    """

    keep_originals: bool = True
    accept_atime: bool = False
    accept_reduced_isolation: bool = False
    carve: bool = True
    shadow_copies: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What one examination is asked for with.

    Args:
        exhibit_id: Of which exhibit.
        place: For one that is queued the evidence, ``root/relative``; for one that is attached
            the package's name below the folder of packages.
        authority: By what right it is examined.
        device: What is stated of the device.
        options: How it is to be examined; of no meaning for a package.
        not_before: When it may begin, ``None`` for at once.
        priority: 1 is first, 9 last.
        mismatch_reason: Why a package that names another case or exhibit belongs here.
    """

    exhibit_id: UUID
    place: str
    authority: str
    device: Device = Device()
    options: Options = Options()
    not_before: datetime | None = None
    priority: int = 5
    mismatch_reason: str = ""


_DIGEST_HEX = {"md5": 32, "sha1": 40, "sha256": 64}


def check_asked(asked: Asked) -> None:
    """Refuse what no examination can be asked for with.

    Raises:
        UsageError: Authority or place are missing, a figure is out of its range, or a digest
            has not its form.
    """
    if not asked.authority.strip():
        raise UsageError("authority: say by what right it is examined")
    if not asked.place.strip("/"):
        raise UsageError("evidence: say what is to be examined")
    if abs(asked.device.clock_offset_s) > LONGEST_OFFSET_S:
        raise UsageError("clock: give the difference in seconds, device minus true time")
    if not HIGHEST_PRIORITY <= asked.priority <= LOWEST_PRIORITY:
        raise UsageError(f"priority: from {HIGHEST_PRIORITY} (first) to {LOWEST_PRIORITY}")
    for digest in asked.device.acquisition:
        check_digest(digest)


def check_digest(text: str) -> None:
    """Refuse a digest that is not written ``algorithm:hex``.

    Raises:
        UsageError: It is not.
    """
    algorithm, _, value = text.partition(":")
    digits = _DIGEST_HEX.get(algorithm, 0)
    if len(value) != digits or not digits or set(value) - set("0123456789abcdef"):
        raise UsageError(f"{text!r}: write md5:, sha1: or sha256: and the digest in hex")
