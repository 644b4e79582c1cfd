"""The tables grow and nothing else; the canonical text of an event never changes."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from audited_logs import Grow
from django.db import DatabaseError, IntegrityError, connection, transaction
from hostile_names import HOSTILE

from polit.base.errors import NoAct, UsageError
from polit.web.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditPending
from polit.web.audit.rules import Nature, commitment, storable
from polit.web.audit.services import act, audit_consult
from polit.web.audit.signer import Signer
from polit.web.audit.tree import leaf_hash
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, check_in_act

STATEMENTS = (
    "UPDATE {table} SET {key} = 99", "DELETE FROM {table}",
    "INSERT OR REPLACE INTO {table} SELECT * FROM {table}", "TRUNCATE {table} CASCADE",
)  # fmt: skip
TABLES = (("audit_event", "seq"), ("audit_leaf", "index"), ("audit_checkpoint", "size"))


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize(("table", "key"), TABLES)
def test_table_refuses_whatever_is_not_an_insertion(
    table: str, key: str, statement: str, signer: Signer, write_acts: Grow
) -> None:
    on_postgres = connection.vendor == "postgresql"
    if ("REPLACE" in statement and on_postgres) or ("TRUNCATE" in statement and not on_postgres):
        return  # the other database's word
    write_acts(2)
    signer.round(is_last=True)
    before = rows(table)
    connection.check_constraints()  # PostgreSQL truncates nothing while checks are pending
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table=f'"{table}"', key=f'"{key}"'))
    assert rows(table) == before


def test_replacing_a_leaf_by_its_event_is_refused(signer: Signer, write_acts: Grow) -> None:
    if connection.vendor != "sqlite":
        return
    write_acts(1)
    signer.round(is_last=True)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(
            'INSERT OR REPLACE INTO audit_leaf ("index", event_id, leaf_hash)'
            " SELECT 7, event_id, leaf_hash FROM audit_leaf"
        )


def rows(table: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        return list(cursor.fetchall())


def test_row_that_is_kept_is_neither_saved_again_nor_deleted(
    signer: Signer, write_acts: Grow
) -> None:
    write_acts(1)
    assert str(AuditPending.objects.get()) == str(AuditEvent.objects.get().pk)
    signer.round(is_last=True)
    for row in (AuditEvent.objects.get(), AuditLeaf.objects.get(), AuditCheckpoint.objects.get()):
        assert str(row)
        with pytest.raises(UsageError, match="never changed"):
            row.save()
        with pytest.raises(UsageError, match="never deleted"):
            row.delete()


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (AuditEvent, {"reason": "", "nature": "security", "salt": "00"}),
        (AuditEvent, {"reason": "why", "nature": "another", "salt": "00"}),
        (AuditLeaf, {"index": -1, "event_id": 1, "leaf_hash": "00"}),
        (AuditCheckpoint, {"size": 0, "root": "", "note": "", "peaks": "",
                           "signed_at": datetime(2026, 11, 26, tzinfo=UTC)}),
    ],
)  # fmt: skip
def test_database_refuses_rows_that_mean_nothing(
    model: type[AuditEvent], values: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model(**values).save()


def golden_event() -> AuditEvent:
    return AuditEvent(
        event_id=UUID("01234567-89ab-4def-8123-456789abcdef"),
        recorded_at=datetime(2026, 11, 26, 9, 5, 7, 42, tzinfo=UTC),
        actor_kind="user",
        actor_id="7",
        actor_name="Zoë \u202e Example",
        action="exhibits.seize",
        nature="collection",
        reason='a "reason"\n',
        purpose="investigation",
        case_id=UUID(int=1),
        case_reference="OP/1",
        subject_kind="exhibit",
        subject_id="8",
        subject_label="AB/1",
        details='{"old":null}',
    )


def test_canonical_text_of_an_event_is_stable() -> None:
    body = golden_event().body
    salt = bytes(range(32))
    text = (
        '{"action":"exhibits.seize","actor_id":"7","actor_kind":"user","actor_name":"Zoë '
        '\u202e Example","case_id":"00000000-0000-0000-0000-000000000001","case_reference":"OP/1",'
        '"details":"{\\"old\\":null}","event_id":"01234567-89ab-4def-8123-456789abcdef",'
        '"nature":"collection","purpose":"investigation","reason":"a \\"reason\\"\\n",'
        '"recorded_at":"2026-11-26T09:05:07.000042Z","subject_id":"8","subject_kind":"exhibit",'
        '"subject_label":"AB/1"}'
    )
    assert commitment(body, salt) == hashlib.sha256(salt + text.encode()).digest()
    assert leaf_hash(commitment(body, salt)).hex() == GOLDEN_LEAF


GOLDEN_LEAF = "b4d474bbc9ae02b748c901c2c6cd1c4ec59a6c79a5713f0390e73a2dca259ab0"


def test_event_reads_back_as_it_was_committed() -> None:
    with act(SYSTEM, "tests.act", reason="a test \u00e9", nature=Nature.SECURITY) as deed:
        deed.about("test", "1", label="x" * 400, number=7, none=None, yes=True)
    event = AuditEvent.objects.get(event_id=str(deed.event_id))
    assert event.body.details == '{"none":null,"number":7,"yes":true}'
    assert event.body.subject_label == "x" * 300
    assert len(bytes.fromhex(event.salt)) == 32


def open_case_and_fail(**details: Any) -> None:
    with act(SYSTEM, "tests.act", reason="a test") as deed:
        Case(reference="OP-1", title="A").save()
        deed.about("test", "1", **details)
        if not details:
            raise ZeroDivisionError


def nest_acts(*, fails: bool) -> None:
    with act(SYSTEM, "tests.outer", reason="a test") as outer:
        with act(SYSTEM, "tests.inner", reason="a test") as inner:
            inner.about("test", "1")
        if fails:
            raise ZeroDivisionError
        outer.about("test", "2")


@pytest.mark.parametrize("name", [*HOSTILE.values(), "nul \0 byte", "half \ud800"])
def test_hostile_name_is_kept_as_data(name: str) -> None:
    with act(SYSTEM, "tests.act", reason=f"of {name}") as deed:
        deed.about("test", "1", label=name, names=[name, {"name": name}], count=1)
    event = AuditEvent.objects.get(event_id=str(deed.event_id))
    assert event.subject_label == storable(name)[:300]
    assert json.loads(event.details)["names"] == [storable(name), {"name": storable(name)}]
    assert len(commitment(event.body, bytes(32))) == 32


def test_exception_takes_back_the_act_and_its_row() -> None:
    with pytest.raises(ZeroDivisionError):
        open_case_and_fail()
    assert not Case.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not AuditPending.objects.exists()
    with pytest.raises(NoAct):
        check_in_act()


def test_nested_acts_write_a_row_each_and_share_one_transaction() -> None:
    with pytest.raises(ZeroDivisionError):
        nest_acts(fails=True)
    assert not AuditEvent.objects.exists()
    nest_acts(fails=False)
    actions = AuditEvent.objects.order_by("seq").values_list("action", flat=True)
    assert list(actions) == ["tests.inner", "tests.outer"]
    assert AuditPending.objects.count() == 2


def test_details_that_have_no_canonical_form_take_the_act_back() -> None:
    with pytest.raises(UsageError):
        open_case_and_fail(figure=1.5)
    assert not Case.objects.exists()


def test_looking_into_the_audit_is_an_event_of_the_case(write_acts: Grow) -> None:
    write_acts(1)
    seen = AuditEvent.objects.get()
    audit_consult(SYSTEM, page="event", event=seen)
    audit_consult(SYSTEM, page="list", asked="who=" + "x" * 400)
    about, listed = AuditEvent.objects.filter(action="audit.consult").order_by("seq")
    assert (about.case_reference, about.subject_id) == ("OP-1", str(seen.event_id))
    assert (about.nature, listed.case_id) == ("consultation", None)
