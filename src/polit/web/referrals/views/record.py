"""The page of a referral, its parts, and the reports as they came."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.errors import IntegrityError
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.core.sections import sections_of
from polit.web.referrals.extracting import proposals, text_of
from polit.web.referrals.forms import (
    AccountForm,
    ChangeForm,
    ConfirmForm,
    FileForm,
    IpForm,
    OriginalForm,
    ReasonForm,
    known_of_referral,
)
from polit.web.referrals.knowing import known_of
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import (
    account_list,
    duplicate_list,
    file_list,
    ip_list,
    linked_list,
    original_get,
    original_list,
    referral_history,
)
from polit.web.referrals.reached import referral_of
from polit.web.referrals.rules import READING, REFERRAL_STATES, WRITING
from polit.web.referrals.sealing import ORIGINALS
from polit.web.referrals.services import (
    original_add,
    original_take,
    part_end,
    parts_add,
    referral_change,
)

ACTIONS = {
    "assess": "Assess it",
    "research": "Research it",
    "open_case": "Open a case",
    "link_case": "Put it into a case",
    "pass_on": "Pass it to another force",
    "mark_duplicate": "Mark as a duplicate",
    "take_no_action": "No further action",
    "reopen": "Open it again",
    "leave_case": "Take it out of the case",
}
_PART_FORMS: dict[str, tuple[type[AccountForm | IpForm | FileForm], str]] = {
    "account": (AccountForm, "Add an account"),
    "ip": (IpForm, "Add an IP address"),
    "file": (FileForm, "Add a reported file"),
}


@access(READING)
def referral_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show a referral: what it names, what is known of that, and what became of it."""
    del referral_id
    referral, user = referral_of(request), user_of(request)
    linked, hidden = linked_list(user, referral)
    shown = {
        "referral": referral,
        "accounts": account_list(referral),
        "ips": ip_list(referral),
        "files": file_list(referral),
        "originals": original_list(referral),
        "known": known_of(user, referral),
        "linked": linked,
        "hidden_links": hidden,
        "duplicates": duplicate_list(referral),
        "actions": [
            (each.action, ACTIONS[each.action])
            for each in REFERRAL_STATES.offered(referral.state, user.roles)
        ],
        "events": referral_history(user, referral),
        "sections": sections_of("referral", request),
    }
    return render(request, "referrals/page.html", shown)


@access(WRITING, methods=("GET", "POST"))
def referral_change_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Change what a referral says of itself."""
    referral = referral_of(request)
    form = ChangeForm(sent(request), initial=known_of_referral(referral))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: referral_change(
                actor_of(request), reason=form.cleaned_data["reason"], referral_id=referral_id,
                given=form.given(),
            ),
            field="received_at",
        )  # fmt: skip
        if kept is not None:
            return redirect("referrals:page", referral_id=referral_id)
    return referral_form(request, referral, form, "Change the referral")


@access(WRITING, methods=("GET", "POST"))
def part_add_page(request: HttpRequest, referral_id: UUID, part_kind: str) -> HttpResponse:
    """Add an account, a connection or a file that the referral names."""
    if part_kind not in _PART_FORMS:
        raise Http404
    made, heading = _PART_FORMS[part_kind]
    referral = referral_of(request)
    form = made(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: parts_add(
                actor_of(request), reason="named by the referral", referral_id=referral_id,
                parts=form.parts(),
            ),
            field="value",
        )  # fmt: skip
        if kept is not None:
            return redirect("referrals:page", referral_id=referral_id)
    return referral_form(request, referral, form, heading)


@access(WRITING, methods=("GET", "POST"))
def part_end_page(request: HttpRequest, referral_id: UUID, part_id: UUID) -> HttpResponse:
    """Take off what does not belong to a referral; it stays kept."""
    referral = referral_of(request)
    parts = (referral.accounts, referral.ips, referral.files)
    if not any(each.filter(pk=part_id, ended_at=None).exists() for each in parts):
        raise Http404
    form = ReasonForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: part_end(
                actor_of(request), reason=form.cleaned_data["reason"], referral_id=referral_id,
                part_id=part_id,
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("referrals:page", referral_id=referral_id)
    lead = "It is compared with nothing any more, and stays on the page as taken off."
    return referral_form(request, referral, form, "Take it off the referral", lead=lead)


@access(WRITING, methods=("GET", "POST"))
def original_add_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Keep a further report as it came."""
    referral = referral_of(request)
    form = OriginalForm(sent(request), request.FILES if request.method == "POST" else None)
    if form.is_valid():
        given = form.originals()[-1]
        kept = attempt(
            form,
            lambda: original_add(
                actor_of(request), reason="the report as it came", referral_id=referral_id,
                given=given,
            ),
            field="original",
        )  # fmt: skip
        if kept is not None and text_of(given.untrusted_data) is not None:
            return redirect("referrals:read", referral_id=referral_id, original_id=kept.pk)
        if kept is not None:
            return redirect("referrals:page", referral_id=referral_id)
    return referral_form(request, referral, form, "Add a report")


@access(WRITING, methods=("GET", "POST"))
def original_read_page(request: HttpRequest, referral_id: UUID, original_id: UUID) -> HttpResponse:
    """Offer what a report seems to name; only what the officer confirms is kept."""
    referral = referral_of(request)
    original = or_404(lambda: original_get(referral, original_id))
    try:
        text = text_of(ORIGINALS.open(original.sha256))
    except IntegrityError as error:
        return _damaged(request, referral, error)
    if text is None:
        messages.warning(request, "This report is no text: it is kept, and read by people alone.")
        return redirect("referrals:page", referral_id=referral_id)
    found = proposals(text)
    if not found.count and not found.references:
        messages.info(request, "Nothing was found in the report's text: add it by hand.")
        return redirect("referrals:page", referral_id=referral_id)
    form = ConfirmForm(sent(request), proposed=found, has_reference=bool(referral.source_reference))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: parts_add(
                actor_of(request), reason="confirmed from the report", referral_id=referral_id,
                parts=form.parts(), source_reference=form.confirmed_reference(),
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("referrals:page", referral_id=referral_id)
    lead = "polit found this in the report's text. Take off what does not belong to it."
    if found.is_cut:
        lead += " The report holds more than is offered here: read it yourself too."
    return referral_form(request, referral, form, "Confirm what the report names", lead=lead)


@access(READING)
def original_page(request: HttpRequest, referral_id: UUID, original_id: UUID) -> HttpResponse:
    """Send a report as it came, to be kept and never shown by the browser."""
    del referral_id
    referral = referral_of(request)
    original = or_404(lambda: original_get(referral, original_id))
    try:
        data = original_take(actor_of(request), reason="the report as it came", original=original)
    except IntegrityError as error:
        return _damaged(request, referral, error)
    response = HttpResponse(data, content_type="application/octet-stream")
    # The sender's own name may be anything; what it is called here is ours.
    name = f"{referral.reference}-{original.sha256[:12]}.bin"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _damaged(request: HttpRequest, referral: Referral, error: IntegrityError) -> HttpResponse:
    """Say that a report cannot be opened, instead of showing what is not as it came."""
    messages.error(request, str(error))
    return redirect("referrals:page", referral_id=referral.pk)


def referral_form(
    request: HttpRequest, referral: Referral, form: GovukForm, heading: str, *, lead: str = ""
) -> HttpResponse:
    """Show a form of a referral."""
    shown = {
        "referral": referral, "form": form, "heading": heading, "lead": lead,
    }  # fmt: skip
    return render(request, "referrals/form.html", shown)
