"""An act commits with its audit row, or not at all."""

import pytest
from django.db import DatabaseError, connection

from polit.base.errors import NoAct, UsageError
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM


def test_record_outside_an_act_is_refused() -> None:
    with pytest.raises(NoAct):
        Case(reference="OP-1", title="A").save()
    with pytest.raises(NoAct):
        Case.objects.update(title="B")


def test_act_without_a_subject_writes_nothing() -> None:
    with pytest.raises(UsageError), act(SYSTEM, "tests.act", reason="a test"):
        Case(reference="OP-1", title="A").save()
    assert not Case.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("reason", ["  ", "\u200b", "\u3164 \u2800", "\u00ad\u2060", "\u202e", "."])
def test_act_with_a_reason_that_says_nothing_is_refused(reason: str) -> None:
    with pytest.raises(UsageError), act(SYSTEM, "tests.act", reason=reason) as deed:
        deed.about("test", "1")
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("reason", ["a test", "7", "\u4f8b\u3048", "\u202e\u0627\u202c"])
def test_act_with_a_reason_in_any_script_is_kept(reason: str) -> None:
    with act(SYSTEM, "tests.act", reason=reason) as deed:
        deed.about("test", "1")
    assert AuditEvent.objects.get().reason == reason


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET reason = 'another'",
        "DELETE FROM audit_event",
    ],
)
def test_event_is_never_changed_below_the_application(statement: str) -> None:
    with act(SYSTEM, "tests.act", reason="a test") as deed:
        deed.about("test", "1", figure=7)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
