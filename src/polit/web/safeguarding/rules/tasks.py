"""States of a safeguarding task, who works on it, when it is late. No Django here."""

from datetime import datetime
from enum import StrEnum

from polit.web.core.rules import CHILD_READERS, Access, Role, Scope
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone

WORKERS = CHILD_READERS
"""Who sees tasks and works on them: whoever may know who a child is."""
IN_CASE = Access(Scope.CASE, read=WORKERS)
ACTING = Access(Scope.CASE, read=WORKERS, write=WORKERS)
FIRST_GENERATION = "first_generation"
"""The kind of task of a picture that a device of the case may have made."""


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"

    @property
    def label(self) -> str:
        """The state in words."""
        return {"open": "Nobody has it", "taken": "Taken", "done": "Done"}[self.value]

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {"open": Tone.ORANGE, "taken": Tone.BLUE, "done": Tone.GREEN}[self.value]


TASK_STATES = StateTable(
    "safeguarding task",
    TaskState.OPEN,
    (
        Transition("take", ("open",), "taken", WORKERS),
        Transition("release", ("taken",), "open", WORKERS),
        Transition("complete", ("open", "taken"), "done", WORKERS),
        Transition("reopen", ("done",), "open", frozenset({Role.SUPERVISOR, Role.SAFEGUARDING})),
    ),
)
"""Its clock never stops but at its end: neither taking nor releasing it gives more time."""


def is_overdue(due_at: datetime, state: TaskState, now: datetime) -> bool:
    """Tell whether a task should have been done by an instant."""
    return state is not TaskState.DONE and due_at <= now
