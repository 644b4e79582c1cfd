"""Audit logs made by the product itself, for tests and proofs.

``make_installation`` makes a log of some hundred events and three exports of it: ``full``,
``early`` (made when the log was half as long) and ``case``; ``witness`` has all copies of
checkpoints, ``behind`` lacks the last ones. Django must be ready.
"""

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from polit.web.audit.export import audit_export
from polit.web.audit.export_lines import Selection
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.audit.signer import signing
from polit.web.core.acting import SYSTEM, Actor

Grow = Callable[[int], None]
"""Commits so many acts."""

EVENTS = 240
ROUND_EVENTS = 20
WITNESSED_SHARE = 0.7
NAMES = ("A. Example", "Zoë Exämple", "<b>B</b> Example", "e\u202elpmaxE", "例え", "O'Example")
ACTIONS = (
    ("exhibits.seize", "collection"),
    ("people.change", "alteration"),
    ("cases.consult", "consultation"),
    ("accounts.sign_in", "security"),
)


@dataclass(slots=True)
class NamedCase:
    """A case as an act needs it."""

    id: UUID
    reference: str


CASES = (
    NamedCase(UUID(int=1), "OP-1"),
    NamedCase(UUID(int=2), "OP/2 ünïcode"),
    None,
)


def write_acts(count: int, rng: random.Random) -> None:
    """Commit acts of several people on two cases and on none."""
    for number in range(count):
        name, case = rng.choice(NAMES), CASES[number % len(CASES)]
        action, nature = rng.choice(ACTIONS)
        actor = Actor("user", f"user-{NAMES.index(name)}", name)
        with act(
            actor, action, reason='a "reason"\n\ttold', case=case, nature=Nature(nature)
        ) as deed:
            deed.about("thing", str(number), label=rng.choice(NAMES), number=number, old=None)


def grow(count: int, rng: random.Random, witness: Path) -> None:
    """Commit acts and sign every twenty of them."""
    with signing(witness) as signer:
        while count > 0:
            write_acts(min(count, ROUND_EVENTS), rng)
            signer.round(is_last=True)
            count -= ROUND_EVENTS


def export(folder: Path, witness: Path, case: str = "") -> None:
    """Export the log, or a case of it."""
    audit_export(SYSTEM, folder, reason="a test", selection=Selection(case), witness=witness)


def make_installation(folder: Path, seed: int, events: int = EVENTS) -> None:
    """Make the log and its exports, in this process's database and data directory."""
    rng, witness = random.Random(seed), folder / "witness"
    grow(events // 2, rng, witness)
    export(folder / "early", witness)
    grow(events - events // 2, rng, witness)
    export(folder / "case", witness, "OP-1")
    export(folder / "full", witness)
    leave_behind(witness, folder / "behind")


def leave_behind(witness: Path, behind: Path) -> None:
    """Copy a witness's folder without its last checkpoints."""
    behind.mkdir()
    notes = sorted(witness.glob("*.checkpoint"))
    for note in notes[: int(len(notes) * WITNESSED_SHARE)]:
        shutil.copy(note, behind)
