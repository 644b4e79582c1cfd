"""What has to be done next for a child, each one click away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from polit.base.clock import now_utc
from polit.web.safeguarding.children_law import current_catalogue
from polit.web.safeguarding.models import (
    ChildRecord,
    ProtectiveAction,
    SocialCareReferral,
    StrategyDiscussion,
)
from polit.web.safeguarding.queries.children import awaiting_conference
from polit.web.safeguarding.queries.untold import still_true, untold
from polit.web.safeguarding.rules import ContactState, StepKind


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do.

    Args:
        label: What.
        kind: The kind of step that does it; ``None`` for a contact.
        due_at: By when; ``None`` where no clock runs.
        why: What the clock runs from and where it is set; empty for no clock.
        contact_id: The contact, where it is one.
        url: Where a contact is added that is not yet recorded as owed.
    """

    label: str
    kind: StepKind | None
    due_at: datetime | None = None
    why: str = ""
    contact_id: UUID | None = None
    url: str = ""

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.due_at is not None and self.due_at <= now_utc()


def next_steps(child: ChildRecord) -> list[NextStep]:
    """Return what has to be done for a child, the first due first."""
    actions = list(ProtectiveAction.objects.standing().filter(child=child))
    found = [*_shared(child), *_conference(child), *_protection(actions)]
    if not any(each.counts for each in actions):
        found.append(NextStep("Take a protective action", StepKind.ACTION))
    for contact in child.contacts.filter(still_true(), state=ContactState.OWED.value):
        way = contact.way
        found.append(NextStep(way.label, None, contact.due_at, way.source, contact.pk))
    found += _to_be_told(child)
    return sorted(found, key=lambda each: (each.due_at is None, each.due_at or now_utc()))


def _shared(child: ChildRecord) -> list[NextStep]:
    first = (
        SocialCareReferral.objects.standing().filter(child=child).order_by("occurred_at").first()
    )
    if first is None:
        clock = child.law.clock("share")
        return [NextStep(clock.label, StepKind.SHARED, child.share_due_at, _why(child, "share"))]
    if StrategyDiscussion.objects.standing().filter(child=child).exists():
        return []
    label = child.law.clock("strategy").label
    due_at = first.strategy_due_at
    return [NextStep(label, StepKind.STRATEGY, due_at, _why(child, "strategy"))]


def _conference(child: ChildRecord) -> list[NextStep]:
    label = child.law.clock("conference").label
    return [
        NextStep(label, StepKind.CONFERENCE, each.conference_due_at, _why(child, "conference"))
        for each in awaiting_conference().filter(child=child)
    ]


def _protection(actions: list[ProtectiveAction]) -> list[NextStep]:
    """Return what ends by itself and was not ended or followed by what goes on."""
    found = []
    for each in actions:
        enders = current_catalogue().enders(each.kind)
        ended = any(one.kind in enders and one.occurred_at >= each.occurred_at for one in actions)
        if each.ends_at is not None and not ended:
            label = f"{each.title} ends: say what follows"
            kind = each.lists.find(each.lists.actions, each.kind)
            found.append(NextStep(label, StepKind.ACTION, each.ends_at, kind.source))
    return found


def _to_be_told(child: ChildRecord) -> list[NextStep]:
    return [
        NextStep(each.kind.label, None, each.due_at, each.kind.source, url=each.url)
        for each in untold(Q(pk=child.pk))
    ]


def _why(child: ChildRecord, code: str) -> str:
    clock = child.law.clock(code)
    days = "working day" if clock.working_days == 1 else "working days"
    return f"{clock.working_days} {days} from {clock.runs_from}. {clock.source}"
