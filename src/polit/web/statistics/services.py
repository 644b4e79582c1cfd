"""What is done with statistics: a run is kept, the rows behind the figures are handed out."""

from collections.abc import Callable

from polit import __version__
from polit.base.errors import AuthorityError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.statistics.counting import report_of
from polit.web.statistics.models import StatisticsRun
from polit.web.statistics.report import report_text
from polit.web.statistics.rules import READERS, Selection

_REASON = "Figures counted"


def run_take(actor: Actor, *, selection: Selection, reason: str = _REASON) -> StatisticsRun:
    """Count everything of a period, and keep it with its queries, its rules and the time.

    Raises:
        AuthorityError: The actor is neither a supervisor nor an auditor, nor polit.
    """
    if not roles_of(actor) & READERS:
        raise AuthorityError("only a supervisor or an auditor counts figures")
    with act(actor, "statistics.run", reason=reason, nature=Nature.COMBINATION) as deed:
        run = StatisticsRun(
            by=actor.name,
            from_on=selection.period.from_on,
            to_on=selection.period.to_on,
            zone=selection.period.zone,
            area_id=selection.area_id,
            team_id=selection.team_id,
            polit_version=__version__,
        )
        report = report_of(selection, now=run.recorded_at)
        run.report = report_text(report)
        run.save()
        figures = {each.key: each.value for each in report.figures}
        deed.about("statistics_run", run.id, label=run.period.shown, figures=dict(figures))
    return run


def rows_export(
    actor: Actor, *, reason: str, selection: Selection, write: Callable[[], int]
) -> int:
    """Hand out the rows behind the figures, and keep that it was done.

    Args:
        actor: A supervisor, or polit.
        reason: Why.
        selection: The period and the units that they are asked for; all rows are handed out.
        write: Writes them, and returns how many there were.

    Returns:
        How many rows.

    Raises:
        AuthorityError: The actor is no supervisor.
    """
    if Role.SUPERVISOR not in roles_of(actor):
        raise AuthorityError("only a supervisor takes the rows behind the figures")
    with act(actor, "statistics.export", reason=reason, nature=Nature.DISCLOSURE) as deed:
        rows = write()
        deed.about("statistics", "rows", label=selection.period.shown, rows=rows)
    return rows
