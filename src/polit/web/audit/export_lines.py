"""The lines of an export, of events in the order of the log."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from polit.base.canonical import canonical_json
from polit.web.audit.models import AuditEvent, AuditLeaf
from polit.web.audit.rules import Nature

_READ_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events are shown; the others are withheld, and their leaves are not.

    Args:
        case_reference: Only events of this case; empty: of all.
        since: Only events recorded at or after this instant, as an event has it; empty: all.
    """

    case_reference: str = ""
    since: str = ""

    def shows(self, event: AuditEvent) -> bool:
        """Tell whether an event is shown."""
        of_case = self.case_reference in {"", event.case_reference}
        return of_case and event.recorded_text >= self.since


def log_lines(selection: Selection, *, size: int) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield the leaf's hash and the line of each event, ``None`` where it is not shown.

    Args:
        selection: What is shown.
        size: How many leaves, from the first.
    """
    leaves = AuditLeaf.objects.filter(index__lt=size).select_related("event").order_by("index")
    for leaf in leaves.iterator(_READ_ROWS):
        shown = selection.shows(leaf.event)
        yield bytes.fromhex(leaf.leaf_hash), event_line(leaf) if shown else None


def event_line(leaf: AuditLeaf) -> bytes:
    """Return the line of an event; of an erased one, which event tells of its erasure."""
    event = leaf.event
    if not event.salt:
        return canonical_json({"erased_by": _erased_by(leaf), "index": leaf.index}) + b"\n"
    line = {"body": asdict(event.body), "index": leaf.index, "salt": event.salt}
    return canonical_json(line) + b"\n"


def _erased_by(leaf: AuditLeaf) -> int:
    telling = AuditLeaf.objects.filter(
        event__nature=Nature.ERASURE.value,
        event__subject_kind="audit_leaf",
        event__subject_id=str(leaf.index),
    ).first()
    return telling.index if telling else 0
