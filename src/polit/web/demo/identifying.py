"""Children of the synthetic force whom nobody could name: two still looked for, one found."""

from datetime import timedelta

from polit.web.core.access import CaseAccess
from polit.web.demo.force import REASON, Force, acting
from polit.web.demo.plan import LAST_DAY, local
from polit.web.safeguarding.models import ChildRecord
from polit.web.safeguarding.rules import GivenIdentified
from polit.web.victims.rules import (
    GivenAnswer,
    GivenClue,
    GivenEnquiry,
    GivenFound,
    GivenOpinion,
    GivenSeries,
    GivenUnknown,
)
from polit.web.victims.services import (
    answer_record,
    child_identified,
    clue_record,
    enquiry_record,
    series_open,
    unknown_add,
)

_BUREAU = "Example Police Bureau (synthetic)"


def look_for(force: Force, access: CaseAccess) -> None:
    """Record a series of a case, and two children in it who are still unknown."""
    worker = force.users["c1.demo"]
    actor, end = acting(worker), local(LAST_DAY, 9, 0)
    series = series_open(
        actor, reason=REASON, access=access,
        given=GivenSeries(
            "BLUE HERON", "Synthetic: a jetty on a lake, the same on several days",
            "international", "SYN-DB-0017", LAST_DAY - timedelta(days=40),
        ),
    )  # fmt: skip
    clue = GivenClue(
        "place", "Synthetic: a jetty with a green boat house, and hills behind it", "likely",
        worker.full_name, LAST_DAY - timedelta(days=39),
    )  # fmt: skip
    clue_record(actor, reason=REASON, access=access, series_id=series.pk, given=clue)
    for years, days in ((6, 41), (9, 30)):
        seen = GivenOpinion(years, years + 2, "not_clear", worker.full_name, LAST_DAY)
        given = GivenUnknown(end - timedelta(days=days), "", series.pk, seen)
        unknown = unknown_add(actor, reason=REASON, access=access, given=given)
        if days > 40:
            sent = GivenEnquiry(_BUREAU, "Utopia", "Synthetic: a description of the place",
                                end - timedelta(days=days - 1))  # fmt: skip
            enquiry_record(actor, reason=REASON, access=access, unknown_id=unknown.pk, given=sent)


def find(force: Force, access: CaseAccess, child: ChildRecord) -> None:
    """Record that a child who is protected already was unknown before; no figure changes by it."""
    assert child.identified_at is not None, "only an identified victim was found"
    actor, at = acting(force.users["c1.demo"]), child.identified_at
    known = GivenUnknown(at - timedelta(days=30), "Synthetic: a school badge can be read in part")
    unknown = unknown_add(actor, reason=REASON, access=access, given=known)
    sent = GivenEnquiry(_BUREAU, "Utopia", "Synthetic: what can be read of the badge",
                        at - timedelta(days=20))  # fmt: skip
    enquiry = enquiry_record(actor, reason=REASON, access=access, unknown_id=unknown.pk, given=sent)
    answer_record(
        actor, reason=REASON, access=access, unknown_id=unknown.pk, enquiry_id=enquiry.pk,
        given=GivenAnswer(at - timedelta(hours=1), "identified", "Synthetic: the school is known"),
    )  # fmt: skip
    given = GivenFound(
        GivenIdentified(at, child.identified_how), _BUREAU, child.risk_known_at, child.place_id
    )
    child_identified(actor, reason=REASON, access=access, unknown_id=unknown.pk, given=given)
