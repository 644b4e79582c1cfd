"""Codes that were given, and photographs of devices."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.errors import BrokerGone, BrokerRefused, UsageError
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt
from polit.web.exhibits.forms.things import PasscodeForm, PhotographForm, WithdrawForm
from polit.web.exhibits.models import Photograph
from polit.web.exhibits.queries import passcode_get, photograph_get
from polit.web.exhibits.sealing import open_sealed
from polit.web.exhibits.services import (
    passcode_add,
    passcode_show,
    photograph_add,
    photograph_move,
    photograph_withdraw,
)
from polit.web.exhibits.views.prefill import recalled
from polit.web.exhibits.views.reach import (
    DOING,
    HANDLING,
    PART_OF_PAGE,
    READING,
    exhibit_form,
    exhibit_of,
)


@access(HANDLING, methods=("GET", "POST"))
def passcode_add_page(request: HttpRequest, case_id: UUID, exhibit_id: UUID) -> HttpResponse:
    """Keep a PIN, password or pattern."""
    exhibit = exhibit_of(request, exhibit_id)
    known = {"given_at": recalled(request, case_id)["given_at"], "given_by": exhibit.owner_text}
    form = PasscodeForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        given = form.given()
        kept = attempt(
            form,
            lambda: passcode_add(
                actor_of(request),
                reason=f"given: {given.power}",
                exhibit=exhibit,
                given=given,
            ),
        )
        if kept is not None:
            return redirect("exhibits:page", case_id=case_id, exhibit_id=exhibit_id)
    return exhibit_form(request, exhibit, form, f"A code of {exhibit.reference}")


@access(DOING, methods=("POST",))
def passcode_show_page(
    request: HttpRequest, case_id: UUID, exhibit_id: UUID, passcode_id: UUID
) -> HttpResponse:
    """Show a code, once it stands in the audit that it was shown."""
    del case_id  # the gate has read it
    exhibit = exhibit_of(request, exhibit_id)
    passcode = passcode_get(exhibit, passcode_id)
    if passcode is None:
        raise Http404
    granted = case_access_of(request)
    reason = f"shown for {granted.purpose.label.lower()}"
    code = passcode_show(actor_of(request), reason=reason, passcode=passcode)
    shown = {"granted": granted, "exhibit": exhibit, "passcode": passcode, "code": code}
    response = render(request, "exhibits/passcode.html", shown)
    response.headers["Cache-Control"] = "no-store"
    return response


@access(HANDLING, methods=("GET", "POST"))
def photograph_add_page(request: HttpRequest, case_id: UUID, exhibit_id: UUID) -> HttpResponse:
    """Add a photograph of the device."""
    exhibit = exhibit_of(request, exhibit_id)
    form = PhotographForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        uploaded = form.cleaned_data["photograph"]
        try:
            kept = attempt(
                form,
                lambda: photograph_add(
                    actor_of(request),
                    reason="photograph of the device",
                    exhibit=exhibit,
                    untrusted_data=uploaded.read(),
                    caption=form.cleaned_data["caption"],
                ),
            )
        except BrokerRefused as error:
            kept = None
            form.add_error("photograph", f"The file was not taken: {error}")
        except BrokerGone:
            kept = None
            form.add_error("photograph", "Pictures cannot be read just now: try again later")
        if kept is not None:
            messages.success(request, f"Photograph {kept.position} was added.")
            is_last = not form.cleaned_data["another"]
            name = "exhibits:page" if is_last else "exhibits:photograph_add"
            return redirect(name, case_id=case_id, exhibit_id=exhibit_id)
    return exhibit_form(request, exhibit, form, f"A photograph of {exhibit.reference}")


@access(READING)
def photograph_page(
    request: HttpRequest, case_id: UUID, exhibit_id: UUID, photograph_id: UUID
) -> HttpResponse:
    """Send a photograph as it was encoded anew."""
    del case_id  # the gate has read it
    return _picture(request, exhibit_id, photograph_id, is_thumbnail=False)


@access(PART_OF_PAGE)
def thumbnail_page(
    request: HttpRequest, case_id: UUID, exhibit_id: UUID, photograph_id: UUID
) -> HttpResponse:
    """Send the small form of a photograph."""
    del case_id  # the gate has read it
    return _picture(request, exhibit_id, photograph_id, is_thumbnail=True)


@access(DOING, methods=("POST",))
def photograph_move_page(
    request: HttpRequest, case_id: UUID, exhibit_id: UUID, photograph_id: UUID
) -> HttpResponse:
    """Put a photograph one place earlier."""
    photograph = _photograph_of(request, exhibit_id, photograph_id)
    try:
        photograph_move(actor_of(request), reason="order of photographs", photograph=photograph)
    except UsageError as error:
        messages.warning(request, str(error))
    return redirect("exhibits:page", case_id=case_id, exhibit_id=exhibit_id)


@access(HANDLING, methods=("GET", "POST"))
def photograph_withdraw_page(
    request: HttpRequest, case_id: UUID, exhibit_id: UUID, photograph_id: UUID
) -> HttpResponse:
    """Withdraw a photograph, with the reason."""
    photograph = _photograph_of(request, exhibit_id, photograph_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        gone = attempt(
            form,
            lambda: photograph_withdraw(actor_of(request), reason=reason, photograph=photograph),
        )
        if gone is not None:
            return redirect("exhibits:page", case_id=case_id, exhibit_id=exhibit_id)
    exhibit = exhibit_of(request, exhibit_id)
    heading = f"Withdraw photograph {photograph.position} of {exhibit.reference}"
    return exhibit_form(request, exhibit, form, heading)


def _photograph_of(request: HttpRequest, exhibit_id: UUID, photograph_id: UUID) -> Photograph:
    photograph = photograph_get(case_access_of(request), exhibit_id, photograph_id)
    if photograph is None:
        raise Http404
    return photograph


def _picture(
    request: HttpRequest, exhibit_id: UUID, photograph_id: UUID, *, is_thumbnail: bool
) -> HttpResponse:
    photograph = _photograph_of(request, exhibit_id, photograph_id)
    sha256 = photograph.thumbnail_sha256 if is_thumbnail else photograph.shown_sha256
    response = HttpResponse(open_sealed(sha256), content_type=photograph.media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
