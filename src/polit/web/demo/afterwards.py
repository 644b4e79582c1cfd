"""Arrests of the synthetic force and what follows: interview, bail, charge, court, orders."""

from datetime import datetime, timedelta

from polit.web.arrests.models import Arrest
from polit.web.arrests.rules import (
    ArrestKind,
    CustodyKind,
    GivenArrest,
    GivenCustody,
    GivenInterview,
    GivenOutcome,
    GivenSupport,
    OutcomeKind,
)
from polit.web.arrests.services import (
    arrest_record,
    arrest_withdraw,
    custody_record,
    interview_record,
    outcome_record,
    support_record,
)
from polit.web.court.rules import GivenCharge, GivenResult, GivenSentence
from polit.web.court.services import charge_record, result_record
from polit.web.demo.asking import ask
from polit.web.demo.disclosing import disclose
from polit.web.demo.force import REASON, Scene
from polit.web.demo.plan import LAST_DAY, ZONE, local, pick
from polit.web.demo.supervising import supervise
from polit.web.risk.rules import Occasion
from polit.web.warrants.models import WarrantExecution

_STATION = "Northmere Police Station (synthetic)"
_COURT = "Northmere Crown Court (synthetic)"
_END = local(LAST_DAY, 23, 0)


def arrest_and_follow(scene: Scene, execution: WarrantExecution) -> None:
    """Arrest the suspect where the plan says so, or ask them in, and follow it to its end."""
    given = scene.given
    if given.has_withdrawn_arrest:
        wrong = _arrest(scene, execution, given.executed_at, ArrestKind.ARREST)
        arrest_withdraw(
            scene.actor, reason="Nobody was arrested: entered in the wrong case",
            access=scene.access, arrest_id=wrong.first_id,
        )  # fmt: skip
    if given.arrested_at is None:
        if given.number % 2:
            kind = ArrestKind.VOLUNTARY_ATTENDANCE
            _arrest(scene, None, given.executed_at + timedelta(days=2), kind)
        return
    arrest = _arrest(scene, execution, given.arrested_at, ArrestKind.ARREST)
    released_at = _custody(scene, arrest)
    charged_at = released_at + timedelta(days=40 + pick("charge", given.number, 60))
    if charged_at > _END or given.number % 5 == 0:
        return
    if given.number % 7 == 0:
        _outcome(scene, arrest, charged_at, OutcomeKind.NO_FURTHER_ACTION,
                 detail="Nothing was found on the devices")  # fmt: skip
        return
    _outcome(scene, arrest, charged_at, OutcomeKind.CHARGE)
    _charge(scene, arrest, charged_at)


def _arrest(
    scene: Scene, execution: WarrantExecution | None, at: datetime, kind: ArrestKind
) -> Arrest:  # fmt: skip
    is_arrest = kind is ArrestKind.ARREST
    given = GivenArrest(
        place_id=scene.suspect.pk,
        kind=kind,
        occurred_at=at,
        where=execution.place if execution is not None else _STATION,
        grounds="Suspected of making indecent images of children (synthetic)",
        officer=scene.lead.full_name,
        necessity=("investigation", "vulnerable") if is_arrest else (),
        rights_given_at=at if is_arrest else None,
        execution_id=execution.pk if execution is not None else None,
    )
    kept = arrest_record(scene.actor, reason=REASON, access=scene.access, given=given)
    ask(scene, Occasion.ARREST if is_arrest else Occasion.INTERVIEW, at)
    return kept


def _custody(scene: Scene, arrest: Arrest) -> datetime:
    """Take the suspect through custody; return when they were released on bail or otherwise."""
    at = arrest.occurred_at
    steps = (
        GivenCustody(CustodyKind.ARRIVAL, at + timedelta(minutes=40), scene.lead.full_name),
        GivenCustody(CustodyKind.AUTHORISED, at + timedelta(minutes=55), "Custody officer"),
        GivenCustody(CustodyKind.REVIEW, at + timedelta(hours=6), "Inspector on duty"),
        GivenCustody(CustodyKind.RELEASE, at + timedelta(hours=9), "Custody officer"),
    )
    for step in steps:
        custody_record(
            scene.actor, reason=REASON, access=scene.access, arrest_id=arrest.first_id, given=step
        )
    interview_record(
        scene.actor, reason=REASON, access=scene.access, arrest_id=arrest.first_id,
        given=GivenInterview(at + timedelta(hours=4), _STATION, scene.lead.full_name,
                             "Solicitor on duty", at + timedelta(hours=5)),
    )  # fmt: skip
    ask(scene, Occasion.INTERVIEW, at + timedelta(hours=4))
    support_record(
        scene.actor, reason=REASON, access=scene.access, arrest_id=arrest.first_id,
        given=GivenSupport(at + timedelta(hours=1), "Partner of the suspect",
                           "Leaflet with the signposts", is_accepted=True),
    )  # fmt: skip
    released_at = at + timedelta(hours=9)
    is_bailed = pick("bail", int(arrest.place.number) + at.day, 3) > 0
    if is_bailed:
        _bail(scene, arrest, released_at)
    else:
        due_at = released_at + timedelta(days=28)
        _outcome(scene, arrest, released_at, OutcomeKind.RELEASED_UNDER_INVESTIGATION,
                 due_at=due_at)  # fmt: skip
    ask(scene, Occasion.RELEASE, released_at)
    return released_at


def _bail(scene: Scene, arrest: Arrest, at: datetime) -> None:
    given = GivenOutcome(
        OutcomeKind.BAIL, at, bail_level="first", due_at=at + timedelta(days=27),
        conditions=("No unsupervised contact with a child", "No device that can go online"),
    )  # fmt: skip
    outcome_record(
        scene.actor, reason=REASON, access=scene.access, arrest_id=arrest.first_id, given=given
    )


def _outcome(
    scene: Scene, arrest: Arrest, at: datetime, kind: OutcomeKind, *,
    detail: str = "", due_at: datetime | None = None,
) -> None:  # fmt: skip
    outcome_record(
        scene.actor, reason=REASON, access=scene.access, arrest_id=arrest.first_id,
        given=GivenOutcome(kind, at, detail, due_at=due_at),
    )  # fmt: skip


def _charge(scene: Scene, arrest: Arrest, at: datetime) -> None:
    """Charge, and where the year lasts long enough convict."""
    given = scene.given
    from_on = (given.executed_at - timedelta(days=300)).astimezone(ZONE).date()
    charges = []
    for number, offence in enumerate(("making", "possessing"), start=1):
        kept = charge_record(
            scene.actor, reason=REASON, access=scene.access,
            given=GivenCharge(scene.suspect.pk, at, number, "Synthetic particulars", from_on,
                              given.executed_at.astimezone(ZONE).date(), offence,
                              arrest_id=arrest.first_id),
        )  # fmt: skip
        charges.append(kept.first_id)
    ask(scene, Occasion.CHARGE, at)
    sentenced_at = at + timedelta(days=60 + pick("sentence", given.number, 50))
    if sentenced_at > _END:
        return
    months = 4 + pick("months", given.number, 30)
    for charge_id in charges:
        result_record(
            scene.actor, reason=REASON, access=scene.access, charge_id=charge_id,
            given=GivenResult("guilty_plea", sentenced_at, _COURT,
                              sentence=(GivenSentence("suspended", months),)),
        )  # fmt: skip
    disclose(scene, sentenced_at)
    supervise(scene, sentenced_at)
