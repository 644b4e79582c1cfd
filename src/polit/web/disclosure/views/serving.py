"""Pages on which schedules are served and served versions are read."""

import hashlib
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.arrests.queries import place_label
from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import this_minute
from polit.web.core.found import or_404
from polit.web.core.paging import PAGE_SIZE
from polit.web.court.rules import may_read_texts
from polit.web.disclosure.drafts import Draft, csv_pieces, draft_of
from polit.web.disclosure.forms import CountForm, OpinionForm, ServeForm
from polit.web.disclosure.law import Source, current_law
from polit.web.disclosure.models import Served
from polit.web.disclosure.papers import served_pdf
from polit.web.disclosure.queries import (
    before_of,
    blocked_in_difference,
    blocked_keys,
    charge_choices,
    columns_of,
    defendant_get,
    difference_of,
    lines_of,
    served_get,
    summary_of,
)
from polit.web.disclosure.rules import OPINING, READING, SENSITIVE, WRITERS, WRITING
from polit.web.disclosure.services import (
    opinion_give,
    paper_take,
    schedule_serve,
    sensitive_read,
    support_set,
)
from polit.web.disclosure.shown import changed_shown, images_shown, summary_shown
from polit.web.disclosure.views.reading import after_of, images_kind
from polit.web.exhibits.papers import paper_name
from polit.web.people.models import CasePerson

_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
_CHANGES_MOST = 50


@access(WRITING, methods=("GET", "POST"))
def serve_page(
    request: HttpRequest, case_id: UUID, defendant_id: UUID, schedule_kind: str
) -> HttpResponse:
    """Serve a schedule as it stands."""
    del case_id
    granted = case_access_of(request)
    place = or_404(lambda: defendant_get(granted, defendant_id))
    kind = next((each for each in current_law().schedules if each.code == schedule_kind), None)
    if kind is None:
        raise Http404
    draft = draft_of(granted, place, kind)
    if kind.is_sensitive and request.method != "POST":
        sensitive_read(actor_of(request), access=granted, place=place, what=f"{kind.short} draft")
    form = ServeForm(sent(request), initial={"served_at": this_minute(), "seen": draft.mark})
    if form.is_valid():
        kept = attempt(
            form,
            lambda: schedule_serve(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                place_id=defendant_id, kind=schedule_kind, given=form.given(),
            ),
        )  # fmt: skip
        if kept is not None:
            return _to_served(kept)
    return render(request, "disclosure/serve.html", _to_serve(granted, place, draft, form))


def _to_serve(
    granted: CaseAccess, place: CasePerson, draft: Draft, form: ServeForm
) -> dict[str, object]:
    count = len(draft.lines)
    is_images = draft.kind.source is Source.IMAGES
    return {
        "granted": granted,
        "place": place,
        "form": form,
        "heading": f"Serve: {draft.kind.label}",
        "lead": f"{place.label}: {count:,} line{'' if count == 1 else 's'} as they stand now."
                " What is served is a version that never changes.",
        "kind": draft.kind,
        "columns": draft.columns,
        "lines": draft.lines[:PAGE_SIZE],
        "left": max(0, count - PAGE_SIZE),
        "images_url": reverse("disclosure:images", args=[granted.case.id, place.pk])
                      if is_images else "",
    }  # fmt: skip


@access(OPINING, methods=("GET", "POST"))
def opinion_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """Say whether something was accessible."""
    granted = case_access_of(request)
    place = or_404(lambda: defendant_get(granted, defendant_id))
    known = {"seen": _mark(request, place), "opined_on": timezone.localdate(now_utc())}
    form = OpinionForm(sent(request), initial=known)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: opinion_give(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                place_id=defendant_id, given=form.given(),
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("disclosure:images", case_id=case_id, defendant_id=defendant_id)
    return _form(request, place, form, "Opinion: accessible or not",
                 f"{place.label}: your opinion, with your name and its day.")  # fmt: skip


@access(WRITING, methods=("GET", "POST"))
def count_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """Say which count lines support."""
    granted = case_access_of(request)
    place = or_404(lambda: defendant_get(granted, defendant_id))
    known = {"seen": _mark(request, place)}
    form = CountForm(sent(request), initial=known, charges=charge_choices(granted, place))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: support_set(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                place_id=defendant_id, given=form.given(),
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("disclosure:images", case_id=case_id, defendant_id=defendant_id)
    return _form(request, place, form, "Which count images support",
                 f"{place.label}: of the draft of the schedule of images.")  # fmt: skip


@access(READING)
def served_page(request: HttpRequest, case_id: UUID, served_id: UUID) -> HttpResponse:
    """Show a served version and what it has otherwise than the one before it."""
    del case_id
    served = or_404(lambda: served_get(case_access_of(request), served_id, sensitive=False))
    return _served(request, served)


@access(READING)
def served_paper(
    request: HttpRequest, case_id: UUID, served_id: UUID, served_paper: str
) -> HttpResponse:
    """Give a served version as PDF or CSV."""
    del case_id
    served = or_404(lambda: served_get(case_access_of(request), served_id, sensitive=False))
    return _paper(request, served, served_paper)


@access(SENSITIVE)
def sensitive_served_page(
    request: HttpRequest, case_id: UUID, sensitive_served_id: UUID
) -> HttpResponse:
    """Show a served version of a sensitive schedule; each reading is recorded."""
    del case_id
    return _served(request, _sensitive(request, sensitive_served_id))


@access(SENSITIVE)
def sensitive_paper(
    request: HttpRequest, case_id: UUID, sensitive_served_id: UUID, served_paper: str
) -> HttpResponse:
    """Give a served version of a sensitive schedule as PDF or CSV."""
    del case_id
    return _paper(request, _sensitive(request, sensitive_served_id), served_paper)


def _mark(request: HttpRequest, place: CasePerson) -> str:
    """Return the mark of the draft that a form begins with; what is sent brings its own."""
    if request.method == "POST":
        return ""
    return draft_of(case_access_of(request), place, images_kind()).mark


def _sensitive(request: HttpRequest, served_id: UUID) -> Served:
    granted = case_access_of(request)
    served = or_404(lambda: served_get(granted, served_id, sensitive=True))
    sensitive_read(actor_of(request), access=granted, place=served.place, what=served.reference)
    return served


def _served(request: HttpRequest, served: Served) -> HttpResponse:
    lines = lines_of(served, after=after_of(request), most=PAGE_SIZE + 1)
    rows = lines[:PAGE_SIZE]
    is_images = served.schedule.source is Source.IMAGES
    blocked = blocked_keys(served)
    difference = difference_of(served, most=_CHANGES_MOST)
    roles = user_of(request).roles
    shown = {
        "granted": case_access_of(request),
        "served": served,
        "place": served.place,
        "defendant": place_label(served.place, is_named=may_read_texts(roles)),
        "columns": columns_of(served),
        "lines": rows,
        "images": images_shown(rows, blocked) if is_images else [],
        "is_blocked": bool(blocked),
        "is_images": is_images,
        "after": str(rows[-1].number) if len(lines) > PAGE_SIZE else "",
        "summary": summary_shown(summary_of(served)),
        "before": before_of(served),
        "difference": difference,
        "may_write": bool(roles & WRITERS),
    }
    if difference is not None:
        withheld = blocked_in_difference(served)
        shown["changed"] = changed_shown(difference.changed, withheld)
        if is_images:
            shown["added"] = images_shown(difference.added, withheld)
            shown["removed"] = images_shown(difference.removed, withheld)
    return render(request, "disclosure/served.html", shown)


def _paper(request: HttpRequest, served: Served, paper: str) -> HttpResponse:
    if paper not in _TYPES:
        raise Http404
    granted = case_access_of(request)
    lines = lines_of(served)
    if blocked_keys(served):
        raise PermissionDenied("a line of it is quarantined for legal privilege by now")
    paper_take(actor_of(request), access=granted, served=served, paper=paper)
    name = paper_name(granted, f"{served.schedule.short}-{served.version}", paper)
    if paper == "pdf":
        is_named = may_read_texts(user_of(request).roles)
        defendant = place_label(served.place, is_named=is_named)
        data = served_pdf(served, lines, defendant=defendant, printed_by=str(user_of(request)))
    else:
        data = b"".join(csv_pieces(columns_of(served), lines))
        assert hashlib.sha256(data).hexdigest() == served.sha256
    response = HttpResponse(data, content_type=_TYPES[paper])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _to_served(kept: Served) -> HttpResponse:
    if kept.is_sensitive:
        return redirect("disclosure:sensitive_served", case_id=kept.case_id,
                        sensitive_served_id=kept.pk)  # fmt: skip
    return redirect("disclosure:served", case_id=kept.case_id, served_id=kept.pk)


def _form(
    request: HttpRequest, place: CasePerson, form: object, heading: str, lead: str
) -> HttpResponse:
    shown = {"granted": case_access_of(request), "place": place, "form": form,
             "heading": heading, "lead": lead}  # fmt: skip
    return render(request, "disclosure/form.html", shown)
