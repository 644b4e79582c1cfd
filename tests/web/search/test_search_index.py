"""The index follows the records, in the same act, and is the same when it is made anew."""

from datetime import date

import pytest
import typer
from typer.testing import CliRunner
from web.conftest import MakeCase, MakeUser
from web.seized import seized_exhibit

from polit.base.errors import UsageError
from polit.cli import reindex
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.rules import CaseDetails
from polit.web.cases.services import case_change_details, note_add
from polit.web.core.acting import SYSTEM
from polit.web.core.models import fresh_id
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role
from polit.web.people.models import CasePerson, Person
from polit.web.people.queries import details_of
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import (
    identifier_add,
    person_add,
    person_change,
    person_link,
    person_merge,
    person_unmerge,
)
from polit.web.search.folding import folded
from polit.web.search.marking import index_put_off
from polit.web.search.models import SearchEntry
from polit.web.search.queries import search_hits
from polit.web.search.rules import readers_mask
from polit.web.search.services import index_begin, index_rebuild

Row = tuple[str, str, str, int, str, str, str, str]


def put(case: Case, role: PersonRole = PersonRole.SUSPECT, note: str = "") -> CasePerson:
    details = PersonDetails("Zebedee", "Unlikely", addresses="1 Somewhere Street")
    return person_add(
        SYSTEM, reason="a", case=case, details=details, place=PlaceInCase(role, note=note)
    )


def rows() -> set[Row]:
    return {
        (each.kind, str(each.record_id), str(each.case_id), each.readers, each.title, each.text,
         each.url, each.folded)
        for each in SearchEntry.objects.all()
    }  # fmt: skip


def readers_of(person: CasePerson) -> frozenset[Role]:
    found = SearchEntry.objects.filter(record_id=person.person_id)
    return frozenset(role for each in found for role in each.reader_roles)


def test_whatever_is_written_is_found_in_the_same_way_as_after_a_rebuild(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case, other = make_case("OP-1", officer), make_case("OP-2", officer)
    a, b, c = put(case, note="mother of a child"), put(other), put(case, PersonRole.CHILD)
    d = put(case, PersonRole.OTHER)
    person_link(
        SYSTEM, reason="a", case=other, person_id=a.person_id,
        place=PlaceInCase(PersonRole.WITNESS),
    )  # fmt: skip
    given = GivenIdentifier("phone", "07700 900123")
    identifier_add(SYSTEM, reason="a", case=case, person_id=a.person_id, given=given)
    note = note_add(SYSTEM, case=case, text="A first remark")
    note_add(SYSTEM, case=case, text="A second remark", corrects_id=note.id, reason="wrong")
    case_change_details(
        SYSTEM, reason="a", case=case, details=CaseDetails("A new title", "LANTERN", ())
    )
    seized_exhibit(case, "AB/1")
    for one, into in ((a, b), (c, d), (d, b)):
        person_merge(SYSTEM, reason="a", case=case, person_id=one.person_id, into_id=into.person_id)
    assert [readers_of(each) for each in (a, b, c, d)] == [CHILD_READERS] * 4
    person_unmerge(SYSTEM, reason="a", case=case, person_id=d.person_id)
    assert [readers_of(each) for each in (b, c, d)] == [CASE_ROLES, CHILD_READERS, CHILD_READERS]
    before = rows()
    assert index_rebuild() == len(before)
    assert rows() == before
    SearchEntry.objects.all().delete()
    index_rebuild()
    assert rows() == before
    for text, count in (
        ("remark", 1), ("first remark", 0), ("lantern", 1), ("AB/1", 1), ("+447700900123", 2),
        ("zebedee", 5), ('"somewhere street"', 5), ('"street somewhere"', 0), ("somew*", 5),
    ):  # fmt: skip
        assert search_hits(officer, text).count == count, text


def test_changed_record_is_found_by_its_new_words_alone(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    person = put(case)
    details = PersonDetails("Other", "Name", born_on=date(2020, 1, 1))
    person_change(SYSTEM, reason="a", case=case, person_id=person.person_id, details=details)
    assert [search_hits(officer, each).count for each in ("zebedee", "other name")] == [0, 1]
    assert readers_of(person) == CHILD_READERS


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("OP-1", "OP-1: A case"),
        ('"op/1"', "OP-1: A case"),
        ("AB/1", "AB/1: "),
        ("ab 1 1", "AB/1/1: "),
        ("R2026-7", "Referral R2026-7"),
        ("OP-1*", "Newest"),
        ("OP", "Newest"),
        ("1", "Newest"),
    ],
)
def test_what_bears_the_reference_comes_before_what_only_names_it(
    text: str, first: str, make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case, closed = make_case("OP-1", officer), make_case("OP-1-2")
    for title in ("OP-1: A case", "AB/1: A disk", "AB/1/1: A card", "Referral R2026-7",
                  "Referral R2026-7-1", "OP-1-1: Another", "Newest"):  # fmt: skip
        rest = "OP-1 AB/1 AB/1/1 R2026-7"
        for of in (case, closed):
            SearchEntry.objects.create(
                kind="case_note", record_id=fresh_id(), case_id=of.pk, title=title, text=rest,
                readers=readers_mask(CASE_ROLES), url="/", folded=folded(title, rest),
            )  # fmt: skip
    SearchEntry.objects.filter(kind="case").delete()
    hits = search_hits(officer, text)
    assert hits.rows[0].title.startswith(first)
    assert {row.reference for row in hits.rows} == {"OP-1"}
    assert hits.count == 7


def test_act_that_fails_leaves_no_trace_in_the_index(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    before = rows()

    def fail() -> None:
        with act(SYSTEM, "tests.fail", reason="a") as deed:
            put(case)
            deed.about("case", case.pk)
            raise UsageError("no")

    with pytest.raises(UsageError):
        fail()
    assert rows() == before
    put(case)
    assert len(rows()) == len(before) + 1


def test_many_rows_written_at_once_are_indexed(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    people = [put(case, PersonRole.WITNESS).person for _number in range(3)]
    with act(SYSTEM, "tests.bulk", reason="a") as deed:
        deed.about("case", case.pk)
        Person.objects.filter(pk__in=[each.pk for each in people]).update(family_name="Newname")
        for each in people:
            each.refresh_from_db()
            each.addresses = "2 Elsewhere"
        Person.objects.bulk_update(people, ["addresses"])
    assert details_of(people[0]).family_name == "Newname"
    found = SearchEntry.objects.filter(kind="person")
    assert {each.text for each in found} == {"2 Elsewhere"}
    assert all("Newname" in each.title for each in found)


def test_command_makes_the_index_anew_and_drops_what_is_no_record(make_case: MakeCase) -> None:
    put(make_case("OP-1"))
    before = rows()
    for kind in ("person", "gone"):
        SearchEntry.objects.create(
            kind=kind, record_id=make_case(f"OP-{kind}").pk, readers=1, title="x", url="/"
        )
    SearchEntry.objects.filter(kind="case").update(folded="x", title="x")
    app = typer.Typer()
    reindex.register(app)
    result = CliRunner().invoke(app, ["--json"])
    assert (result.exit_code, '"entries": 4' in result.stdout) == (0, True)
    assert before < rows()


def test_index_that_is_put_off_is_that_of_each_act_also_where_it_was_cut_off(
    make_case: MakeCase,
) -> None:
    def cut_off() -> None:
        with index_put_off():
            put(make_case("OP-1"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert rows() == set()
    with index_put_off():
        put(make_case("OP-2"))
    before = rows()
    assert len({row[1] for row in before}) == 4  # two cases, two people
    put(make_case("OP-3"))
    assert before < rows()
    SearchEntry.objects.all().delete()
    index_rebuild()
    assert before < rows()


def test_database_from_before_the_search_is_indexed_once(make_case: MakeCase) -> None:
    put(make_case("OP-1"))
    assert index_begin() == 0  # what is there already stays as it is
    before = rows()
    SearchEntry.objects.filter(kind="person").delete()
    assert (index_begin(), rows()) == (1, before)
    SearchEntry.objects.all().delete()
    assert (index_begin(), rows()) == (len({row[0] for row in before}), before)
