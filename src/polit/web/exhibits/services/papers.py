"""Labels, reports and tables that leave the system: each is a disclosure, and is recorded."""

import hashlib
from enum import StrEnum

from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor


class Paper(StrEnum):
    """What can be taken out of the system."""

    LABELS = "labels"
    CONTINUITY = "continuity_report"
    EXHIBITS_TABLE = "exhibits_table"
    EVENTS_TABLE = "events_table"


def paper_print(
    actor: Actor,
    *,
    reason: str,
    case: CaseLike,
    paper: Paper,
    references: tuple[str, ...],
    data: bytes,
) -> str:
    """Record that a paper is taken out, before it is.

    Args:
        actor: Who takes it.
        reason: What for.
        case: The case it belongs to.
        paper: What it is.
        references: The exhibits it is about.
        data: The paper itself; its digest is kept with the record.

    Returns:
        The SHA-256 of the paper, hex.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    with act(
        actor, f"exhibits.{paper.value}", reason=reason, case=case, nature=Nature.DISCLOSURE
    ) as deed:
        deed.about("paper", sha256, label=paper.value.replace("_", " "), exhibits=list(references))
    return sha256
