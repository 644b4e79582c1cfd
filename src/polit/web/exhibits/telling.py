"""Continuity as pages and reports tell it: what was corrected, seals, whether it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from polit.web.exhibits.continuity import SealFound, follows
from polit.web.exhibits.corrections import Field
from polit.web.exhibits.models import CustodyEvent
from polit.web.exhibits.rules import FIRST_KINDS


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event as a timeline tells it.

    Args:
        event: The event.
        corrected_by: The numbers of all events that correct it, in order.
    """

    event: CustodyEvent
    corrected_by: tuple[int, ...]

    @property
    def at(self) -> datetime:
        """When it happened; a correction happens when it is written down."""
        return self.event.recorded_at if self.event.is_correction else self.event.occurred_at

    @property
    def superseded(self) -> str:
        """That and by what it was corrected, empty where it was not."""
        if not self.corrected_by:
            return ""
        word = "event" if len(self.corrected_by) == 1 else "events"
        return f"corrected by {word} {', '.join(map(str, self.corrected_by))}"

    @property
    def field(self) -> str:
        """What it corrects, in words, where it corrects something."""
        return Field(self.event.corrected_field).label if self.event.corrected_field else ""

    @property
    def seal_found(self) -> str:
        """How the seal was found, in words, where somebody looked."""
        return SealFound(self.event.seal_found).label if self.event.seal_found else ""


@dataclass(frozen=True, slots=True)
class SealChange:
    """A seal that was put on, changed or opened, or whose number was put right.

    Args:
        told: The event.
        before: The old number, empty where there was none; what was wrong, of a correction.
        after: The new number, empty where it was opened.
    """

    told: ToldEvent
    before: str
    after: str

    @property
    def source(self) -> str:
        """Which event says so, and whether that is a correction or was corrected."""
        event = self.told.event
        parts = [f"event {event.number}"]
        if event.corrects is not None:
            parts.append(f"correction of event {event.corrects.number}")
        if self.told.superseded:
            parts.append(self.told.superseded)
        return ", ".join(parts)


def told_events(events: Sequence[CustodyEvent]) -> list[ToldEvent]:
    """Return events of one exhibit as a timeline tells them, in the same order."""
    by_wrong: dict[object, list[int]] = {}
    for each in events:
        if each.corrects_id is not None:
            by_wrong.setdefault(each.corrects_id, []).append(each.number)
    return [ToldEvent(each, tuple(by_wrong.get(each.id, ()))) for each in events]


def seal_changes(told: Sequence[ToldEvent]) -> list[SealChange]:
    """Return what happened to the seals of one exhibit, in order, corrections among it."""
    changes = []
    for each in told:
        event = each.event
        if event.corrects is not None:
            if event.corrected_field == Field.SEAL.value:
                changes.append(SealChange(each, event.corrects.seal_after, event.corrected_text))
        elif event.seal_before != event.seal_after:
            changes.append(SealChange(each, event.seal_before, event.seal_after))
    return changes


def chain_faults(events: Sequence[CustodyEvent]) -> list[str]:
    """Return where the chain of one exhibit does not hold; the database lets no such one in.

    It holds when it begins with its first event, each goes on from where the last one left the
    exhibit, and none happened before the one before it, as both were corrected last.
    """
    if not events or events[0].number != 1 or events[0].kind not in FIRST_KINDS:
        return ["its beginning is missing"]
    faults = [
        f"before event {event.number}"
        for before, event in pairwise(events)
        if not follows(before.standing, event.standing, event.before)
    ]
    right_at = {each.corrects_id: each.corrected_at for each in events if each.corrected_at}
    links = [each for each in events if not each.is_correction]
    times = [right_at.get(each.id, each.occurred_at) for each in links]
    faults += [
        f"event {links[index + 1].number} happened before event {links[index].number}"
        for index, (earlier, later) in enumerate(pairwise(times))
        if later < earlier
    ]
    return faults
