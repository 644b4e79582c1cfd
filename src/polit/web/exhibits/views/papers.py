"""Taking labels, reports and tables out of the system, and finding an exhibit by its label."""

import hashlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.exhibits.forms.papers import PaperForm
from polit.web.exhibits.papers import continuity_pdf, labels_pdf, paper_name
from polit.web.exhibits.queries import (
    ExhibitRow,
    exhibit_all,
    exhibit_by_code,
    exhibit_search,
)
from polit.web.exhibits.services import Paper, Printed, Sheet, paper_print, search_note
from polit.web.exhibits.tables import events_csv, exhibits_csv
from polit.web.exhibits.views.reach import LOOKING_UP, TAKING_OUT

_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@access(TAKING_OUT, methods=("GET", "POST"))
def papers_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Make labels, a report or a table of some exhibits or all."""
    del case_id  # the gate has read it
    granted = case_access_of(request)
    rows = exhibit_all(granted)
    known = {
        "exhibits": request.GET.getlist("exhibit"),
        "paper": request.GET.get("paper", Paper.LABELS.value),
    }
    form = PaperForm([row.exhibit for row in rows], request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        taken = rows if chosen is None else tuple(r for r in rows if r.exhibit.id in set(chosen))
        return _paper(request, granted, form, taken)
    shown = {"granted": granted, "form": form, "heading": "Labels, reports and tables"}
    return render(request, "exhibits/form.html", shown | {"none": not rows})


def _paper(
    request: HttpRequest, granted: CaseAccess, form: PaperForm, rows: tuple[ExhibitRow, ...]
) -> HttpResponse:
    paper = Paper(form.cleaned_data["paper"])
    suffix = "pdf" if paper in {Paper.LABELS, Paper.CONTINUITY} else "csv"
    data = _made(request, granted, form, rows)
    printed = Printed(
        paper,
        tuple(row.exhibit.reference for row in rows),
        hashlib.sha256(data).hexdigest(),
    )
    paper_print(
        actor_of(request),
        reason=form.cleaned_data["reason"],
        case=granted.case,
        printed=printed,
    )
    response = HttpResponse(data, content_type=_TYPES[suffix])
    name = paper_name(granted, paper.value.replace("_", "-"), suffix)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _made(
    request: HttpRequest, granted: CaseAccess, form: PaperForm, rows: tuple[ExhibitRow, ...]
) -> bytes:
    paper = Paper(form.cleaned_data["paper"])
    if paper is Paper.LABELS:
        sheet = Sheet(form.cleaned_data["sheet"])
        return labels_pdf(granted, rows, sheet=sheet, skip=form.cleaned_data["skip"])
    if paper is Paper.CONTINUITY:
        return continuity_pdf(granted, rows, printed_by=str(user_of(request)))
    return exhibits_csv(rows) if paper is Paper.EXHIBITS_TABLE else events_csv(rows)


@access(LOOKING_UP)
def search_page(request: HttpRequest) -> HttpResponse:
    """Find exhibits of one's cases by reference, serial, IMEI or seal."""
    text = request.GET.get("q", "").strip()[:200]
    rows = exhibit_search(user_of(request), text)
    if text:
        search_note(actor_of(request), text=text, found=len(rows))
    return render(request, "exhibits/search.html", {"text": text, "rows": rows})


@access(LOOKING_UP)
def scan_page(request: HttpRequest) -> HttpResponse:
    """Go to the exhibit whose label was scanned; a scanner types its code and Enter."""
    code = request.GET.get("code", "").strip()[:200]
    exhibit = exhibit_by_code(user_of(request), code)
    if exhibit is not None:
        return redirect("exhibits:page", case_id=exhibit.case_id, exhibit_id=exhibit.id)
    return render(request, "exhibits/scan.html", {"code": code})
