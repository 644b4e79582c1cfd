"""The rules of cases: references, teams, break-glass, states, kinds of offence."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polit.base.errors import AuthorityError, UsageError
from polit.web.cases import offences, rules
from polit.web.cases.rules import STATES, CaseStatus, Duty
from polit.web.core.law import law_read
from polit.web.core.rules import CASE_ROLES, Role

BEGIN = datetime(2026, 3, 27, 12, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize("typed", ["OP-1", "AB/12/26", "Δ 7", "x" * 100])
def test_reference_is_kept_as_it_is(typed: str) -> None:
    assert rules.check_reference(typed) == typed


def test_reference_is_kept_in_composed_form() -> None:
    assert rules.check_reference("Cafe\u0301") == "Caf\u00e9"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        " OP-1",
        "OP-1 ",
        "x" * 101,
        "OP\u202e1",
        "OP\u200b1",
        "OP\n1",
        "OP\x001",
        "O\u00a0P",
    ],
)
def test_reference_that_misleads_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        rules.check_reference(typed)


@given(st.text(max_size=120))
def test_kept_reference_is_kept_again_unchanged(typed: str) -> None:
    try:
        kept = rules.check_reference(typed)
    except UsageError:
        return
    assert rules.check_reference(kept) == kept


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("duty", [None, *Duty])
def test_only_a_supervisor_or_the_lead_investigator_makes_up_a_team(
    role: Role, duty: Duty | None
) -> None:
    expected = role is Role.SUPERVISOR or (role is Role.INVESTIGATOR and duty is Duty.LEAD)
    assert rules.can_manage_members(frozenset({role}), duty) is expected


@pytest.mark.parametrize("role", list(Role))
def test_only_who_works_on_cases_becomes_a_member(role: Role) -> None:
    if role in CASE_ROLES:
        rules.check_works_on_cases(frozenset({role}))
        return
    with pytest.raises(AuthorityError):
        rules.check_works_on_cases(frozenset({role}))


@pytest.mark.parametrize("role", list(Role))
def test_only_an_investigator_or_supervisor_opens(role: Role) -> None:
    if role in {Role.INVESTIGATOR, Role.SUPERVISOR}:
        rules.check_opens(frozenset({role}))
        return
    with pytest.raises(AuthorityError):
        rules.check_opens(frozenset({role}))


@pytest.mark.parametrize(
    ("reason", "hours", "holds"),
    [
        ("x" * 20, 1, True),
        ("x" * 20, 8, True),
        ("x" * 19, 2, False),
        (" " * 30, 2, False),
        ("x" * 20, 0, False),
        ("x" * 20, 9, False),
    ],
)
def test_break_glass_has_a_sentence_and_ends_within_a_shift(
    reason: str, hours: int, holds: bool
) -> None:
    if holds:
        rules.check_break_glass(reason, hours)
        return
    with pytest.raises(UsageError):
        rules.check_break_glass(reason, hours)


def test_second_person_is_another_active_supervisor() -> None:
    supervisor = frozenset({Role.SUPERVISOR})
    rules.check_second(ONE, TWO, supervisor, active=True)
    with pytest.raises(UsageError):
        rules.check_second(ONE, ONE, supervisor, active=True)
    with pytest.raises(UsageError):
        rules.check_second(ONE, TWO, supervisor, active=False)
    with pytest.raises(UsageError):
        rules.check_second(ONE, TWO, frozenset({Role.INVESTIGATOR}), active=True)


def test_break_glass_no_longer_holds_at_its_end() -> None:
    end = rules.break_glass_end(BEGIN, 2)
    just_before = end - timedelta(microseconds=1)
    assert rules.is_break_glass_open(end, None, just_before)
    assert not rules.is_break_glass_open(end, None, end)
    assert not rules.is_break_glass_open(end, BEGIN, just_before)


def test_every_status_is_in_the_table_and_the_other_way_round() -> None:
    assert set(STATES.states) == {status.value for status in CaseStatus}
    assert CaseStatus.IN_COURT.label == "In court"


def test_an_act_is_told_in_words() -> None:
    assert rules.event_title("cases.member_end") == "Access ended"
    assert rules.event_title("exhibits.change_seal") == "Seal changed"
    assert rules.event_title("exhibits.something_new") == "Something new"


def test_offences_come_once_in_the_order_of_the_law() -> None:
    assert offences.check_offences(("taking", "making", "making")) == ("making", "taking")
    with pytest.raises(UsageError):
        offences.check_offences(("speeding",))


def test_offence_has_its_words_and_an_unknown_one_stands_for_itself() -> None:
    scheme = offences.offence_scheme("england-wales", 1)
    assert scheme.label_of("extreme") == "Possessing extreme images"
    assert scheme.label_of("later") == "later"


def test_law_that_is_missing_or_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match="there are england-wales-1"):
        law_read("offence-types", "../offence-types/england-wales-1", offences.OffenceScheme)
    with pytest.raises(UsageError, match=r"england-wales-1\.json"):
        law_read("offence-types", "england-wales-1", offences.OffenceType)
