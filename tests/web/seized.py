"""An exhibit in a case, for tests that need one and nothing else of it."""

from datetime import UTC, datetime

from polit.web.cases.models import Case
from polit.web.cases.services import case_open
from polit.web.core.acting import SYSTEM
from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.rules import DeviceFacts, DeviceKind, Person, SeizedThing, Seizure
from polit.web.exhibits.services import exhibit_seize


def seized_exhibit(case: str | Case, reference: str) -> Exhibit:
    """Return an exhibit of a case, opening one where only its reference is given."""
    if isinstance(case, str):
        case = case_open(SYSTEM, reason="a test", reference=case, title="A test")
    seizure = Seizure(
        seized_at=datetime(2026, 1, 5, 7, 30, tzinfo=UTC),
        place="1 Example Street",
        producer=Person("A. Example", "1234"),
        power_code="pace-1984-s8",
        power_reference="W-1",
    )
    thing = SeizedThing(reference, "A disk", DeviceFacts(DeviceKind.STORAGE))
    return exhibit_seize(SYSTEM, reason="a test", case=case, seizure=seizure, thing=thing)
