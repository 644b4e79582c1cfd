"""A case to look around in: an officer, the case ``OP-EXAMPLE-1``, its exhibit, the package.

``python -m tools.sample_case PACKAGE ORIGIN`` where PACKAGE lies below the folder of packages; the
broker of ``polit serve`` must run. Running it again adds nothing that is there already. It
prints the officer's one-time link, unless the officer has a password.
"""

import sys

from polit.base.clock import now_utc
from polit.base.errors import BrokerGone, BrokerRefused
from polit.web.site.boot import boot

boot()

from django.conf import settings as site  # noqa: E402 - Django is ready only now
from django.urls import reverse  # noqa: E402

from polit.broker.client import BrokerClient  # noqa: E402
from polit.web.accounts.models import User  # noqa: E402
from polit.web.accounts.queries import account_by_name  # noqa: E402
from polit.web.accounts.services import account_make, invitation_make  # noqa: E402
from polit.web.cases.models import Case  # noqa: E402
from polit.web.cases.services import case_open, member_add  # noqa: E402
from polit.web.core.acting import SYSTEM  # noqa: E402
from polit.web.core.rules import Purpose, Role  # noqa: E402
from polit.web.exhibits.models import Exhibit  # noqa: E402
from polit.web.exhibits.rules import (  # noqa: E402
    DeviceFacts,
    DeviceKind,
    Person,
    SeizedThing,
    Seizure,
)
from polit.web.exhibits.services import exhibit_seize  # noqa: E402
from polit.web.intake.services import Attached, package_import  # noqa: E402
from polit.web.media.models import Package  # noqa: E402
from polit.web.media.rules import PackageState  # noqa: E402

_REASON = "The sample of ./dev run"
_OFFICER = "a.example"


def main(package: str, origin: str, case: str, exhibit: str) -> int:
    """Have officer, case, exhibit and findings; print the officer's link; return the exit code."""
    officer = _officer()
    opened = _case(case, officer)
    seized = _exhibit(opened, exhibit)
    try:
        taken = _package(seized, package)
    except (BrokerGone, BrokerRefused) as error:
        sys.stderr.write(f"the package was not taken in: {error}\n")
        return error.exit_code
    if not officer.has_usable_password():
        token = invitation_make(SYSTEM, reason=_REASON, user_id=officer.pk)
        sys.stdout.write(f"{origin}{reverse('accounts:invitation', args=[token])}\n")
    return 0 if taken else 1


def _officer() -> User:
    found = account_by_name(_OFFICER)
    return found or account_make(
        SYSTEM,
        reason=_REASON,
        username=_OFFICER,
        full_name="A. Example",
        roles=frozenset({Role.INVESTIGATOR, Role.EXAMINER}),
    )


def _case(reference: str, officer: User) -> Case:
    case = Case.objects.filter(reference=reference).first() or case_open(
        SYSTEM, reason=_REASON, reference=reference, title="The sample: benign pictures"
    )
    if not case.members.filter(user=officer, ended_at=None).exists():
        member_add(
            SYSTEM, reason=_REASON, case=case, user_id=officer.pk, purpose=Purpose.INVESTIGATION
        )
    return case


def _exhibit(case: Case, reference: str) -> Exhibit:
    found = Exhibit.objects.filter(case=case, reference=reference).first()
    seizure = Seizure(now_utc(), "Example Road 1", Person("Example A."), "pace-1984-s19")
    disk = DeviceFacts(DeviceKind.STORAGE, make="Example", model="Sample disk")
    thing = SeizedThing(reference, "A disk made for trying polit out", disk)
    return found or exhibit_seize(SYSTEM, reason=_REASON, case=case, seizure=seizure, thing=thing)


def _package(exhibit: Exhibit, place: str) -> bool:
    """Take the package in; of the same findings once."""
    held = Package.objects.filter(exhibit=exhibit, state=PackageState.IMPORTED.value)
    if held.exists():
        return True
    broker = BrokerClient(site.BROKER_SOCKET)
    attached = Attached(exhibit, place)
    taken = package_import(SYSTEM, reason=_REASON, attached=attached, broker=broker)
    return taken.state == PackageState.IMPORTED.value


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
