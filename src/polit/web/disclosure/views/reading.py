"""Pages that show a defendant's disclosure: what was served, drafts, unused material."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.arrests.queries import place_label
from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.found import or_404
from polit.web.core.listing import Filter, Listing, Sort, equal_to, listing_of
from polit.web.core.paging import PAGE_SIZE
from polit.web.court.rules import may_read_texts
from polit.web.disclosure.drafts import draft_of
from polit.web.disclosure.law import ScheduleKind, Source, current_law
from polit.web.disclosure.queries import (
    defendant_get,
    schedules_shown,
    served_for,
    served_list,
    text_versions,
    unused_list,
    viewing_list,
)
from polit.web.disclosure.rules import LISTING, OPINERS, READING, SENSITIVE, WRITERS, summary
from polit.web.disclosure.services import sensitive_read
from polit.web.disclosure.shown import images_shown, summary_shown
from polit.web.people.models import CasePerson

_VERSIONS_MOST = 200
_DIGITS_MOST = 9


def served_listing() -> Listing:
    """Return how served versions of all cases are listed: served last comes first."""
    return Listing(
        sorts=(
            Sort("newest", "Served last first", "served_at", newest_first=True),
            Sort("oldest", "Served first first", "served_at"),
            Sort("reference", "By reference", "reference"),
        ),
        search=("reference", "served_to", "case__reference"),
        search_label="Reference, case, or to whom",
        filters=(Filter("kind", "Schedule", tuple(schedules_shown(sensitive=False)),
                        equal_to("kind")),),
    )  # fmt: skip


@access(LISTING)
def list_page(request: HttpRequest) -> HttpResponse:
    """List what was served in all cases of a reader; nothing sensitive."""
    listed = listing_of(request, served_for(user_of(request)), served_listing())
    return render(request, "disclosure/list.html", {"listed": listed})


@access(READING)
def defendant_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """Show what was served of a defendant, the steps on, and the viewing log."""
    del case_id
    granted, place = _of(request, defendant_id)
    shown = _shown(request, place) | {
        "served": served_list(granted, place, sensitive=False)[:_VERSIONS_MOST],
        "viewings": viewing_list(place),
        "schedules": schedules_shown(sensitive=False),
        "notice": current_law().notice,
    }
    return render(request, "disclosure/page.html", shown)


@access(READING)
def images_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """Show the schedule of images as it would be served now."""
    del case_id
    granted, place = _of(request, defendant_id)
    kind = images_kind()
    draft = draft_of(granted, place, kind)
    after = after_of(request)
    lines = [line for line in draft.lines if line.number > after]
    rows = lines[:PAGE_SIZE]
    shown = _shown(request, place) | {
        "kind": kind,
        "count": len(draft.lines),
        "summary": summary_shown(summary(draft.lines)),
        "images": images_shown(rows),
        "after": str(rows[-1].number) if len(lines) > PAGE_SIZE else "",
        "may_opine": bool(user_of(request).roles & OPINERS),
        "unsaid": sum(1 for line in draft.lines if not line.cells[-3]),
        "served": served_list(granted, place, sensitive=False).filter(kind=kind.code)[:1],
    }
    return render(request, "disclosure/images.html", shown)


@access(READING)
def unused_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """List the unused material that is not sensitive."""
    del case_id
    granted, place = _of(request, defendant_id)
    return _unused(request, granted, place, sensitive=False)


@access(SENSITIVE)
def sensitive_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """List the sensitive unused material and what was served of it; each reading is recorded."""
    del case_id
    granted, place = _of(request, defendant_id)
    sensitive_read(actor_of(request), access=granted, place=place, what="the list")
    return _unused(request, granted, place, sensitive=True)


@access(READING)
def management_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """Show all versions of the disclosure management document."""
    del case_id
    granted, place = _of(request, defendant_id)
    kind = next(each for each in current_law().schedules if each.source is Source.TEXT)
    shown = _shown(request, place) | {
        "versions": text_versions(place),
        "kind": kind,
        "served": served_list(granted, place, sensitive=False).filter(kind=kind.code),
    }
    return render(request, "disclosure/management.html", shown)


def after_of(request: HttpRequest) -> int:
    """Return behind which line a page begins; 0 for the first, and for what is no number."""
    asked = request.GET.get("after", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS_MOST
    return int(asked) if is_number else 0


def images_kind() -> ScheduleKind:
    """Return the kind of schedule that lists images."""
    return next(each for each in current_law().schedules if each.source is Source.IMAGES)


def _unused(
    request: HttpRequest, granted: CaseAccess, place: CasePerson, *, sensitive: bool
) -> HttpResponse:
    kinds = [
        each for each in current_law().schedules
        if each.is_sensitive == sensitive and each.source in {Source.ITEMS, Source.REPORT}
    ]  # fmt: skip
    served = served_list(granted, place, sensitive=sensitive)
    shown = _shown(request, place) | {
        "items": unused_list(place, sensitive=sensitive),
        "kinds": kinds,
        "served": served.filter(kind__in=[each.code for each in kinds])[:_VERSIONS_MOST],
        "is_sensitive": sensitive,
        "listing": next((each.code for each in kinds if each.source is Source.ITEMS), ""),
    }
    return render(request, "disclosure/unused.html", shown)


def _of(request: HttpRequest, defendant_id: UUID) -> tuple[CaseAccess, CasePerson]:
    granted = case_access_of(request)
    return granted, or_404(lambda: defendant_get(granted, defendant_id))


def _shown(request: HttpRequest, place: CasePerson) -> dict[str, object]:
    roles = user_of(request).roles
    return {
        "granted": case_access_of(request),
        "place": place,
        "defendant": place_label(place, is_named=may_read_texts(roles)),
        "may_write": bool(roles & WRITERS),
    }
