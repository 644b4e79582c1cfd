"""The rules of people: who is a child, who may read one, what the audit keeps of one."""

from datetime import date

import pytest

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import CASE_ROLES, Role
from polit.web.people import rules
from polit.web.people.identifiers import current_identifiers, identifier_scheme, service_key
from polit.web.people.rules import PersonDetails, PersonRole, Sex

TODAY = date(2026, 3, 27)
READ_CHILDREN = {Role.INVESTIGATOR, Role.SUPERVISOR, Role.SAFEGUARDING}


@pytest.mark.parametrize("role", [None, *Role])
def test_who_may_read_a_child_and_who_an_adult(role: Role | None) -> None:
    roles = frozenset({role} if role else ())
    assert rules.may_read_person(roles, is_protected=True) is (role in READ_CHILDREN)
    assert rules.may_read_person(roles, is_protected=False) is (role in CASE_ROLES)


@pytest.mark.parametrize(
    ("born_on", "age", "estimated_on", "expected"),
    [
        (None, None, None, False),
        (date(2008, 3, 27), None, None, False),
        (date(2008, 3, 28), None, None, True),
        (date(2008, 2, 29), None, None, False),
        (None, 17, TODAY, True),
        (None, 18, TODAY, False),
        (None, 16, date(2024, 3, 27), False),
        (None, 16, date(2024, 3, 28), True),
    ],
)
def test_under_age_is_younger_than_eighteen_today(
    born_on: date | None, age: int | None, estimated_on: date | None, expected: bool
) -> None:
    assert rules.is_under_age(born_on, age, estimated_on, TODAY) is expected


@pytest.mark.parametrize(
    "details",
    [
        PersonDetails(),
        PersonDetails(born_on=TODAY),
        PersonDetails(estimated_age_years=0, estimated_on=TODAY),
        PersonDetails(estimated_age_years=120, estimated_on=TODAY, sex=Sex.OTHER),
    ],
)
def test_details_that_go_together_are_taken(details: PersonDetails) -> None:
    rules.check_details(details, TODAY)


@pytest.mark.parametrize(
    "details",
    [
        PersonDetails(born_on=TODAY, estimated_age_years=3, estimated_on=TODAY),
        PersonDetails(estimated_age_years=3),
        PersonDetails(estimated_on=TODAY),
        PersonDetails(born_on=date(2026, 3, 28)),
        PersonDetails(estimated_age_years=3, estimated_on=date(2026, 3, 28)),
        PersonDetails(estimated_age_years=121, estimated_on=TODAY),
        PersonDetails(estimated_age_years=-1, estimated_on=TODAY),
        PersonDetails(sex="unlikely"),
    ],
)
def test_details_that_contradict_are_refused(details: PersonDetails) -> None:
    with pytest.raises(UsageError):
        rules.check_details(details, TODAY)


@pytest.mark.parametrize("role", list(Role))
def test_who_writes_of_people_reads_children(role: Role) -> None:
    if role in READ_CHILDREN:
        rules.check_writes_people(frozenset({role}))
        return
    with pytest.raises(AuthorityError):
        rules.check_writes_people(frozenset({role}))


def test_the_audit_keeps_no_value_of_a_child() -> None:
    before, after = {"name": "A", "sex": ""}, {"name": "B", "sex": ""}
    assert rules.changed_fields(before, after, is_protected=False) == {"name": ["A", "B"]}
    assert rules.changed_fields(before, after, is_protected=True) == {"name": []}


def test_names_are_compared_without_case_width_and_spaces() -> None:
    assert rules.search_key("  \uff21nna\x00 ", "SMITH") == "anna smith"


def test_roles_have_words() -> None:
    assert [PersonRole.HOUSEHOLD.label, PersonRole.CHILD.label] == ["Household member", "Child"]
    assert Sex.FEMALE.label == "Female"


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "07700 900 123", "+44 7700 900123"),
        ("phone", "+44 (0)7700 900123", "0044 7700-900123"),
        ("phone", "7700900123", "7700 900123"),
        ("email", " A.Example@EXAMPLE.com", "a.example@example.com"),
        ("pnc", "12/345678A", "12 345678a"),
    ],
)
def test_identifiers_that_mean_the_same_are_equal(kind: str, one: str, other: str) -> None:
    scheme = current_identifiers()
    assert scheme.key(kind, one) == scheme.key(kind, other)


def test_unknown_kind_of_identifier_is_refused_and_stands_for_itself() -> None:
    scheme = identifier_scheme("england-wales", 1)
    with pytest.raises(UsageError):
        scheme.kind("shoe size")
    assert [scheme.label_of("pnc"), scheme.label_of("x")] == ["PNC number", "x"]
    assert service_key(" Example ") == "example"
