"""``polit stats``: the figures of a period, each with its rule."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polit.base.clock import instant_text
from polit.base.errors import UsageError
from polit.cli.application import JsonFlag
from polit.cli.audit import command_actor
from polit.cli.output import print_object, print_text, table
from polit.web.site.boot import boot

if TYPE_CHECKING:
    from polit.web.statistics.models import StatisticsRun
    from polit.web.statistics.rules import Selection


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("stats")(stats)


def stats(
    *,
    from_on: Annotated[str, typer.Option("--from", help="First day (2025-04-01).")],
    to_on: Annotated[str, typer.Option("--to", help="Last day; it is counted too.")],
    area: Annotated[str, typer.Option(help="Count the cases of this area only.")] = "",
    team: Annotated[str, typer.Option(help="Count the cases of this team only.")] = "",
    csv: Annotated[
        Path | None,
        typer.Option(help="Write the rows behind the figures into a new folder.", metavar="FOLDER"),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Count the figures of a period, in local days of the force's zone.

    The run is kept in the record with its queries. With --csv the rows of all times are written
    too, without names, so that a script that needs no polit can count them again.
    """
    days = _day("--from", from_on), _day("--to", to_on)
    if csv is not None and csv.exists():
        raise UsageError(f"{csv} is there already: name another folder")
    boot()
    from polit.web.statistics.export import folder_write  # noqa: PLC0415 - after Django is ready
    from polit.web.statistics.services import rows_export, run_take  # noqa: PLC0415 - as above

    selection = _selection(*days, area, team)
    reason = "Counted by the command line"
    run = run_take(command_actor(), selection=selection, reason=reason)
    if csv is not None:
        rows_export(
            command_actor(),
            reason=reason,
            selection=selection,
            write=lambda: folder_write(csv, selection),
        )
    if as_json:
        print_object(_told(run))
    else:
        _tell(run)


def _selection(from_on: date, to_on: date, area: str, team: str) -> "Selection":
    from polit.web.cases.rules import UnitKind  # noqa: PLC0415 - after Django is ready
    from polit.web.statistics.queries import unit_named  # noqa: PLC0415 - as above
    from polit.web.statistics.rules import Selection, check_period  # noqa: PLC0415 - as above
    from polit.web.statistics.zones import force_zone  # noqa: PLC0415 - as above

    return Selection(
        check_period(from_on, to_on, force_zone()),
        unit_named(UnitKind.AREA, area) if area else None,
        unit_named(UnitKind.TEAM, team) if team else None,
    )


def _told(run: "StatisticsRun") -> dict[str, object]:
    report = run.counted
    return {
        "run": str(run.pk),
        "taken_at": instant_text(run.recorded_at),
        "polit_version": run.polit_version,
        "period": {"from": run.from_on.isoformat(), "to": run.to_on.isoformat()},
        "zone": run.zone,
        "area": str(run.area or ""),
        "team": str(run.team or ""),
        "figures": {each.key: {"value": each.value, "rule": each.rule} for each in report.figures},
        "beside": {
            each.key: {"rule": each.rule, "values": dict(each.rows)} for each in report.breakdowns
        },
        "backlog": {
            each.key: {"value": each.count, "rule": each.rule, "ages": dict(each.ages)}
            for each in report.backlogs
        },
    }


def _tell(run: "StatisticsRun") -> None:
    report = run.counted
    print_text(f"{run.period.shown} ({run.zone}), {run.units_shown}")
    print_text(table([(each.label, f"{each.value:>9,}") for each in report.figures]))
    print_text("")
    print_text("How each is counted:")
    for each in report.figures:
        print_text(f"  {each.label}: {each.rule}")


def _day(option: str, text: str) -> date:
    try:
        if len(text) == len("2026-11-26"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"{option} {text!r} is no day: write it as 2026-11-26")
