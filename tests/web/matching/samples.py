"""Values for the addresses of alerts, made for one case: rows without their packages' files."""

from collections.abc import Callable
from uuid import UUID

from web.media.samples import content_id

from polit.base.clock import now_utc
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.matching.models import (
    Alert,
    AlertPlace,
    MatchSource,
    StackMember,
    StackRow,
    StackRun,
)
from polit.web.media.models import Package


def alert_id(case: Case) -> UUID:
    """Return an alert of the case."""
    found = Alert.objects.filter(case=case).first()
    if found is not None:
        return found.id
    content = content_id(case)
    package = Package.objects.get(case=case)
    source = MatchSource(
        package=package, number=package.number, state="imported", imported_at=now_utc()
    )
    alert = Alert(
        case=case, sha256=bytes(32), is_exact=True, raised_at=now_utc(), place="1 a",
        exhibit=package.exhibit, source=source, content_id=content, set_names='["a set"]',
        asserted="alert", distance_bits=0,
    )  # fmt: skip
    place = AlertPlace(alert=alert, package=package, source=source, content_id=content)
    with act(SYSTEM, "tests.alert", reason="a sample", case=case) as deed:
        for record in (source, alert, place):
            record.save()
        deed.about("alert", alert.id)
    return alert.id


def alert_action(case: Case) -> str:
    """Name an action."""
    del case
    return "acknowledge"


def examination_id(case: Case) -> UUID:
    """Return an examination of the case whose package is imported."""
    content_id(case)
    found = Package.objects.get(case=case).examination_id
    assert found is not None
    return found


def stack_id(case: Case) -> int:
    """Return a stack of the case."""
    content = content_id(case)
    run = StackRun.objects.create(
        case=case, basis="", is_ready=True, threshold_bits=31, made_at=now_utc()
    )
    number = (run.pk << 32) + 1
    row = StackRow.objects.create(
        id=number, content_id=content, contents=1, occurrences=2, farthest_bits=0
    )
    StackMember.objects.create(
        id=number, stack=row, content_id=content, distance_bits=0, occurrences=2
    )
    return number


SAMPLES: dict[str, Callable[[Case], object]] = {
    "alert_id": alert_id,
    "alert_action": alert_action,
    "examination_id": examination_id,
    "stack_id": stack_id,
}
