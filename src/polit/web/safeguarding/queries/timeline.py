"""Everything that happened for a child, from all tables, in order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from polit.web.safeguarding.models import (
    ChildConference,
    ChildRecord,
    ChildStep,
    ProtectiveAction,
    Section47Enquiry,
    SocialCareReferral,
    StrategyDiscussion,
)
from polit.web.safeguarding.rules import StepKind

_Facts = tuple[tuple[str, str | datetime], ...]


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened, as a page shows it.

    Args:
        at: When.
        title: What.
        by: Who recorded it.
        recorded_at: When it was written down.
        texts: Further facts as words.
        instants: Further facts as instants.
        note: What else.
        reason: Why it was recorded, corrected or withdrawn.
        kind: The kind of step; ``None`` for what is no step.
        step_id: The row.
        is_superseded: Whether a later row corrects or withdraws it.
        is_withdrawal: Whether it says that it never happened.
    """

    at: datetime
    title: str
    by: str
    recorded_at: datetime
    texts: tuple[tuple[str, str], ...] = ()
    instants: tuple[tuple[str, datetime], ...] = ()
    note: str = ""
    reason: str = ""
    kind: StepKind | None = None
    step_id: UUID | None = None
    is_superseded: bool = False
    is_withdrawal: bool = False

    @property
    def holds(self) -> bool:
        """Whether it may be corrected."""
        return self.kind is not None and not self.is_superseded and not self.is_withdrawal


def child_timeline(child: ChildRecord) -> list[TimelineRow]:
    """Return what happened for a child, the first first. Six queries, however much it is."""
    rows = [TimelineRow(child.risk_known_at, "Risk known", child.by, child.recorded_at)]
    if child.identified_at is not None:
        how = (("How", child.identified_how),)
        rows.append(TimelineRow(
            child.identified_at, "Identified as a victim", child.by, child.recorded_at, how,
        ))  # fmt: skip
    steps: tuple[ChildStep, ...] = (
        *child.protectiveaction_rows.select_related("corrected_by"),
        *child.socialcarereferral_rows.select_related("corrected_by"),
        *child.strategydiscussion_rows.select_related("corrected_by"),
        *child.section47enquiry_rows.select_related("corrected_by"),
        *child.childconference_rows.select_related("corrected_by"),
    )
    rows += [_row(each) for each in steps]
    for contact in child.contacts.exclude(given_at=None):
        assert contact.given_at is not None
        title = f"{contact.way.label}: {contact.stands.label.lower()}"
        how = (("How", contact.how),)
        rows.append(TimelineRow(contact.given_at, title, contact.by, contact.recorded_at, how))
    return sorted(rows, key=lambda each: (each.at, each.recorded_at))


def _row(step: ChildStep) -> TimelineRow:
    facts = _facts(step)
    return TimelineRow(
        step.occurred_at,
        step.title,
        step.by,
        step.recorded_at,
        tuple((key, value) for key, value in facts if isinstance(value, str) and value),
        tuple((key, value) for key, value in facts if isinstance(value, datetime)),
        step.note,
        step.reason,
        step.of,
        step.pk,
        is_superseded=hasattr(step, "corrected_by"),
        is_withdrawal=step.is_withdrawal,
    )


def _facts(step: ChildStep) -> _Facts:
    if isinstance(step, ProtectiveAction):
        ends = (("Ends by itself", step.ends_at),) if step.ends_at else ()
        return (("Done by", step.done_by), ("Agreed by", step.agreed_by), *ends)
    if isinstance(step, SocialCareReferral):
        return (
            ("Local authority", step.authority), ("Reference", step.reference),
            ("Made by", step.made_by), ("Strategy discussion due", step.strategy_due_at),
        )  # fmt: skip
    if isinstance(step, StrategyDiscussion):
        due = (("Conference due", step.conference_due_at),) if step.conference_due_at else ()
        return (
            ("Outcome", step.outcome_label), ("Took part", ", ".join(step.agency_labels)), *due,
        )  # fmt: skip
    if isinstance(step, (Section47Enquiry, ChildConference)):
        return (("Outcome", step.outcome_label),)
    return ()
