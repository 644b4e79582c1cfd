"""A run on paper."""

from dataclasses import dataclass

from django.utils.timezone import localtime

from polit.web.core.pdf import render_pdf
from polit.web.statistics.charts import BarChart, BoxChart, bar_chart, box_chart
from polit.web.statistics.models import StatisticsRun
from polit.web.statistics.report import Backlog, Breakdown, Counted, RoleLoad, StageDays


@dataclass(frozen=True, slots=True)
class BacklogPaper:
    """What waits, with its chart."""

    told: Backlog
    chart: BarChart


@dataclass(frozen=True, slots=True)
class StagePaper:
    """The days of a stage, as cells of a table."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunPaper:
    """All that the paper of a run says."""

    title: str
    period: str
    zone: str
    units: str
    taken_at: str
    by: str
    run_id: str
    version: str
    figures: tuple[Counted, ...]
    breakdowns: tuple[Breakdown, ...]
    backlogs: tuple[BacklogPaper, ...]
    spreads: BoxChart | None
    stages: tuple[StagePaper, ...]
    teams: BarChart
    roles: tuple[RoleLoad, ...]


def run_pdf(run: StatisticsRun) -> bytes:
    """Return a run as PDF."""
    return render_pdf("statistics", run_paper(run))


def run_paper(run: StatisticsRun) -> RunPaper:
    """Return what the paper of a run says."""
    report = run.counted
    return RunPaper(
        title="Statistics",
        period=run.period.shown,
        zone=run.zone,
        units=run.units_shown,
        taken_at=f"{localtime(run.recorded_at):%d %B %Y %H:%M %Z}",
        by=run.by,
        run_id=str(run.pk),
        version=run.polit_version,
        figures=report.figures,
        breakdowns=tuple(each for each in report.breakdowns if each.rows),
        backlogs=tuple(BacklogPaper(each, bar_chart(each.ages)) for each in report.backlogs),
        spreads=box_chart(report.stages),
        stages=tuple(_stage(each) for each in report.stages),
        teams=bar_chart(report.teams),
        roles=report.roles,
    )


def _stage(stage: StageDays) -> StagePaper:
    spread = stage.spread
    if spread is None:
        return StagePaper(stage.label, ("0", "", "", "", "", ""))
    days = (spread.least, spread.quarter, spread.median, spread.three_quarters, spread.most)
    return StagePaper(stage.label, (str(spread.count), *(f"{each:.1f}" for each in days)))
