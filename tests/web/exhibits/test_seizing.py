"""Seizing: an exhibit begins with who took what, when, where and by which power."""

from datetime import UTC, datetime

import pytest
from web.conftest import MakeCase

from polit.base.errors import UsageError
from polit.web.audit.models import AuditEvent
from polit.web.core.acting import SYSTEM
from polit.web.exhibits.rules import DeviceFacts, DeviceKind, Person, SeizedThing, Seizure
from polit.web.exhibits.services import exhibit_seize

SEIZURE = Seizure(
    seized_at=datetime(2026, 1, 5, 7, 30, tzinfo=UTC),
    place="1 Example Street",
    producer=Person("A. Example", "1234"),
    power_code="pace-1984-s8",
    power_reference="W-1",
)
PHONE = SeizedThing("AB/1", "A phone", DeviceFacts(DeviceKind.PHONE))


def test_seized_exhibit_keeps_its_reference_and_its_audit_row(make_case: MakeCase) -> None:
    case = make_case("OP-1")

    exhibit = exhibit_seize(SYSTEM, reason="search", case=case, seizure=SEIZURE, thing=PHONE)

    assert (exhibit.reference, exhibit.safe_name) == ("AB/1", "AB%2F1")
    event = AuditEvent.objects.get(action="exhibits.seize")
    assert (event.subject_label, event.case_id) == ("AB/1", case.id)


def test_reference_is_taken_once_in_a_case_whatever_its_case_of_letters(
    make_case: MakeCase,
) -> None:
    case = make_case("OP-1")
    exhibit_seize(SYSTEM, reason="search", case=case, seizure=SEIZURE, thing=PHONE)
    lower = SeizedThing("ab/1", "Another", DeviceFacts(DeviceKind.PHONE))

    with pytest.raises(UsageError, match="already"):
        exhibit_seize(SYSTEM, reason="search", case=case, seizure=SEIZURE, thing=lower)

    exhibit_seize(SYSTEM, reason="x", case=make_case("OP-2"), seizure=SEIZURE, thing=PHONE)
