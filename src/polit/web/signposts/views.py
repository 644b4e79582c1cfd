"""The pages of signposts."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.core.listing import Listing, Sort, listing_of
from polit.web.signposts.forms import (
    ExamplesForm,
    SignpostChangeForm,
    SignpostEndForm,
    SignpostForm,
)
from polit.web.signposts.papers import leaflet_pdf
from polit.web.signposts.queries import (
    signpost_get,
    signpost_version,
    signposts_all,
    signposts_for,
)
from polit.web.signposts.rules import EDITING, EDITORS, READING, Audience, signpost_examples
from polit.web.signposts.services import (
    examples_take,
    signpost_add,
    signpost_change,
    signpost_end,
)

_LISTING = Listing(
    sorts=(Sort("name", "By name", "name"),),
    search=("name", "purpose"),
    search_label="Name, or what for",
)


@access(READING)
def signposts(request: HttpRequest) -> HttpResponse:
    """List the signposts, those that hold unless ended ones are asked for."""
    shows_ended = request.GET.get("show") == "ended"
    rows = signposts_all().filter(ended_at__isnull=not shows_ended)
    shown = {
        "listed": listing_of(request, rows, _LISTING),
        "audiences": tuple(Audience),
        "may_edit": bool(user_of(request).roles & EDITORS),
        "shows_ended": shows_ended,
    }
    return render(request, "signposts/list.html", shown)


@access(READING)
def leaflet(request: HttpRequest, audience: str) -> HttpResponse:
    """Show the signposts for somebody, to read out or print."""
    found = _audience(audience)
    shown = {"audience": found, "signposts": signposts_for(found)}
    return render(request, "signposts/leaflet.html", shown)


@access(READING)
def leaflet_paper(request: HttpRequest, audience: str) -> HttpResponse:
    """Return the leaflet as a PDF."""
    del request
    found = _audience(audience)
    answer = HttpResponse(leaflet_pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="signposts-{found.value}.pdf"'
    return answer


@access(EDITING, methods=("GET", "POST"))
def add(request: HttpRequest) -> HttpResponse:
    """Add a signpost."""
    form = SignpostForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: signpost_add(
                actor_of(request), reason=form.cleaned_data["reason"], given=form.given()
            ),
            field="name",
        )
        if kept is not None:
            return redirect("signposts:list")
    return _form(request, form, "Add a signpost")


@access(EDITING, methods=("GET", "POST"))
def change(request: HttpRequest, signpost_id: UUID) -> HttpResponse:
    """Change a signpost."""
    found = or_404(lambda: signpost_get(signpost_id))
    names = ("name", "purpose", "telephone", "website", "hours")
    known: dict[str, object] = {name: getattr(found, name) for name in names}
    known |= {
        "audiences": [each.value for each in found.audiences],
        "seen": signpost_version(found),
    }
    form = SignpostChangeForm(sent(request), initial=known)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: signpost_change(
                actor_of(request), reason=form.cleaned_data["reason"], signpost_id=signpost_id,
                given=form.given(), seen=form.cleaned_data["seen"],
            ),
            field="name",
        )  # fmt: skip
        if kept is not None:
            return redirect("signposts:list")
    return _form(request, form, "Change a signpost")


@access(EDITING, methods=("GET", "POST"))
def end(request: HttpRequest, signpost_id: UUID) -> HttpResponse:
    """End a signpost."""
    found = or_404(lambda: signpost_get(signpost_id))
    form = SignpostEndForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: signpost_end(
                actor_of(request), reason=form.cleaned_data["reason"], signpost_id=signpost_id
            ),
        )
        if kept is not None:
            return redirect("signposts:list")
    return _form(request, form, "End a signpost", lead=f"{found.name} is shown to nobody then.")


@access(EDITING, methods=("GET", "POST"))
def examples(request: HttpRequest) -> HttpResponse:
    """Take the examples whose names the register has not yet."""
    form = ExamplesForm(sent(request))
    if form.is_valid():
        count = attempt(
            form, lambda: examples_take(actor_of(request), reason=form.cleaned_data["reason"])
        )
        if count is not None:
            return redirect("signposts:list")
    return _form(request, form, "Take the examples", lead=signpost_examples().notice)


def _audience(code: str) -> Audience:
    try:
        return Audience(code)
    except ValueError as error:
        raise Http404 from error


def _form(request: HttpRequest, form: GovukForm, heading: str, *, lead: str = "") -> HttpResponse:
    shown = {"form": form, "heading": heading, "lead": lead}
    return render(request, "signposts/form.html", shown)
