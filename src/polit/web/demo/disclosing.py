"""Disclosure of a few of the synthetic force's defendants: unused material and a viewing."""

from datetime import datetime, timedelta

from polit.web.demo.force import REASON, Scene
from polit.web.demo.plan import ZONE
from polit.web.disclosure.models import Viewing
from polit.web.disclosure.rules import GivenService, GivenUnused, GivenViewing
from polit.web.disclosure.services import schedule_serve, unused_record, viewing_record

DEFENDANTS_MOST = 2
"""So many have disclosure; no case of the force has decided items, so none has a schedule of
images."""


def disclose(scene: Scene, sentenced_at: datetime) -> None:
    """Schedule and serve unused material, and log the defence's viewing of the exhibits."""
    if Viewing.objects.count() >= DEFENDANTS_MOST:
        return
    served_at = sentenced_at - timedelta(days=40)
    place_id = scene.suspect.pk
    given = GivenUnused(
        "mg6c", "Record of house-to-house enquiries (synthetic)", "Case file, tray 2",
        reviewed_by=scene.lead.full_name, reviewed_on=served_at.astimezone(ZONE).date(),
        decision="clearly_not", why="Nobody saw or heard anything",
    )  # fmt: skip
    unused_record(scene.actor, reason=REASON, access=scene.access, place_id=place_id, given=given)
    served = schedule_serve(
        scene.actor, reason=REASON, access=scene.access, place_id=place_id, kind="mg6c",
        given=GivenService("Crown Prosecution Service (synthetic)", served_at, "digital_system"),
    )  # fmt: skip
    from_at = served_at + timedelta(days=10)
    viewed = GivenViewing(
        viewer="Defence expert (synthetic)", role="Digital forensic expert",
        firm="Example Forensics (synthetic)", instructed_by="Example Solicitors (synthetic)",
        supervised_by=scene.lead.full_name, where="Viewing room, Northmere Police Station",
        from_at=from_at, to_at=from_at + timedelta(hours=2),
        conditions="No copies, no photographs of the screen",
        undertaken_on=from_at.astimezone(ZONE).date(), served_id=served.pk,
    )  # fmt: skip
    viewing_record(
        scene.actor, reason=REASON, access=scene.access, place_id=place_id, given=viewed
    )  # fmt: skip
