"""One run: every figure with its query, what stands beside them, what waits, how long it took."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.accounts.models import RoleGrant
from polit.web.cases.models import Case
from polit.web.cases.rules import CaseStatus
from polit.web.core.rules import CASE_ROLES, Role
from polit.web.core.stages import stages
from polit.web.exhibits.models import Exhibit
from polit.web.media.models import Package
from polit.web.media.rules import PackageState
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import WAITING
from polit.web.statistics.breakdowns import breakdowns_of
from polit.web.statistics.figures import FIGURES
from polit.web.statistics.figures.base import Figure, in_units
from polit.web.statistics.figures.devices import ARE_DEVICES
from polit.web.statistics.figures.referrals import referrals_in_units
from polit.web.statistics.report import (
    REPORT_VERSION,
    Backlog,
    Counted,
    Report,
    RoleLoad,
    StageDays,
)
from polit.web.statistics.rules import Selection, age_groups, grouped_ages, spread_of
from polit.web.warrants.models import Warrant

if TYPE_CHECKING:
    from uuid import UUID

_DAY_S = 86_400
_FEWEST_GRADERS = 3
"""Of fewer the number of cases would be a figure of one person, or nearly."""
_OPEN_TO_COUNT = Q(status__in=[each.value for each in CaseStatus if each is not CaseStatus.CLOSED])


def report_of(selection: Selection, *, now: datetime | None = None) -> Report:
    """Count everything, in a number of queries that does not grow with the records.

    Args:
        selection: The period and the units.
        now: The time of the run, for what waits now.
    """
    at = now or now_utc()
    return Report(
        REPORT_VERSION,
        tuple(counted(each, selection) for each in FIGURES),
        breakdowns_of(selection),
        (_referrals(selection, at), _exhibits(selection, at), _warrants(selection, at)),
        tuple(_stage_days(selection)),
        _teams(selection),
        _roles(selection),
    )


def counted(figure: Figure, selection: Selection) -> Counted:
    """Count one figure, and keep by which query."""
    rows = figure.records(selection)
    sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    texts = tuple(str(each) for each in parameters)
    return Counted(figure.key, figure.label, rows.count(), figure.rule, sql, texts)


def _referrals(selection: Selection, now: datetime) -> Backlog:
    rows = Referral.objects.filter(
        referrals_in_units(selection), state__in=[state.value for state in WAITING]
    )
    rule = "Referrals of which nobody has decided yet what becomes of them, since they came."
    return _backlog("referrals", "Referrals not opened", rule, rows, "received_at", now)


def _exhibits(selection: Selection, now: datetime) -> Backlog:
    done = Package.objects.filter(exhibit=OuterRef("pk"), state=PackageState.IMPORTED.value)
    rows = Exhibit.objects.filter(
        ARE_DEVICES, in_units(selection, "case"), ~Q(case__status=CaseStatus.CLOSED.value)
    ).filter(~Exists(done))
    rule = (
        "Computers, phones and storage of cases that are not closed, of which no examination was"
        " completed, since they were seized."
    )
    return _backlog("exhibits", "Exhibits waiting for examination", rule, rows, "seized_at", now)


def _warrants(selection: Selection, now: datetime) -> Backlog:
    # The last day of a warrant is one of the force's zone: in summer it outlasts that of UTC.
    day = timezone.localdate(now, timezone.get_default_timezone())
    rows = Warrant.objects.filter(in_units(selection, "case"), state="granted", expires_on__gte=day)
    rule = "Warrants that were granted, are still valid and were not executed, since the grant."
    return _backlog("warrants", "Warrants not executed", rule, rows, "granted_at", now)


def _backlog(
    key: str, label: str, rule: str, rows: QuerySet[Any], since: str, now: datetime
) -> Backlog:
    groups = age_groups()
    told = rows.aggregate(
        count=Count("pk"),
        oldest=Min(since),
        **{
            f"younger_{number}": Count("pk", filter=Q(**{f"{since}__gt": now - _age(days)}))
            for number, (_label, days) in enumerate(groups)
            if days is not None
        },
    )
    ages = []
    before = 0
    for number, (group, _days) in enumerate(groups):
        until = told.get(f"younger_{number}", told["count"])
        ages.append((group, until - before))
        before = until
    oldest = (now - told["oldest"]).days if told["oldest"] else None
    return Backlog(key, label, rule, told["count"], tuple(ages), oldest)


def _age(days: int) -> timedelta:
    """Return below which length of time whole days are at most so many."""
    return timedelta(days=days + 1)


def _stage_days(selection: Selection) -> Iterator[StageDays]:
    """Say for each stage how long cases that reached it in the period took from the one before."""
    cases = Case.objects.filter(in_units(selection, ""))
    period = selection.period
    before: dict[UUID, list[datetime]] = defaultdict(list)
    known = stages()
    for stage in known:
        days = []
        for case_id, at in stage.when(cases).items():
            earlier = [each for each in before[case_id] if each <= at]
            if earlier and period.begin_at <= at < period.end_at:
                days.append((at - max(earlier)).total_seconds() / _DAY_S)
            before[case_id].append(at)
        if stage is not known[0]:
            since = "the stage before it that the case went through"
            yield StageDays(stage.code, stage.label, since, spread_of(days), grouped_ages(days))


def _teams(selection: Selection) -> tuple[tuple[str, int], ...]:
    rows = Case.objects.filter(_OPEN_TO_COUNT, in_units(selection, ""))
    found = (
        rows.values_list("team__name")
        .annotate(number=Count("pk"))
        .order_by(F("team__name").asc(nulls_last=True))
    )
    return tuple((name or "No team stated", number) for name, number in found)


def _roles(selection: Selection) -> tuple[RoleLoad, ...]:
    """Return how many open cases each role has; of graders, never whose they are."""
    member = "user__case_memberships__"
    wanted: dict[str, Any] = {"ended_at": None, f"{member}ended_at": None, "user__is_active": True}
    wanted[f"{member}case__status__in"] = [
        each.value for each in CaseStatus if each is not CaseStatus.CLOSED
    ]
    if selection.area_id is not None:
        wanted[f"{member}case__area_id"] = selection.area_id
    if selection.team_id is not None:
        wanted[f"{member}case__team_id"] = selection.team_id
    rows = (
        RoleGrant.objects.filter(**wanted)
        .values("role")
        .annotate(
            officers=Count("user", distinct=True), cases=Count(f"{member}case", distinct=True)
        )
    )
    found = {row["role"]: row for row in rows}
    loads = []
    for role in (each for each in Role if each in CASE_ROLES):
        row = found.get(role.value, {"officers": 0, "cases": 0})
        is_withheld = role is Role.GRADER and 0 < row["officers"] < _FEWEST_GRADERS
        loads.append(RoleLoad(role.label, row["officers"], None if is_withheld else row["cases"]))
    return tuple(loads)
