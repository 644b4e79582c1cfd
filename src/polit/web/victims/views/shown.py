"""What views of unknown children and series share: the record, and that it was read."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.victims.models import Series, UnknownChild
from polit.web.victims.queries import series_get, unknown_get
from polit.web.victims.services import series_consult, unknown_consult

Kept = TypeVar("Kept")


def unknown_read(request: HttpRequest, unknown_id: UUID, page: str) -> UnknownChild:
    """Return an unknown child, once the audit says who reads which page of the record.

    Raises:
        Http404: The case has none of that identifier.
    """
    granted = case_access_of(request)
    found = or_404(lambda: unknown_get(granted, unknown_id))
    if request.method != "POST":
        unknown_consult(actor_of(request), access=granted, unknown=found, page=page)
    return found


def series_read(request: HttpRequest, series_id: UUID, page: str) -> Series:
    """Return a series, once the audit says who reads which page of it.

    Raises:
        Http404: None of that identifier stands in the case.
    """
    granted = case_access_of(request)
    found = or_404(lambda: series_get(granted, series_id))
    if request.method != "POST":
        series_consult(actor_of(request), access=granted, series=found, page=page)
    return found


def done(form: GovukForm, service: Callable[[], Kept], *, field: str = "") -> Kept | None:
    """Return what a service made of a valid form; ``None`` where there is a form to show."""
    if not form.is_valid():
        return None

    def asked() -> Kept:
        try:
            return service()
        except ObjectDoesNotExist as error:
            words = "what you chose is not, or no longer, there: load the page again"
            raise UsageError(words) from error

    return attempt(form, asked, field=field)


def unknown_form(
    request: HttpRequest, unknown: UnknownChild, form: GovukForm, heading: str, *, lead: str = ""
) -> HttpResponse:
    """Show a form about an unknown child."""
    shown = {
        "form": form, "heading": f"{heading}: {unknown.label}", "lead": lead, "unknown": unknown,
        "case": case_access_of(request).case,
    }  # fmt: skip
    return render(request, "victims/unknown_form.html", shown)


def series_form(
    request: HttpRequest, form: GovukForm, heading: str, *, series: Series | None = None,
    lead: str = "",
) -> HttpResponse:  # fmt: skip
    """Show a form about a series, or before there is one."""
    shown = {
        "form": form, "heading": heading, "lead": lead, "series": series,
        "case": case_access_of(request).case,
    }  # fmt: skip
    return render(request, "victims/series_form.html", shown)


def to_unknown(unknown: UnknownChild) -> HttpResponse:
    """Lead to an unknown child's page."""
    return redirect("victims:unknown", case_id=unknown.case_id, unknown_id=unknown.pk)


def to_series(request: HttpRequest, series: Series) -> HttpResponse:
    """Lead to the page of a series in the case of the request."""
    case_id = case_access_of(request).case.id
    return redirect("victims:series", case_id=case_id, series_id=series.pk)


def known_now(request: HttpRequest, name: str, day: str) -> dict[str, object]:
    """Return what a form begins with: who asks, and today."""
    return {name: user_of(request).full_name, day: timezone.localdate(now_utc())}
