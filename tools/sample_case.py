"""A case to look around in: an officer, the case ``OP-EXAMPLE-1``, its exhibit, the package.

``python -m tools.sample_case PACKAGE ORIGIN CASE EXHIBIT``, where PACKAGE lies below the folder
of packages; ``polit serve`` must run: its worker takes the package in. Running it again adds
nothing that is there already. It prints the officer's one-time link, unless the officer has a
password.
"""

import sys

from polit.base.clock import monotonic_s, now_utc, sleep_s
from polit.web.site.boot import boot

boot()

from django.urls import reverse  # noqa: E402 - Django is ready only now

from polit.web.accounts.models import User  # noqa: E402
from polit.web.accounts.queries import account_by_name  # noqa: E402
from polit.web.accounts.services import account_make, invitation_make  # noqa: E402
from polit.web.cases.models import Case  # noqa: E402
from polit.web.cases.queries import case_access  # noqa: E402
from polit.web.cases.rules import Duty  # noqa: E402
from polit.web.cases.services import case_open, member_add  # noqa: E402
from polit.web.core.acting import SYSTEM  # noqa: E402
from polit.web.core.rules import Purpose, Role  # noqa: E402
from polit.web.examinations.models import Examination  # noqa: E402
from polit.web.examinations.rules import (  # noqa: E402
    Asked,
    ExaminationKind,
    ExaminationState,
)
from polit.web.examinations.services import examination_ask  # noqa: E402
from polit.web.exhibits.models import Exhibit  # noqa: E402
from polit.web.exhibits.rules import (  # noqa: E402
    DeviceFacts,
    DeviceKind,
    Person,
    SeizedThing,
    Seizure,
)
from polit.web.exhibits.services import exhibit_seize  # noqa: E402
from polit.web.welfare.services import induction_end  # noqa: E402

_REASON = "The sample of ./dev run"
_OFFICER = "a.example"
_TAKEN_IN_S = 120.0
_POLL_S = 0.5


def main(package: str, origin: str, case: str, exhibit: str) -> int:
    """Have officer, case, exhibit and findings; print the officer's link; return the exit code."""
    officer = _officer()
    opened = _case(case, officer)
    seized = _exhibit(opened, exhibit)
    state = _attached(officer, seized, package)
    if not officer.has_usable_password():
        token = invitation_make(SYSTEM, reason=_REASON, user_id=officer.pk)
        sys.stdout.write(f"{origin}{reverse('accounts:invitation', args=[token])}\n")
    return 0 if state is ExaminationState.IMPORTED else 1


def _officer() -> User:
    found = account_by_name(_OFFICER)
    if found is not None:
        return found
    made = account_make(
        SYSTEM,
        reason=_REASON,
        username=_OFFICER,
        full_name="A. Example",
        roles=frozenset({Role.INVESTIGATOR, Role.EXAMINER}),
    )
    # So that every lane of a review can be tried, the sample's video too.
    induction_end(SYSTEM, officer_id=made.pk, reason=_REASON)
    return made


def _case(reference: str, officer: User) -> Case:
    case = Case.objects.filter(reference=reference).first() or case_open(
        SYSTEM, reason=_REASON, reference=reference, title="The sample: benign pictures"
    )
    if not case.members.filter(user=officer, ended_at=None).exists():
        member_add(
            SYSTEM, reason=_REASON, case=case, user_id=officer.pk, purpose=Purpose.INVESTIGATION,
            duty=Duty.LEAD,
        )  # fmt: skip
    return case


def _exhibit(case: Case, reference: str) -> Exhibit:
    found = Exhibit.objects.filter(case=case, reference=reference).first()
    seizure = Seizure(now_utc(), "Example Road 1", Person("Example A."), "pace-1984-s19")
    disk = DeviceFacts(DeviceKind.STORAGE, make="Example", model="Sample disk")
    thing = SeizedThing(reference, "A disk made for trying polit out", disk)
    return found or exhibit_seize(SYSTEM, reason=_REASON, case=case, seizure=seizure, thing=thing)


def _attached(officer: User, exhibit: Exhibit, place: str) -> ExaminationState:
    """Attach the package, once for each exhibit, and wait for the worker to take it in."""
    held = Examination.objects.filter(exhibit=exhibit, state=ExaminationState.IMPORTED.value)
    if held.exists():
        return ExaminationState.IMPORTED
    access = case_access(officer, exhibit.case_id)
    if access is None:
        raise ValueError("the officer has no access to the case")
    asked = Asked(exhibit.id, place, "The sample: made for trying polit out")
    examination = examination_ask(
        SYSTEM, reason=_REASON, access=access, kind=ExaminationKind.ATTACHED, asked=asked
    )
    deadline_s = monotonic_s() + _TAKEN_IN_S
    while examination.standing.is_moving and monotonic_s() < deadline_s:
        sleep_s(_POLL_S)
        examination.refresh_from_db()
    return examination.standing


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
