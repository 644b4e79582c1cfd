"""What stands beside the figures: by kind and source, and how often the rules of firsts held."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from polit.web.arrests.rules import ArrestKind
from polit.web.orders.law import order_kinds
from polit.web.referrals.sources import current_sources
from polit.web.safeguarding.models import ChildRecord
from polit.web.statistics.figures import arrests, children, devices, orders, referrals, warrants
from polit.web.statistics.figures.base import in_period, in_units
from polit.web.statistics.report import Breakdown
from polit.web.statistics.rules import Selection
from polit.web.warrants.models import WarrantExecution


def breakdowns_of(selection: Selection) -> tuple[Breakdown, ...]:
    """Return everything that stands beside the figures."""
    return (
        _arrests(selection),
        _warrants(selection),
        _children(selection),
        _devices(selection),
        _sources(selection),
        _duplicates(selection),
        _orders(selection),
    )


def _by(rows: QuerySet[Any], column: str) -> dict[str, int]:
    counts = rows.order_by().values_list(column).annotate(number=Count("pk"))
    return {str(code): number for code, number in counts}


def _arrests(selection: Selection) -> Breakdown:
    found = _by(arrests.all_kinds(selection), "kind")
    rows = tuple((kind.label, found.get(kind.value, 0)) for kind in ArrestKind)
    rule = "Events of the period that hold. Only arrests are counted as arrests."
    return Breakdown("arrests", "How suspects were brought to answer", rule, rows)


def _warrants(selection: Selection) -> Breakdown:
    held = warrants.warrant_executions(selection)
    first = warrants.warrants_executed(selection).count()
    touched = held.order_by().values("warrant_id").distinct().count()
    tried = (
        WarrantExecution.objects.standing()
        .filter(in_period(selection, "occurred_at"), in_units(selection, "warrant__case"))
        .filter(counts=False)
        .count()
    )
    rows = (
        ("Warrants first executed in the period", first),
        ("Warrants executed again, first executed before it", touched - first),
        ("Attempts that count as no execution", tried),
    )
    rule = "A warrant counts in the period of its first execution alone."
    return Breakdown("warrants", "Warrants and their executions", rule, rows)


def _children(selection: Selection) -> Breakdown:
    # Compared here: to look for few among few a database may read all children for each of them.
    roots = set(children.children_safeguarded(selection).values_list("root", flat=True))
    count = len(roots)
    acted = children.protective_actions(selection).annotate(root=children.ROOT)
    in_several = (
        ChildRecord.objects.annotate(root=children.ROOT_OF_RECORD)
        .values("root")
        .annotate(cases=Count("case_id", distinct=True))
        .filter(cases__gt=1)
    )
    several = len(roots.intersection(in_several.values_list("root", flat=True)))
    again = acted.order_by().values("root").distinct().count() - count
    rows = (
        ("Children safeguarded who are in one case", count - several),
        ("Children safeguarded who are in two cases or more", several),
        ("Children with an action in the period who are counted elsewhere", again),
    )
    rule = (
        "A child counts once, in the period of the first protective action of all: children who"
        " were safeguarded before, or by the case of another area or team, are counted there."
    )
    return Breakdown("children", "Children and their cases", rule, rows)


def _devices(selection: Selection) -> Breakdown:
    found = _by(devices.devices_seized(selection), "device_kind")
    rows = tuple((kind.label, found.get(kind.value, 0)) for kind in devices.DEVICE_KINDS)
    rule = "Exhibits of each kind that were seized in the period, parts not counted again."
    return Breakdown("devices", "Devices seized, by kind", rule, rows)


def _sources(selection: Selection) -> Breakdown:
    found = _by(referrals.referrals(selection), "source")
    scheme = current_sources()
    known = {each.code: each.label for each in scheme.entries}
    codes = [*known, *sorted(found.keys() - known.keys())]
    rows = tuple((known.get(code, code), found[code]) for code in codes if code in found)
    rule = "Where the referrals of the period came from."
    return Breakdown("sources", "Referrals, by source", rule, rows)


def _duplicates(selection: Selection) -> Breakdown:
    received = referrals.referrals(selection)
    told = received.aggregate(
        all=Count("pk"), again=Count("pk", filter=Q(duplicate_of__isnull=False))
    )
    rows = (
        ("Named something new", told["all"] - told["again"]),
        ("Repeat another referral", told["again"]),
    )
    rule = "Both are counted as referrals received."
    return Breakdown("duplicates", "Referrals that repeat another one", rule, rows)


def _orders(selection: Selection) -> Breakdown:
    rows = orders.orders_supervised(selection).order_by()
    found: dict[str, int] = {}
    for law, kind, number in rows.values_list("law", "kind").annotate(number=Count("pk")):
        label = order_kinds(law).kind(kind).label
        found[label] = found.get(label, 0) + number
    rule = "Orders that are in force on the last day of the period."
    return Breakdown("orders", "Orders, by kind", rule, tuple(sorted(found.items())))
