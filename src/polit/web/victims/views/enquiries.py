"""The pages on which enquiries for an unknown child and their answers are recorded."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import sent
from polit.web.core.fields import this_minute
from polit.web.core.found import or_404
from polit.web.victims.forms import AnswerForm, EnquiryForm
from polit.web.victims.models import VictimEnquiry
from polit.web.victims.queries import exchanges_sent, held_get
from polit.web.victims.rules import ACTING
from polit.web.victims.services import answer_record, enquiry_record
from polit.web.victims.views.shown import done, to_unknown, unknown_form, unknown_read


@access(ACTING, methods=("GET", "POST"))
def enquiry_add(request: HttpRequest, case_id: UUID, unknown_id: UUID) -> HttpResponse:
    """Record what was sent for a child."""
    del case_id
    granted = case_access_of(request)
    found = unknown_read(request, unknown_id, "enquiry")
    form = EnquiryForm(sent(request), exchanges=exchanges_sent(granted))
    kept = done(
        form,
        lambda: enquiry_record(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            unknown_id=unknown_id, given=form.given(),
        ),
    )  # fmt: skip
    if kept is not None:
        return to_unknown(found)
    lead = "polit sends nothing: it records what you sent. A child not looked for yet is from now."
    return unknown_form(request, found, form, "Record an enquiry", lead=lead)


@access(ACTING, methods=("GET", "POST"))
def answer_add(
    request: HttpRequest, case_id: UUID, unknown_id: UUID, enquiry_sent_id: UUID
) -> HttpResponse:
    """Record what came back on an enquiry."""
    del case_id
    found = unknown_read(request, unknown_id, "answer")
    enquiry = or_404(lambda: held_get(found, "enquiry", enquiry_sent_id))
    assert isinstance(enquiry, VictimEnquiry)
    form = AnswerForm(sent(request), initial={"answered_at": this_minute()})
    kept = done(
        form,
        lambda: answer_record(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), unknown_id=unknown_id, enquiry_id=enquiry_sent_id,
            given=form.given(),
        ),
        field="answered_at",
    )  # fmt: skip
    if kept is not None:
        return to_unknown(found)
    lead = f"Asked: {enquiry.agency}, {enquiry.country}."
    return unknown_form(request, found, form, "Record the answer", lead=lead)
