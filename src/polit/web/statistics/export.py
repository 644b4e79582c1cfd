"""The rows behind the figures, so that anybody can count them again without polit.

No name stands in them: cases, exhibits and people are their random identifiers, and of a child
only that. All rows are there, of all times, also those that later ones correct: which is the first
action of a child cannot be seen in one period. Instants are in UTC, to the microsecond.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from django.db.models import Case as CaseOf
from django.db.models import F, QuerySet, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from polit import __version__
from polit.base.clock import now_utc
from polit.web.arrests.models import Arrest
from polit.web.core.cells import safe_cell
from polit.web.exhibits.models import Exhibit
from polit.web.media.models import Package
from polit.web.orders.law import monitoring_policy
from polit.web.orders.models import Assessment, Order, Visit
from polit.web.referrals.models import Referral
from polit.web.safeguarding.models import ChildRecord, ProtectiveAction
from polit.web.statistics.figures.children import CASE, ROOT, ROOT_OF_RECORD
from polit.web.statistics.rules import Selection
from polit.web.warrants.models import WarrantExecution

EXPORT_VERSION = 1
"""Goes up when a column of a published version goes or means something else."""
_SUPERSEDED = (
    ("corrects", "corrects_id"),
    ("corrected_by", "corrected_by__id"),
    ("is_withdrawal", "is_withdrawal"),
    ("recorded_at", "recorded_at"),
)

Column = tuple[str, str | Combinable]
"""What a column is called, and where it comes from."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file.

    Args:
        name: The file's name.
        rows: The records, all of them.
        columns: Names and where each comes from.
    """

    name: str
    rows: Callable[[], QuerySet[Any]]
    columns: tuple[Column, ...]


def _case(path: str) -> tuple[Column, ...]:
    prefix = f"{path}__" if path else ""
    return (
        ("case_id", f"{prefix}pk"),
        ("area_id", f"{prefix}area_id"),
        ("team_id", f"{prefix}team_id"),
    )


def _unit(name: str) -> Combinable:
    """Return a referral's unit: its case's, or its own while it has no case."""
    return CaseOf(When(case__isnull=False, then=F(f"case__{name}_id")), default=F(f"{name}_id"))


SHEETS = (
    Sheet(
        "executions.csv",
        WarrantExecution.objects.all,
        (
            ("id", "pk"),
            ("warrant_id", "warrant_id"),
            *_case("warrant__case"),
            ("occurred_at", "occurred_at"),
            ("outcome", "outcome"),
            ("counts", "counts"),
            *_SUPERSEDED,
        ),
    ),
    Sheet(
        "arrests.csv",
        Arrest.objects.all,
        (
            ("id", "pk"),
            *_case("case"),
            (
                "root_person_id",
                Coalesce("place__person__merged_into_id", "place__person_id"),
            ),
            ("occurred_at", "occurred_at"),
            ("kind", "kind"),
            *_SUPERSEDED,
        ),
    ),
    Sheet(
        "protective_actions.csv",
        ProtectiveAction.objects.all,
        (
            ("id", "pk"),
            ("child_id", "child_id"),
            *_case(CASE),
            ("person_id", "child__place__person_id"),
            ("root_person_id", ROOT),
            ("occurred_at", "occurred_at"),
            ("kind", "kind"),
            ("counts", "counts"),
            *_SUPERSEDED,
        ),
    ),
    Sheet(
        "children.csv",
        ChildRecord.objects.all,
        (
            ("id", "pk"),
            *_case("case"),
            ("person_id", "place__person_id"),
            ("root_person_id", ROOT_OF_RECORD),
            ("standing", "standing"),
            ("recorded_at", "recorded_at"),
        ),
    ),
    Sheet(
        "exhibits.csv",
        Exhibit.objects.all,
        (
            ("id", "pk"),
            ("parent_id", "parent_id"),
            *_case("case"),
            ("device_kind", "device_kind"),
            ("seized_at", "seized_at"),
            ("recorded_at", "recorded_at"),
        ),
    ),
    Sheet(
        "examinations.csv",
        Package.objects.all,
        (
            ("id", "pk"),
            ("examination_id", "examination_id"),
            ("exhibit_id", "exhibit_id"),
            *_case("case"),
            ("state", "state"),
            ("completed_at", "imported_at"),
            ("recorded_at", "recorded_at"),
        ),
    ),
    Sheet(
        "referrals.csv",
        Referral.objects.all,
        (
            ("id", "pk"),
            ("case_id", "case_id"),
            ("area_id", _unit("area")),
            ("team_id", _unit("team")),
            ("received_at", "received_at"),
            ("source", "source"),
            ("state", "state"),
            ("duplicate_of", "duplicate_of_id"),
            ("recorded_at", "recorded_at"),
        ),
    ),
    Sheet(
        "orders.csv",
        Order.objects.all,
        (
            ("id", "pk"),
            ("place_id", "place_id"),
            *_case("case"),
            ("kind", "kind"),
            ("begins_on", "begins_on"),
            ("ends_on", "ends_on"),
            ("ended_on", "ended_on"),
            ("policy", "policy"),
            ("recorded_at", "recorded_at"),
        ),
    ),
    Sheet(
        "assessments.csv",
        Assessment.objects.all,
        (
            ("id", "pk"),
            ("order_id", "order_id"),
            ("place_id", "place_id"),
            *_case("order__case"),
            ("occurred_at", "occurred_at"),
            ("level", "level"),
            *_SUPERSEDED,
        ),
    ),
    Sheet(
        "visits.csv",
        Visit.objects.all,
        (
            ("id", "pk"),
            ("order_id", "order_id"),
            ("place_id", "place_id"),
            *_case("order__case"),
            ("occurred_at", "occurred_at"),
            ("was_seen", "was_seen"),
            *_SUPERSEDED,
        ),
    ),
)


def folder_write(folder: Path, selection: Selection) -> int:
    """Write the files into a new folder that its owner alone may read; return how many rows."""
    folder.mkdir(mode=0o700)
    rows = 0
    for sheet in SHEETS:
        with (folder / sheet.name).open("x", encoding="utf-8", newline="") as stream:
            rows += _sheet_write(sheet, stream)
    (folder / "about.json").write_text(about_text(selection), encoding="utf-8")
    return rows


def zip_write(stream: IO[bytes], selection: Selection) -> int:
    """Write the files as one archive; return how many rows."""
    rows = 0
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in SHEETS:
            with archive.open(sheet.name, "w") as packed:
                text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
                rows += _sheet_write(sheet, text)
                text.flush()
                text.detach()
        archive.writestr("about.json", about_text(selection))
    return rows


def about_text(selection: Selection) -> str:
    """Return what the rows were asked for: the days, their zone and the units, as JSON."""
    about = {
        "schema_version": EXPORT_VERSION,
        "from": selection.period.from_on.isoformat(),
        "to": selection.period.to_on.isoformat(),
        "zone": selection.period.zone,
        "area_id": str(selection.area_id or ""),
        "team_id": str(selection.team_id or ""),
        "taken_at": now_utc().isoformat(),
        "polit_version": __version__,
        "visits": _visit_intervals(),
    }
    return json.dumps(about, indent=2) + "\n"


def _visit_intervals() -> dict[str, dict[str, Any]]:
    """Return how often people are visited, by the policies that orders name."""
    names = Order.objects.order_by("policy").values_list("policy", flat=True).distinct()
    return {
        policy.name: {
            "first_days": policy.first_visit_days,
            "months": {"": policy.unassessed_months}
            | {each.level: each.visit_months for each in policy.intervals},
        }
        for policy in map(monitoring_policy, names)
    }


def _sheet_write(sheet: Sheet, stream: IO[str]) -> int:
    writer = csv.writer(stream)
    writer.writerow([name for name, _source in sheet.columns])
    rows = 0
    for cells in _cells(sheet):
        writer.writerow([_cell(value) for value in cells])
        rows += 1
    return rows


def _cells(sheet: Sheet) -> Iterator[tuple[Any, ...]]:
    sources = {f"column_{number}": _source(source) for number, (_name, source)
               in enumerate(sheet.columns)}  # fmt: skip
    rows = sheet.rows().order_by("recorded_at", "pk").annotate(**sources)
    yield from rows.values_list(*sources).iterator(chunk_size=2_000)


def _source(source: str | Combinable) -> Combinable:
    return F(source) if isinstance(source, str) else source


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return safe_cell(value)
