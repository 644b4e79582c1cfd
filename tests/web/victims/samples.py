"""Values for the addresses of victim identification, made for one case."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from web.safeguarding.samples import Granted, task_id

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.safeguarding.models import SafeguardingTask
from polit.web.victims.models import (
    AgeOpinion,
    Clue,
    Series,
    SeriesMedia,
    UnknownChild,
    VictimEnquiry,
)
from polit.web.victims.rules import GivenClue, GivenEnquiry, GivenOpinion, GivenSeries, GivenUnknown
from polit.web.victims.services import (
    clue_record,
    enquiry_record,
    media_link,
    opinion_record,
    series_open,
    unknown_add,
)


def series_of(case: Case) -> Series:
    """Return a series that stands in a case, opened where none does."""
    found = Series.objects.filter(places__case=case).order_by("recorded_at").first()
    word = hashlib.sha256(case.reference.encode()).hexdigest()[:6]
    return found or series_open(
        SYSTEM, reason="a sample", access=Granted(case),
        given=GivenSeries(f"LANTERN {word}", about="A garden with a blue swing"),
    )  # fmt: skip


def unknown_of(case: Case) -> UnknownChild:
    """Return an unknown child of a case who is not identified."""
    found = UnknownChild.objects.filter(case=case, child=None).order_by("number").first()
    return found or unknown_add(
        SYSTEM, reason="a sample", access=Granted(case),
        given=GivenUnknown(now_utc(), "Seen in a garden", series_of(case).pk),
    )  # fmt: skip


def media_of_case(case: Case) -> SeriesMedia:
    """Return a first-generation candidate that is of the series."""
    series = series_of(case)
    found = SeriesMedia.objects.standing().filter(series=series, case=case).first()
    if found is None:
        task = SafeguardingTask.objects.get(pk=task_id(case))
        media_link(SYSTEM, reason="a sample", access=Granted(case), series=series.pk,
                   contents=[bytes(task.sha256).hex()])  # fmt: skip
        found = SeriesMedia.objects.standing().get(series=series, case=case)
    return found


def opinion() -> GivenOpinion:
    """Return an opinion of today."""
    today = timezone.localdate(now_utc())
    return GivenOpinion(8, 10, "female", "A. Example", today, "by the hands of a clock beside")


def enquiry() -> GivenEnquiry:
    """Return an enquiry of an hour ago."""
    sent_at = now_utc() - timedelta(hours=1)
    return GivenEnquiry("Example Police Bureau", "Utopia", "A description", sent_at)


def enquiry_sent_id(case: Case) -> UUID:
    """Return an enquiry for the unknown child."""
    unknown = unknown_of(case)
    found = VictimEnquiry.objects.standing().filter(unknown=unknown).first()
    return (found or enquiry_record(
        SYSTEM, reason="a sample", access=Granted(case), unknown_id=unknown.pk, given=enquiry()
    )).pk  # fmt: skip


def held_id(case: Case) -> UUID:
    """Return an opinion on the unknown child."""
    unknown = unknown_of(case)
    found = AgeOpinion.objects.standing().filter(unknown=unknown).first()
    return (found or opinion_record(
        SYSTEM, reason="a sample", access=Granted(case), unknown_id=unknown.pk, given=opinion()
    )).pk  # fmt: skip


def clue_id(case: Case) -> UUID:
    """Return a clue of the series."""
    found = Clue.objects.standing().filter(case=case).first()
    if found is not None:
        return found.pk
    given = GivenClue(
        "object", "A blue swing, hung from a walnut tree", "likely", "A. Example",
        timezone.localdate(now_utc()), media_of_case(case).pk, 62_500,
    )  # fmt: skip
    return clue_record(
        SYSTEM, reason="a sample", access=Granted(case), series_id=series_of(case).pk, given=given
    ).pk


SAMPLES: dict[str, Callable[[Case], object]] = {
    "series_id": lambda case: series_of(case).pk,
    "unknown_id": lambda case: unknown_of(case).pk,
    "unknown_action": lambda _case: "set_aside",
    "enquiry_sent_id": enquiry_sent_id,
    "held_kind": lambda _case: "opinion",
    "held_id": held_id,
    "clue_id": clue_id,
    "linked_kind": lambda _case: "media",
    "linked_id": lambda case: media_of_case(case).pk,
}
