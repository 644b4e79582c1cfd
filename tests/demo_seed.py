"""Brings the demonstration case into a served record; run as a program.

``python -m demo_seed case REFERENCE EXHIBIT PACKAGE OFFICERS`` makes a case with an exhibit, takes
the package in, waits until stacks and items are there, makes officers with sessions and prints
them as JSON; ``held REFERENCE`` prints what the record holds of its review; ``password NAME`` gives
an officer a one-time link, for a person who wants to look.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable

from polit.base.clock import monotonic_s, now_utc, sleep_s
from polit.web.site.boot import boot

boot()

import demo_case  # noqa: E402 - Django is ready only now
from django.conf import settings  # noqa: E402
from django.urls import reverse  # noqa: E402
from web_sessions import signed_in_session  # noqa: E402

from polit.web.accounts.models import User  # noqa: E402
from polit.web.accounts.services import account_make, invitation_make  # noqa: E402
from polit.web.audit.models import AuditEvent, AuditLeaf, AuditPending  # noqa: E402
from polit.web.cases.models import Case  # noqa: E402
from polit.web.cases.queries import case_access  # noqa: E402
from polit.web.cases.services import case_open, member_add  # noqa: E402
from polit.web.core.acting import SYSTEM  # noqa: E402
from polit.web.core.rules import Purpose, Role  # noqa: E402
from polit.web.examinations.rules import (  # noqa: E402
    Asked,
    ExaminationKind,
    ExaminationState,
)
from polit.web.examinations.services import examination_ask  # noqa: E402
from polit.web.exhibits.rules import (  # noqa: E402
    DeviceFacts,
    DeviceKind,
    Person,
    SeizedThing,
    Seizure,
)
from polit.web.exhibits.services import exhibit_seize  # noqa: E402
from polit.web.grading.models import Decision  # noqa: E402
from polit.web.items.models import Item, ReviewSet  # noqa: E402
from polit.web.welfare.models import Exposure  # noqa: E402
from polit.web.welfare.queries import hv_of_case  # noqa: E402
from polit.web.welfare.services import induction_end  # noqa: E402

_REASON = "A demonstration"
_TAKEN_IN_S = 1_800.0


def case(reference: str, exhibit: str, package: str, officers: str) -> dict[str, object]:
    """Make the case; return its number, and name and cookie of each officer."""
    opened = Case.objects.filter(reference=reference).first()
    if opened is None:
        opened = case_open(SYSTEM, reason=_REASON, reference=reference, title="Benign pictures")
        people = [_officer(opened, number) for number in range(int(officers))]
        _take_in(opened, exhibit, package, people[0])
    else:
        people = [member.user for member in opened.members.select_related("user").order_by("pk")]
    cookie = settings.SESSION_COOKIE_NAME
    return {
        "case": str(opened.id),
        "officers": [
            {"name": each.username, "cookie": f"{cookie}={signed_in_session(each)}"}
            for each in people
        ],
        "places": _places(opened),
    }


def _take_in(opened: Case, exhibit: str, package: str, officer: User) -> None:
    """Seize the phone, attach its package, wait until its items are there."""
    seized = exhibit_seize(
        SYSTEM,
        reason=_REASON,
        case=opened,
        seizure=Seizure(now_utc(), "Example Road 1", Person("Example A."), "pace-1984-s19"),
        thing=SeizedThing(exhibit, "A phone", _phone()),
    )
    access = case_access(officer, opened.id)
    assert access is not None
    asked = Asked(seized.id, package, _REASON)
    examination = examination_ask(
        SYSTEM, reason=_REASON, access=access, kind=ExaminationKind.ATTACHED, asked=asked
    )
    _wait(lambda: not _moves(examination))
    assert examination.standing is ExaminationState.IMPORTED, examination.standing
    built = ReviewSet.objects.filter(case=opened, run__gt=0, built_at__isnull=False)
    _wait(built.exists)


def held(reference: str) -> dict[str, object]:
    """Return what the record holds of a case's review."""
    opened = Case.objects.get(reference=reference)
    events = AuditEvent.objects.filter(case_id=opened.id, actor_kind="user")
    member = opened.members.order_by("pk").first()
    assert member is not None
    access = case_access(member.user, opened.id)
    assert access is not None
    figures = hv_of_case(access)
    return {
        "events": Counter(events.values_list("action", flat=True)),
        "decisions": Decision.objects.filter(case_id=opened.id).count(),
        "batch_ids": _batches(opened),
        "exposures": Exposure.objects.filter(case_id=opened.id).count(),
        "states": Counter(
            Item.objects.filter(review_set__case=opened).values_list("state", flat=True)
        ),
        "media_files": ReviewSet.objects.get(case=opened).media_files,
        "hv_per_1000": figures.per_1000,
        "in_log": AuditLeaf.objects.count() + AuditPending.objects.count(),
        "all_events": AuditEvent.objects.count(),
    }


def _batches(opened: Case) -> list[str]:
    rows = Decision.objects.filter(case_id=opened.id).order_by()
    return [str(batch) for batch in rows.values_list("batch", flat=True).distinct()]


def password(name: str) -> dict[str, object]:
    """Return a one-time link for an officer."""
    user = User.objects.get(username=name)
    token = invitation_make(SYSTEM, reason=_REASON, user_id=user.pk)
    return {"path": reverse("accounts:invitation", args=[token])}


def _officer(opened: Case, number: int) -> User:
    name = f"reviewer.{number}"
    found = User.objects.filter(username=name).first()
    user = found or account_make(
        SYSTEM,
        reason=_REASON,
        username=name,
        full_name=f"Reviewer {number}",
        roles=frozenset({Role.INVESTIGATOR, Role.EXAMINER}),
    )
    if found is None:
        induction_end(SYSTEM, officer_id=user.pk, reason=_REASON)
    member_add(SYSTEM, reason=_REASON, case=opened, user_id=user.pk, purpose=Purpose.GRADING)
    return user


def _phone() -> DeviceFacts:
    made = (demo_case.MAKE, demo_case.MODEL)
    return DeviceFacts(DeviceKind.PHONE, make=made[0], model=made[1], serial=demo_case.SERIAL)


def _places(opened: Case) -> dict[str, str]:
    """Return the place of each item by its SHA-256: what a script that knows the truth needs."""
    rows = Item.objects.filter(review_set__case=opened).values_list("sha256", "pk")
    return {bytes(sha256).hex(): str(pk & 0xFFFFFFFF) for sha256, pk in rows.iterator()}


def _moves(examination: object) -> bool:
    examination.refresh_from_db()  # type: ignore[attr-defined]  # any examination
    return bool(examination.standing.is_moving)  # type: ignore[attr-defined]  # as above


def _wait(holds: Callable[[], bool]) -> None:
    deadline_s = monotonic_s() + _TAKEN_IN_S
    while not holds():
        assert monotonic_s() < deadline_s, "the record did not take the package in"
        sleep_s(1.0)


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    known: dict[str, Callable[..., object]] = {"case": case, "held": held, "password": password}
    json.dump(known[what](*words), sys.stdout)
