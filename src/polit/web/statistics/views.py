"""Figures: a run is taken and shown as it was, its records are looked up, its rows handed out."""

import tempfile
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from polit.base.errors import UsageError
from polit.web.accounts.signed_in import user_of
from polit.web.cases.models import Unit
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.found import or_404
from polit.web.core.listing import listing_of
from polit.web.core.rules import Role
from polit.web.statistics import queries
from polit.web.statistics.charts import bar_chart, box_chart
from polit.web.statistics.export import zip_write
from polit.web.statistics.forms import RowsForm, SelectionForm
from polit.web.statistics.papers import run_pdf
from polit.web.statistics.report import Report
from polit.web.statistics.rules import COUNTING, DRILLING, Selection, check_period, presets
from polit.web.statistics.services import rows_export, run_take
from polit.web.statistics.zones import force_zone, today

_TABS = (
    ("figures", "Figures"),
    ("stages", "Days per stage"),
    ("backlog", "What waits"),
    ("workload", "Workload"),
    ("queries", "Queries"),
)
_UNITS = ("area", "team")


@access(COUNTING, methods=("GET", "POST"))
def statistics_page(request: HttpRequest) -> HttpResponse:
    """Ask for a period, count it, and list earlier runs."""
    form = SelectionForm(sent(request), initial=_initial(request.GET))
    if form.is_valid():
        run = attempt(form, lambda: run_take(actor_of(request), selection=form.selection()))
        if run is not None:
            return redirect("statistics:run", run_id=run.pk)
    shown = {
        "form": form,
        "presets": [
            (each.label, urlencode({"from": each.from_on, "to": each.to_on}))
            for each in presets(today())
        ],
        "listed": listing_of(request, queries.run_list(), queries.RUNS),
        "may_drill": _may_drill(request),
    }
    return render(request, "statistics/page.html", shown)


@access(COUNTING)
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show a run as it was."""
    run = or_404(lambda: queries.run_get(run_id))
    report = run.counted
    chosen = request.GET.get("show", "")
    tab = chosen if chosen in {code for code, _label in _TABS} else _TABS[0][0]
    shown = {
        "run": run,
        "report": report,
        "tab": tab,
        "tabs": [(code, label, f"?show={code}") for code, label in _TABS],
        "query": _query(run.selection),
        "may_drill": _may_drill(request),
        "before": queries.runs_before(run).first(),
        **_drawn(report, tab),
    }
    return render(request, "statistics/run.html", shown)


@access(COUNTING)
def run_changes_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show what differs between a run and an earlier one of the same period and units."""
    run = or_404(lambda: queries.run_get(run_id))
    earlier = list(queries.runs_before(run)[:50])
    wanted = request.GET.get("since", "")
    found = next((each for each in earlier if str(each.pk) == wanted), None)
    before = found or (earlier[0] if earlier else None)
    shown: dict[str, object] = {"run": run, "earlier": earlier, "before": before}
    if before is not None:
        before = queries.run_get(before.pk)
        shown |= {
            "changes": queries.changes_between(before, run),
            "corrections": queries.corrections_between(before, run),
        }
    return render(request, "statistics/changes.html", shown)


@access(COUNTING)
def run_paper(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Return a run on paper."""
    del request
    run = or_404(lambda: queries.run_get(run_id))
    answer = HttpResponse(run_pdf(run), content_type="application/pdf")
    name = f"statistics-{run.from_on}-{run.to_on}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@access(DRILLING)
def record_list_page(request: HttpRequest, figure_key: str) -> HttpResponse:
    """List the records behind a figure as they stand now, those that the reader may see."""
    figure = queries.figure_get(figure_key)
    if figure is None:
        raise Http404
    selection = _selection(request.GET)
    after = request.GET.get("after", "")
    shown = {
        "figure": figure,
        "selection": selection,
        "units": Unit.objects.filter(pk__in=_unit_ids(selection)),
        "records": queries.record_page(user_of(request), figure, selection, after=after),
    }
    return render(request, "statistics/records.html", shown)


@access(DRILLING, methods=("GET", "POST"))
def rows_page(request: HttpRequest) -> HttpResponse | FileResponse:
    """Hand out the rows behind the figures, as an archive of CSV files."""
    form = RowsForm(sent(request), initial=_initial(request.GET))
    if form.is_valid():
        selection = form.selection()
        stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        made = attempt(
            form,
            lambda: rows_export(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                selection=selection,
                write=lambda: zip_write(stream, selection),
            ),
        )
        if made is not None:
            stream.seek(0)
            period = selection.period
            name = f"statistics-rows-{period.from_on}-{period.to_on}.zip"
            return FileResponse(stream, as_attachment=True, filename=name)
        stream.close()
    return render(request, "statistics/rows.html", {"form": form})


def _drawn(report: Report, tab: str) -> dict[str, object]:
    """Return the charts of a tab."""
    if tab == "stages":
        known = [each for each in report.stages if each.spread is not None]
        groups = [(each, bar_chart(each.groups)) for each in known]
        return {"spreads": box_chart(report.stages), "stage_groups": groups}
    if tab == "backlog":
        return {"backlogs": [(each, bar_chart(each.ages)) for each in report.backlogs]}
    if tab == "workload":
        return {"team_chart": bar_chart(report.teams)}
    return {}


def _may_drill(request: HttpRequest) -> bool:
    return Role.SUPERVISOR in user_of(request).roles


def _query(selection: Selection) -> str:
    named = {
        "from": selection.period.from_on,
        "to": selection.period.to_on,
        "area": selection.area_id or "",
        "team": selection.team_id or "",
    }
    return urlencode({name: value for name, value in named.items() if value})


def _selection(asked: QueryDict) -> Selection:
    """Return what an address asks for; a part that cannot be read leads nowhere.

    Raises:
        Http404: The days are missing or are none; an area or a team is no identifier.
    """
    try:
        period = check_period(
            date.fromisoformat(asked.get("from", "")),
            date.fromisoformat(asked.get("to", "")),
            force_zone(),
        )
        units = [asked.get(name, "") for name in _UNITS]
        area, team = (UUID(str(each)) if each else None for each in units)
    except (ValueError, UsageError) as error:
        raise Http404 from error
    return Selection(period, area, team)


def _initial(asked: QueryDict) -> dict[str, object]:
    """Return what a form begins with: what the address says, or the last twelve months."""
    try:
        selection = _selection(asked)
    except Http404:
        first = presets(today())[0]
        return {"from_on": first.from_on, "to_on": first.to_on}
    return {
        "from_on": selection.period.from_on,
        "to_on": selection.period.to_on,
        "area": selection.area_id,
        "team": selection.team_id,
    }


def _unit_ids(selection: Selection) -> list[UUID]:
    return [each for each in (selection.area_id, selection.team_id) if each is not None]
