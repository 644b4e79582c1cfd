"""The notification clock and the visits of offenders, for the page of clocks."""

import runpy
from pathlib import Path

from polit.web.orders.law import current_policy, current_rules

_CASES = Path("tests/web/orders/notification_cases.py")


def notification_part() -> str:
    """Return the part of the notification clock."""
    cases, rules = runpy.run_path(str(_CASES)), current_rules()
    due = [
        f"| {rules.rule(rule).label} ({rules.rule(rule).statute}) | {event} | {last} | {why} |"
        for rule, event, last, why in cases["DUE"]
    ]
    periodic = [
        f"| {_given(given)} | {last} | {why} |"
        for _name, given, _rule, last, why in cases["PERIODIC"]
    ]
    lengths = [
        f"| {rules.sentence(code).label}{', under 18' * young} | {begins} | "
        f"{last or 'indefinite'} | {why} |"
        for code, begins, young, last, why in cases["LENGTHS"]
    ]
    late = [
        f"| {rules.rule(rule).label} | {event} | {given} | {'late' if is_late else 'in time'} | "
        f"{why} |"
        for rule, event, given, is_late, why in cases["LATE"]
    ]
    return (
        f"\n## Notifications of offenders\n\nRules `{rules.name}`. {rules.notice}\n\n"
        f"Not modelled: {rules.not_modelled}\n\n"
        + _table("notification | event | last day or time | why", due)
        + "\n### The periodic notification\n\n"
        + _table("given before | last day | why", periodic)
        + "\n### How long the requirements last\n\n"
        + _table("sentence | relevant date | last day | why", lengths)
        + "\n### Late or in time\n\n"
        + _table("notification | event | given | it is | why", late)
        + f"\n## Visits of offenders\n\nPolicy `{current_policy().name}`. "
        + f"{current_policy().notice}\n"
        + "A visit is due so many months after the last one at which the person was seen, by the "
        "level held\non the day asked for. One at which they were not seen moves nothing: what was "
        f"overdue stays overdue.\nThe first is due {current_policy().first_visit_days} days after "
        "the order began.\n\n"
        + _table(
            "level | months between visits | between device checks | to the next review",
            [
                f"| {each.level.replace('_', ' ')} | {each.visit_months} | {each.device_months} | "
                f"{each.review_months} |"
                for each in current_policy().intervals
            ],
        )
    )


def _given(given: tuple[tuple[str, str, bool], ...]) -> str:
    rules = current_rules()
    return "; ".join(
        f"{rules.rule(code).statute} on {when}{', no residence' * lost}"
        for code, when, lost in given
    )


def _table(heads: str, rows: list[str]) -> str:
    rule = "|".join(" --- " for _ in heads.split("|"))
    return f"| {heads} |\n|{rule}|\n" + "\n".join(rows) + "\n"
