"""Dated cases of the notification clock: due days, moved annual dates, lengths, lateness."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from web.orders.notification_cases import DUE, LATE, LENGTHS, PERIODIC

from polit.base.errors import UsageError
from polit.web.orders.clocks import (
    Facts,
    Given,
    Pending,
    Terms,
    clocks_of,
    device_due_on,
    periodic_due,
    visit_due_on,
)
from polit.web.orders.law import current_kinds, current_policy, current_rules
from polit.web.orders.periods import Length, last_day_of, last_instant, last_time_of

LONDON = ZoneInfo("Europe/London")
RULES, POLICY = current_rules(), current_policy()


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON).astimezone(UTC)


def limit(text: str) -> datetime:
    return at(text) if " " in text else last_instant(date.fromisoformat(text), LONDON)


@pytest.mark.parametrize(("rule", "event", "last", "why"), DUE, ids=lambda each: str(each)[:40])
def test_last_time_of_a_notification(rule: str, event: str, last: str, why: str) -> None:
    assert last_time_of(RULES.rule(rule).length, at(event), LONDON) == limit(last), why


@pytest.mark.parametrize(("name", "given", "rule", "last", "why"), PERIODIC,
                         ids=[each[0] for each in PERIODIC])  # fmt: skip
def test_periodic_date_moves_with_events_of_the_act_alone(
    name: str, given: tuple[tuple[str, str, bool], ...], rule: str, last: str, why: str
) -> None:
    del name
    facts = tuple(Given(code, at(when), lost) for code, when, lost in given)

    found = periodic_due(RULES, facts, LONDON)

    assert found is not None
    assert (found[0].code, found[1]) == (rule, limit(last)), why


@pytest.mark.parametrize(("sentence", "begins", "young", "last", "why"), LENGTHS)
def test_requirements_last_as_long_as_the_sentence_says(
    sentence: str, begins: str, young: bool, last: str, why: str
) -> None:
    day = RULES.sentence(sentence).last_day(date.fromisoformat(begins), is_under_18=young)
    assert day == (date.fromisoformat(last) if last else None), why


@pytest.mark.parametrize(("rule", "event", "given", "late", "why"), LATE)
def test_notification_is_late_after_its_last_instant(
    rule: str, event: str, given: str, late: bool, why: str
) -> None:
    assert (at(given) > last_time_of(RULES.rule(rule).length, at(event), LONDON)) is late, why


def test_days_are_those_that_a_calendar_counts() -> None:
    """An independent count, day by day, over two years with a leap day."""
    start = date(2023, 6, 1).toordinal()
    for ordinal in range(start, start + 730):
        first = date.fromordinal(ordinal)
        days = [date.fromordinal(ordinal + step) for step in range(3)]
        assert last_day_of(Length(days=3, counts_first_day=True), first) == days[-1]
        left = date.fromordinal(ordinal - 8)
        between = [date.fromordinal(each) for each in range(left.toordinal() + 1, ordinal)]
        assert last_day_of(Length(days=7, is_before=True), first) == left
        assert len(between) == 7


TERMS = Terms(date(2026, 1, 1), date(2030, 12, 31), "full", has_devices=True)


@pytest.mark.parametrize(("level", "seen", "visit", "device"), [
    ("", None, "2026-01-16", "2026-02-01"),
    ("very_high", None, "2026-01-16", "2026-02-01"),
    ("very_high", "2026-01-31", "2026-02-28", "2026-02-01"),
    ("high", "2026-01-31", "2026-04-30", "2026-04-01"),
    ("medium", "2026-03-31", "2026-09-30", "2026-07-01"),
    ("low", "2026-02-28", "2027-02-28", "2027-01-01"),
    ("", "2026-02-10", "2026-03-10", "2026-02-01"),
])  # fmt: skip
def test_visits_and_checks_follow_the_level(
    level: str, seen: str | None, visit: str, device: str
) -> None:
    facts = Facts(level=level, seen_on=date.fromisoformat(seen) if seen else None)
    assert visit_due_on(POLICY, TERMS, facts) == date.fromisoformat(visit)
    assert device_due_on(POLICY, TERMS, facts) == date.fromisoformat(device)


def test_clocks_say_which_rule_and_from_what() -> None:
    given = (Given("initial", at("2026-01-02 10:00")), Given("change", at("2026-03-03 10:00")))
    moved = at("2026-05-01 10:00")
    pending = (
        Pending("bank_card", moved, last_time_of(RULES.rule("bank_card").length, moved, LONDON)),
    )
    facts = Facts("high", date(2027, 1, 1), date(2026, 2, 1), None, given, pending)

    found = {each.code: each for each in clocks_of(POLICY, RULES, TERMS, facts, LONDON)}

    assert found["periodic"].words == (
        "s.85(1) and (5)(b): within one year after the last notification under ss.83(1), 84(1) or "
        "85(1): 3 March 2026, s.84(1)"
    )
    assert list(found) == ["device", "visit", "bank_card", "review", "periodic", "end"]
    assert found["visit"].is_overdue(at("2026-05-02 00:00"))
    assert not found["visit"].is_overdue(at("2026-05-01 23:59"))


def test_nothing_is_due_after_an_order_is_over_and_a_risk_order_has_no_periodic_date() -> None:
    short = Terms(date(2026, 1, 1), date(2026, 1, 10), "full", has_devices=True)
    codes = [each.code for each in clocks_of(POLICY, RULES, short, Facts(), LONDON)]
    assert codes == ["initial", "end"]
    risk = Terms(date(2026, 1, 1), None, "identity", has_devices=False)
    given = Facts(given=(Given("initial", at("2026-01-02 10:00")),))
    assert [each.code for each in clocks_of(POLICY, RULES, risk, given, LONDON)] == ["visit"]


def test_law_refuses_what_it_does_not_know_and_names_itself() -> None:
    for ask in (RULES.rule, RULES.sentence, current_kinds().kind):
        with pytest.raises(UsageError, match="'other law'"):
            ask("other law")
    assert (RULES.name, POLICY.name, current_kinds().name) == ("england-wales-1",) * 3
    assert (POLICY.tool_label("x"), POLICY.condition_label("x")) == ("x", "x")
    assert {each.duties for each in current_kinds().entries} <= set(RULES.duties)
    assert set(RULES.restarting) == {"initial", "change", "periodic", "periodic_no_residence"}
