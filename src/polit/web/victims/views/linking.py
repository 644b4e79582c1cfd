"""The pages on which items of a case are linked to a series, and taken out of it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from polit.base.errors import UsageError
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import sent
from polit.web.core.found import or_404
from polit.web.items.queries import items_by_places
from polit.web.victims.forms import LinkForm, LinkItemsForm, WithdrawForm
from polit.web.victims.queries import linked_get, series_choices, task_content
from polit.web.victims.rules import ACTING, Via
from polit.web.victims.services import linked_withdraw, media_link
from polit.web.victims.views.shown import done, series_form, series_read, to_series

_LINKED = {
    "media": "Take an item out of the series",
    "clue": "Withdraw a clue from all series",
    "tie": "Untie a clue from this series",
}
_LEAD = (
    "Nothing is shown here and nothing is sent. The series stands in this case from then on: "
    "whoever reads children here reads of it."
)
_MOST_DIGITS = 10


@access(ACTING, methods=("GET", "POST"))
def link_items(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Link items to a series: those that the gallery's table or an entry's page has chosen."""
    del case_id
    asked = request.POST.getlist("place") or request.GET.getlist("item")
    known = {"digests": "\n".join(_digests(request, asked)), "series": _only(request)}
    # The table sends places; this form sends digests.
    data = None if "place" in request.POST else sent(request)
    form = LinkItemsForm(data, series=series_choices(user_of(request)), initial=known)
    kept = done(
        form,
        lambda: media_link(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), series=form.chosen(),
            contents=form.cleaned_data["digests"],
        ),
        field="digests",
    )  # fmt: skip
    if kept is not None:
        return to_series(request, kept)
    return series_form(request, form, "Link items to a series", lead=_LEAD)


@access(ACTING, methods=("GET", "POST"))
def link_task(request: HttpRequest, case_id: UUID, task_id: UUID) -> HttpResponse:
    """Link the first-generation candidate of a safeguarding task to a series."""
    del case_id
    granted = case_access_of(request)
    content = or_404(lambda: task_content(granted, task_id))
    known = {"series": _only(request), "reason": "A first-generation candidate of this case"}
    form = LinkForm(sent(request), series=series_choices(user_of(request)), initial=known)
    kept = done(
        form,
        lambda: media_link(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            series=form.chosen(), contents=[content.hex()], via=Via.FIRST_GENERATION,
        ),
        field="series",
    )  # fmt: skip
    if kept is not None:
        return to_series(request, kept)
    return series_form(request, form, "Link a first-generation candidate to a series", lead=_LEAD)


@access(ACTING, methods=("GET", "POST"))
def linked_withdraw_page(
    request: HttpRequest, case_id: UUID, series_id: UUID, linked_kind: str, linked_id: UUID
) -> HttpResponse:
    """Take an item or a clue out of a series."""
    del case_id
    if linked_kind not in _LINKED:
        raise Http404
    granted = case_access_of(request)
    found = series_read(request, series_id, f"withdraw/{linked_kind}")
    or_404(lambda: linked_get(granted, found, linked_kind, linked_id))
    form = WithdrawForm(sent(request))
    kept = done(
        form,
        lambda: linked_withdraw(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            series_id=series_id, kind=linked_kind, row_id=linked_id,
        ),
    )  # fmt: skip
    if kept is not None:
        return to_series(request, found)
    return series_form(request, form, _LINKED[linked_kind], series=found)


def _only(request: HttpRequest) -> str:
    """Return the series that the address names, or the only one that there is to choose."""
    offered = [each[0] for each in series_choices(user_of(request))]
    asked = request.GET.get("series", "")
    return asked if asked in offered else ""


def _digests(request: HttpRequest, asked: list[str]) -> list[str]:
    """Return the digests of chosen places; none where one is not of the case any more."""
    places = [int(each) for each in asked
              if each.isascii() and each.isdigit() and len(each) <= _MOST_DIGITS]  # fmt: skip
    if not places:
        return []
    try:
        return [each.sha256 for each in items_by_places(case_access_of(request), places)]
    except UsageError:
        return []
