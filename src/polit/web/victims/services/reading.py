"""That somebody reads of unknown children, as for a child's record: before they see it."""

from uuid import UUID

from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.victims.models import Series, UnknownChild


def unknown_consult(actor: Actor, *, access: CaseAccess, unknown: UnknownChild, page: str) -> None:
    """Record that somebody reads an unknown child's record, and which page of it."""
    with act(
        actor, "victims.unknown_consult", reason="Unknown child's record", case=access.case,
        purpose=access.purpose.value, nature=Nature.CONSULTATION,
    ) as deed:  # fmt: skip
        deed.about("unknown_child", unknown.pk, label=unknown.label, page=page)


def series_consult(actor: Actor, *, access: CaseAccess, series: Series, page: str) -> None:
    """Record that somebody reads a series, and which page of it."""
    with act(
        actor, "victims.series_consult", reason="Series", case=access.case,
        purpose=access.purpose.value, nature=Nature.CONSULTATION,
    ) as deed:  # fmt: skip
        deed.about("series", series.pk, page=page)


def victims_consult(actor: Actor, *, kind: str, ids: list[UUID]) -> None:
    """Record that somebody reads a list of unknown children or series: which records it shows."""
    with act(
        actor, "victims.list_consult", reason="List for victim identification",
        nature=Nature.CONSULTATION,
    ) as deed:  # fmt: skip
        deed.about(kind, str(len(ids)), records=[str(each) for each in ids])
