"""States of a package in the record, and how its rows are numbered. No Django here."""

from dataclasses import dataclass
from enum import StrEnum

from polit.web.core.rules import Role
from polit.web.core.states import StateTable, Transition
from polit.web.examinations.rules import EXAMINERS

_WORKER: frozenset[Role] = frozenset()

ROWS_BITS = 32
"""A row's number is its package's number, then 32 bits for its place in the package."""


class PackageState(StrEnum):
    """Where a package stands in the record. Its rows are seen only while it is imported."""

    ARRIVING = "arriving"
    IMPORTED = "imported"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


PACKAGE_STATES = StateTable(
    "package",
    "arriving",
    (
        Transition("import", ("arriving",), "imported", _WORKER),
        Transition("refuse", ("arriving", "refused"), "refused", _WORKER),
        Transition("begin", ("arriving", "refused"), "arriving", _WORKER),
        Transition("withdraw", ("imported",), "withdrawn", EXAMINERS),
        Transition("restore", ("withdrawn",), "imported", EXAMINERS),
    ),
)


class PrivilegeState(StrEnum):
    """What independent counsel decided of an entry that is quarantined for legal privilege."""

    HELD = "held"
    PRIVILEGED = "privileged"
    PARTLY = "partly"
    RELEASED = "released"

    @property
    def label(self) -> str:
        """The state in words."""
        return _PRIVILEGE_LABELS[self]

    @property
    def blocks(self) -> bool:
        """Whether those who investigate may not see it. Partly privileged is blocked whole."""
        return self is not PrivilegeState.RELEASED

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return {"held": "yellow", "released": "green"}.get(self.value, "red")


_PRIVILEGE_LABELS = {
    PrivilegeState.HELD: "Waits for counsel",
    PrivilegeState.PRIVILEGED: "Privileged",
    PrivilegeState.PARTLY: "Partly privileged",
    PrivilegeState.RELEASED: "Not privileged: released",
}


class Ground(StrEnum):
    """How an entry came to be quarantined."""

    TERMS = "terms"
    HAND = "hand"
    PREFIX = "prefix"
    COPY = "copy"
    INSIDE = "inside"

    @property
    def label(self) -> str:
        """The ground in words."""
        return _GROUND_LABELS[self]


_GROUND_LABELS = {
    Ground.TERMS: "A term matched",
    Ground.HAND: "By hand",
    Ground.PREFIX: "With its folder or exhibit",
    Ground.COPY: "The same content as another",
    Ground.INSIDE: "Inside another",
}


def rows_of(number: int) -> tuple[int, int]:
    """Return the first and the last number that rows of a package may have."""
    base = number << ROWS_BITS
    return base + 1, base + (1 << ROWS_BITS) - 1


def package_of(row_id: int) -> int:
    """Return the number of the package that a row belongs to."""
    return row_id >> ROWS_BITS


@dataclass(frozen=True, slots=True)
class EntryWanted:
    """Which entries a list shows; ``None`` and empty want all.

    Args:
        kind: A kind's number.
        outcome: An outcome's number.
        reason: A word's number.
        state: A state's number.
        folder: A folder's number.
        mismatch: Only entries whose extension does not fit their content.
        contains: What the path must contain, in any case of its letters.
    """

    kind: int | None = None
    outcome: int | None = None
    reason: int | None = None
    state: int | None = None
    folder: int | None = None
    mismatch: bool = False
    contains: str = ""

    @property
    def conditions(self) -> int:
        """How many conditions there are."""
        chosen = (self.kind, self.outcome, self.reason, self.state, self.folder)
        return sum(one is not None for one in chosen) + self.mismatch + bool(self.contains)
