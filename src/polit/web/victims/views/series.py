"""The pages of series: the list, one of them, what is known of it, its clues."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import sent
from polit.web.core.found import or_404
from polit.web.core.listing import listing_of
from polit.web.core.paging import page_of
from polit.web.examinations.rules import TILE_READERS
from polit.web.victims.forms import ChooseSeriesForm, ClueForm, SeriesChangeForm, SeriesForm
from polit.web.victims.listings import series_listing
from polit.web.victims.models import Series
from polit.web.victims.queries import (
    children_seen,
    clue_get,
    clues_seen,
    gallery_leads,
    media_hidden,
    media_of,
    series_choices,
    series_for,
    series_steps,
)
from polit.web.victims.rules import ACTING, ALL_CASES, IN_CASE
from polit.web.victims.services import (
    clue_record,
    clue_tie,
    series_change,
    series_open,
    victims_consult,
)
from polit.web.victims.services.series import series_version
from polit.web.victims.views.shown import done, known_now, series_form, series_read, to_series

_MOST_OFFERED = 200
_KNOWN = ("name", "about", "database", "reference", "checked_on")


@access(ALL_CASES)
def series_list(request: HttpRequest) -> HttpResponse:
    """List the series that stand in a case of a reader."""
    listed = listing_of(request, series_for(user_of(request)), series_listing())
    rows = listed.page.rows
    if rows:
        victims_consult(actor_of(request), kind="series", ids=[each.pk for each in rows])
    return render(request, "victims/series_list.html", {"listed": listed})


@access(IN_CASE)
def series(request: HttpRequest, case_id: UUID, series_id: UUID) -> HttpResponse:
    """Show a series: what of its media, clues and children lies in cases of the reader."""
    found = series_read(request, series_id, "series")
    user = user_of(request)
    page = page_of(media_of(user, found), key="recorded_at", after=request.GET.get("after", ""))
    leads = gallery_leads(page.rows) if user.roles & TILE_READERS else {}
    shown = {
        "case": case_access_of(request).case,
        "series": found,
        "media": [(each, leads.get(each.pk), each.case_id == case_id) for each in page.rows],
        "after": page.after,
        "hidden": media_hidden(user, found),
        "clues": clues_seen(user, found),
        "children": children_seen(user, found),
        "steps": series_steps(found),
    }
    return render(request, "victims/series.html", shown)


@access(ACTING, methods=("GET", "POST"))
def series_add(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Open a series in a case."""
    del case_id
    form = SeriesForm(sent(request), initial={"database": "not_checked"})
    kept = done(
        form,
        lambda: series_open(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), given=form.given(),
        ),
    )  # fmt: skip
    if kept is not None:
        return to_series(request, kept)
    return series_form(request, form, "Open a series")


@access(ACTING, methods=("GET", "POST"))
def series_change_page(request: HttpRequest, case_id: UUID, series_id: UUID) -> HttpResponse:
    """Change what is known of a series."""
    del case_id
    found = series_read(request, series_id, "change")
    known: dict[str, object] = {name: getattr(found, name) for name in _KNOWN}
    form = SeriesChangeForm(sent(request), initial=known | {"seen": series_version(found)})
    kept = done(
        form,
        lambda: series_change(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), series_id=series_id, given=form.given(),
            seen=form.cleaned_data["seen"],
        ),
    )  # fmt: skip
    if kept is not None:
        return to_series(request, kept)
    lead = "What was known before stays readable."
    return series_form(request, form, f"Change series {found.name}", series=found, lead=lead)


@access(ACTING, methods=("GET", "POST"))
def clue_add(request: HttpRequest, case_id: UUID, series_id: UUID) -> HttpResponse:
    """Record a clue in words."""
    found = series_read(request, series_id, "clue")
    known = known_now(request, "found_by", "found_on") | {"item": request.GET.get("item", "")}
    form = ClueForm(sent(request), items=_media(request, found, case_id), initial=known)
    kept = done(
        form,
        lambda: clue_record(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), series_id=series_id, given=form.given(),
        ),
        field="item",
    )  # fmt: skip
    if kept is not None:
        return to_series(request, found)
    lead = "In words alone. Look again only where you must: the item's link leads to the gallery."
    return series_form(request, form, f"Clue of series {found.name}", series=found, lead=lead)


@access(ACTING, methods=("GET", "POST"))
def clue_tie_page(
    request: HttpRequest, case_id: UUID, series_id: UUID, clue_id: UUID
) -> HttpResponse:
    """Tie a clue to another series."""
    del case_id
    granted = case_access_of(request)
    found = series_read(request, series_id, "tie")
    clue = or_404(lambda: clue_get(granted, found, clue_id))
    others = tuple(each for each in series_choices(user_of(request)) if each[0] != str(series_id))
    form = ChooseSeriesForm(sent(request), series=others)
    kept = done(
        form,
        lambda: clue_tie(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            series_id=series_id, clue_id=clue_id, to_id=form.series_id(),
        ),
        field="series",
    )  # fmt: skip
    if kept is not None:
        return to_series(request, found)
    lead = f"{clue.kind_label}: {clue.text}"
    heading = f"Tie a clue of {found.name} to another series"
    return series_form(request, form, heading, series=found, lead=lead)


def _media(request: HttpRequest, found: Series, case_id: UUID) -> tuple[tuple[str, str], ...]:
    """Return the media of a series in the case as choices, the latest first."""
    rows = media_of(user_of(request), found).filter(case_id=case_id).order_by("-recorded_at")
    return tuple((str(each.pk), each.label) for each in rows[:_MOST_OFFERED])
