"""What is due of a person under an order, and why: pure, from what happened. No Django here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from polit.web.orders.law import (
    INITIAL,
    PERIODIC,
    PERIODIC_NO_RESIDENCE,
    MonitoringPolicy,
    NotificationRules,
    Rule,
)
from polit.web.orders.periods import (
    first_instant,
    last_instant,
    last_time_of,
    local_day,
    months_after,
)


@dataclass(frozen=True, slots=True)
class Given:
    """A notification that was given, as the periodic date asks of it."""

    rule: str
    given_at: datetime
    no_residence: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that has to be notified and has not been."""

    rule: str
    event_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands of a person of a case on some day.

    Args:
        level: The level held; empty for none.
        review_on: The review of the assessment that gave it.
        seen_on: The last visit at which they were seen.
        checked_on: The last check at which a device was looked at.
        given: Notifications that were given.
        pending: What has to be notified and has not been.
    """

    level: str = ""
    review_on: date | None = None
    seen_on: date | None = None
    checked_on: date | None = None
    given: tuple[Given, ...] = ()
    pending: tuple[Pending, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What of an order the clocks ask.

    Args:
        begins_on: Its first day, which is the relevant date.
        ends_on: Its last day; ``None`` for none.
        duties: Which notifications it brings.
        has_devices: Whether a condition lets devices be checked.
    """

    begins_on: date
    ends_on: date | None
    duties: str
    has_devices: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """One thing that is due.

    Args:
        code: ``visit``, ``device``, ``review``, ``end`` or the code of a rule.
        label: What people read.
        words: The rule, and what it is counted from.
        due_at: The last instant at which it is in time.
    """

    code: str
    label: str
    words: str
    due_at: datetime

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it should have been done by an instant."""
        return self.due_at < now


def visit_due_on(policy: MonitoringPolicy, terms: Terms, facts: Facts) -> date:
    """Return the day by which a person is to be visited.

    It is counted from the last visit at which they were seen, by the interval of the level held;
    a visit at which they were not seen moves nothing, so what was overdue stays overdue. Before
    the first, it is counted from the begin of the order.
    """
    if facts.seen_on is None:
        return terms.begins_on + timedelta(days=policy.first_visit_days)
    return months_after(facts.seen_on, policy.visit_months(facts.level))


def device_due_on(policy: MonitoringPolicy, terms: Terms, facts: Facts) -> date | None:
    """Return the day by which a device is to be checked; ``None`` where no condition says so."""
    if not terms.has_devices:
        return None
    since = facts.checked_on or terms.begins_on
    return months_after(since, policy.device_months(facts.level))


def periodic_due(
    rules: NotificationRules, given: tuple[Given, ...], zone: ZoneInfo
) -> tuple[Rule, datetime, Given] | None:
    """Return rule, last instant and the event of the next periodic notification.

    Source: Sexual Offences Act 2003 s.85: each notification under ss.83(1), 84(1) and 85(1) is an
    event after which the period runs anew, a late one too; those of SI 2012/1876 and of travel are
    none. With no sole or main residence the period is that of the regulations.
    """
    events = [each for each in given if each.rule in rules.restarting]
    if not events:
        return None
    last = max(events, key=lambda each: each.given_at)
    rule = rules.rule(PERIODIC_NO_RESIDENCE if last.no_residence else PERIODIC)
    return rule, last_time_of(rule.length, last.given_at, zone), last


def notification_clocks(
    rules: NotificationRules, terms: Terms, facts: Facts, zone: ZoneInfo
) -> tuple[Clock, ...]:
    """Return the notifications that are due, the first due first."""
    offered = {each.code for each in rules.choices(terms.duties)}
    found = [_pending_clock(rules.rule(each.rule), each, zone) for each in facts.pending]
    periodic = periodic_due(rules, facts.given, zone)
    if INITIAL in offered and periodic is None:
        rule = rules.rule(INITIAL)
        due_at = last_time_of(rule.length, first_instant(terms.begins_on, zone), zone)
        words = f"{rule.statute}: {rule.words}, {_day(terms.begins_on)}"
        found.append(Clock(rule.code, rule.label, words, due_at))
    if PERIODIC in offered and periodic is not None:
        rule, due_at, event = periodic
        answered = rules.rule(event.rule)
        since = f"{_day(local_day(event.given_at, zone))}, {answered.statute}"
        words = f"{rule.statute}: {rule.words}: {since}"
        found.append(Clock(rule.code, rule.label, words, due_at))
    return tuple(sorted(found, key=lambda each: each.due_at))


def clocks_of(
    policy: MonitoringPolicy, rules: NotificationRules, terms: Terms, facts: Facts, zone: ZoneInfo
) -> tuple[Clock, ...]:
    """Return everything that is due under an order, the first due first.

    What would be due after its last day is not: the order is over by then.
    """
    level = facts.level.replace("_", " ") or "no level yet"
    seen = f"last seen {_day(facts.seen_on)}" if facts.seen_on else "not seen yet"
    visit = f"Policy {policy.name}: {level}, {seen}"
    found = [
        Clock("visit", "Visit", visit, last_instant(visit_due_on(policy, terms, facts), zone)),
        *notification_clocks(rules, terms, facts, zone),
    ]
    device = device_due_on(policy, terms, facts)
    if device is not None:
        words = f"Policy {policy.name}: {level}"
        found.append(Clock("device", "Device check", words, last_instant(device, zone)))
    if facts.review_on is not None:
        words = "The review day of the last assessment"
        found.append(Clock("review", "Risk review", words, last_instant(facts.review_on, zone)))
    if terms.ends_on is not None:
        end = last_instant(terms.ends_on, zone)
        found = [each for each in found if each.due_at <= end]
        found.append(Clock("end", "Order ends", f"Last day {_day(terms.ends_on)}", end))
    return tuple(sorted(found, key=lambda each: each.due_at))


def _pending_clock(rule: Rule, pending: Pending, zone: ZoneInfo) -> Clock:
    on = _day(local_day(pending.event_at, zone))
    return Clock(rule.code, rule.label, f"{rule.statute}: {rule.words}, {on}", pending.due_at)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
