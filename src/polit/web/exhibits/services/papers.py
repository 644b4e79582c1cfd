"""Labels, reports and tables that leave the system: each is a disclosure, and is recorded."""

from dataclasses import dataclass
from enum import StrEnum

from polit.base.canonical import canonical_json
from polit.web.audit.models import AuditEvent
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.exhibits.models import Exhibit


class Paper(StrEnum):
    """What can be taken out of the system."""

    LABELS = "labels"
    CONTINUITY = "continuity"
    EXHIBITS_TABLE = "exhibits_table"
    EVENTS_TABLE = "events_table"

    @property
    def label(self) -> str:
        """The paper in words."""
        return {
            "labels": "Labels (PDF)",
            "continuity": "Continuity report (PDF)",
            "exhibits_table": "Table of exhibits (CSV)",
            "events_table": "Table of custody events (CSV)",
        }[self.value]


class Sheet(StrEnum):
    """What labels are printed on."""

    A4_24 = "a4_24"
    SINGLE = "single"

    @property
    def label(self) -> str:
        """The sheet in words."""
        return {
            "a4_24": "A4, 24 labels of 70 by 37 mm",
            "single": "Single labels of 100 by 60 mm",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper that is about to leave.

    Args:
        paper: What it is.
        references: The exhibits it is about.
        sha256: The digest of the paper, hex.
    """

    paper: Paper
    references: tuple[str, ...]
    sha256: str


def paper_print(actor: Actor, *, reason: str, case: CaseLike, printed: Printed) -> None:
    """Record that a paper is taken out, before it is."""
    action = f"exhibits.print_{printed.paper.value}"
    with act(actor, action, reason=reason, case=case, nature=Nature.DISCLOSURE) as deed:
        deed.about(
            "paper",
            printed.sha256,
            label=printed.paper.label,
            exhibits=list(printed.references),
        )


def is_printed(exhibit: Exhibit) -> bool:
    """Tell whether a paper was taken out that bears the reference which an exhibit has now."""
    written = canonical_json(exhibit.reference).decode()
    rows = AuditEvent.objects.filter(case_id=exhibit.case_id, subject_kind="paper")
    return rows.filter(details__contains=written).exists()


def search_note(actor: Actor, *, text: str, found: int) -> None:
    """Record that somebody looked for an exhibit across their cases."""
    with act(
        actor, "exhibits.search", reason="looked for an exhibit", nature=Nature.CONSULTATION
    ) as deed:
        deed.about("search", "exhibits", label=text, found=found)
