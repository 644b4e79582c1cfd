"""No way of Django's to write a record goes past the act, and none changes what is appended."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from web.conftest import MakeCase, MakeUser

from polit.base.errors import NoAct, UsageError
from polit.web.audit.services import act
from polit.web.cases.models import Case, CaseMember, CaseNote, CaseOffence
from polit.web.cases.services import note_add
from polit.web.core.acting import SYSTEM, check_in_act
from polit.web.core.models import Appended, GuardedQuerySet, Record
from polit.web.core.rules import Role

Way = Callable[[Case], object]
OFFENCE: dict[str, Any] = {"scheme": "s", "version": 1, "code": "c"}
WAYS: dict[str, Way] = {
    "save": lambda case: case.save(),
    "save_base": lambda case: case.save_base(),
    "save_base raw": lambda case: case.save_base(raw=True),
    "delete": lambda case: case.delete(),
    "update": lambda _: Case.objects.update(title="x"),
    "base manager": lambda _: Case._base_manager.update(title="x"),
    "queryset delete": lambda _: CaseOffence.objects.all().delete(),
    "raw delete": lambda _: CaseOffence.objects.all()._raw_delete("default"),
    "bulk_update": lambda case: Case.objects.bulk_update([case], ["title"]),
    "bulk_create": lambda case: CaseOffence.objects.bulk_create(
        [CaseOffence(case=case, **OFFENCE)]
    ),
    "create": lambda case: CaseOffence.objects.create(case=case, **OFFENCE),
    "get_or_create": lambda case: CaseOffence.objects.get_or_create(case=case, **OFFENCE),
    "update_or_create": lambda case: CaseOffence.objects.update_or_create(case=case, **OFFENCE),
    "related create": lambda case: case.offences.create(**OFFENCE),
    "related add": lambda case: case.offences.add(*CaseOffence.objects.all()),
    "related add unsaved": lambda case: case.offences.add(CaseOffence(**OFFENCE), bulk=False),
    "related update": lambda case: case.offences.update(code="x"),
    "through another": lambda case: case.members.get().user.break_glass.update(reason="x"),
}


@pytest.fixture
def case(make_case: MakeCase, make_user: MakeUser) -> Case:
    """Return a case with a member, an offence and a note."""
    made = make_case("OP-1", make_user("u", Role.EXAMINER))
    with act(SYSTEM, "tests.offence", reason="a") as deed:
        CaseOffence(case=made, scheme="kept", version=1, code="kept").save()
        deed.about("case", made.id)
    note_add(SYSTEM, case=made, text="a note")
    return made


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_written_outside_an_act(way: str, case: Case) -> None:
    with pytest.raises(NoAct), transaction.atomic():
        WAYS[way](case)
    assert (Case.objects.get().title, CaseOffence.objects.get().code) == ("A test", "kept")


def test_an_act_is_of_its_thread_alone(case: Case) -> None:
    caught: list[Exception] = []

    def write() -> None:
        try:
            check_in_act()
        except NoAct as error:
            caught.append(error)

    with act(SYSTEM, "tests.act", reason="a") as deed:
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        deed.about("case", case.id)
    assert len(caught) == 1


def test_asynchronous_ways_ask_too(case: Case) -> None:
    async def write() -> None:
        await Case.objects.aupdate(title="x")

    # In a thread: where a browser is steered by this process too, a loop runs in this one.
    with ThreadPoolExecutor(1) as thread, pytest.raises(NoAct):
        thread.submit(lambda: asyncio.run(write())).result()
    case.refresh_from_db()
    assert case.title == "A test"


def test_what_follows_a_commit_belongs_to_no_act(
    case: Case, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    caught: list[Exception] = []

    def write() -> None:
        try:
            case.save()
        except NoAct as error:
            caught.append(error)

    with (
        django_capture_on_commit_callbacks(execute=True),
        act(SYSTEM, "tests.act", reason="a") as deed,
    ):
        transaction.on_commit(write)
        deed.about("case", case.id)
    assert len(caught) == 1


def test_failed_act_within_another_leaves_the_outer_one_open(case: Case) -> None:
    with act(SYSTEM, "tests.outer", reason="a") as deed:
        with pytest.raises(UsageError), act(SYSTEM, "tests.inner", reason="a"):
            Case.objects.update(title="lost")
        case.operation = "kept"
        case.save(update_fields=["operation"])
        deed.about("case", case.id)
    with pytest.raises(NoAct):
        check_in_act()
    case.refresh_from_db()
    assert (case.title, case.operation) == ("A test", "kept")


@pytest.mark.parametrize(
    "way",
    [
        lambda note: note.save(),
        lambda note: note.save_base(raw=True),
        lambda note: note.delete(),
        lambda _: CaseNote.objects.update(text="x"),
        lambda _: CaseNote._base_manager.update(text="x"),
        lambda note: CaseNote.objects.bulk_update([note], ["text"]),
        lambda _: CaseNote.objects.all().delete(),
        lambda _: CaseNote.objects.all()._raw_delete("default"),
        lambda note: note.case.notes.update(text="x"),
        lambda note: CaseNote.objects.update_or_create({"text": "x"}, id=note.id),
    ],
)
def test_what_is_appended_is_changed_by_no_act(
    case: Case, way: Callable[[CaseNote], object]
) -> None:
    note = CaseNote.objects.get()
    with act(SYSTEM, "tests.act", reason="a") as deed:
        deed.about("case", case.id)
        with pytest.raises(UsageError, match="never changed"), transaction.atomic():
            way(note)
    assert CaseNote.objects.get().text == "a note"


def appended_tables() -> list[str]:
    kept = [each for each in apps.get_models() if issubclass(each, Appended)]
    return [each._meta.db_table for each in kept]


def test_every_record_is_asked_for_through_a_guarded_query() -> None:
    kept = [each for each in apps.get_models() if issubclass(each, Record)]
    assert len(kept) > 10
    for each in kept:
        for manager in (each._default_manager, each._base_manager):
            assert isinstance(manager.all(), GuardedQuerySet), each


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_appended_table_has_its_triggers(case: Case) -> None:
    del case
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        found = {name for (name,) in cursor.fetchall()}
    assert len(appended_tables()) > 3
    assert set(appended_tables()) <= found


def test_row_is_not_replaced_through_a_unique_column_other_than_its_key(case: Case) -> None:
    if connection.vendor != "sqlite":
        return  # the other database has no such word
    note = CaseNote.objects.get()
    note_add(SYSTEM, case=case, text="a correction", corrects_id=note.id)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")  # as of any other program
        try:
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(
                    "INSERT OR REPLACE INTO cases_note (id, recorded_at, case_id, author, text,"
                    " corrects_id) SELECT 'ab', recorded_at, case_id, author, 'forged', corrects_id"
                    " FROM cases_note WHERE corrects_id IS NOT NULL"
                )
        finally:
            cursor.execute("PRAGMA recursive_triggers=ON")
    assert sorted(CaseNote.objects.values_list("text", flat=True)) == ["a correction", "a note"]


def test_members_stay_readable_through_their_case(case: Case) -> None:
    assert case.members.get() == CaseMember.objects.get()
