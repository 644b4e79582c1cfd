"""The addresses' own functions: each says who may use it, below a referral and below a case."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.listing import Filter, Listing, Sort, equal_to, listing_of
from polit.web.enquiries.forms import PersonForm
from polit.web.enquiries.kinds import current_enquiry_kinds
from polit.web.enquiries.queries import case_enquiries, enquiries_for, person_places
from polit.web.enquiries.rules import ACTING, IN_CASE, READING, WRITING, EnquiryState, Result
from polit.web.enquiries.services import facts_to_person
from polit.web.enquiries.views import shared

_BOTH = ("GET", "POST")
_LISTING = Listing(
    (
        Sort("newest", "Sent last first", "sent_at", newest_first=True),
        Sort("oldest", "Sent first first", "sent_at"),
        Sort("due", "Answer due first", "answer_due_at"),
    ),
    ("asked_of", "authority", "their_reference"),
    "Whom was asked, or a reference",
)


@access(READING)
def enquiry_list_page(request: HttpRequest) -> HttpResponse:
    """List the enquiries of all referrals and cases that whoever asks may see."""
    listed = listing_of(request, enquiries_for(user_of(request)), _listing())
    return render(request, "enquiries/list.html", {"listed": listed})


@access(IN_CASE)
def case_list_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the enquiries of a case and of its referrals."""
    del case_id
    granted = case_access_of(request)
    listed = listing_of(request, case_enquiries(granted), _listing())
    return render(request, "enquiries/case_list.html", {"listed": listed, "granted": granted})


def _listing() -> Listing:
    kinds = tuple((each.code, each.label) for each in current_enquiry_kinds().entries)
    filters = (
        Filter("state", "State", tuple((each.value, each.label) for each in EnquiryState),
               equal_to("state")),
        Filter("kind", "Kind", kinds, equal_to("kind")),
        Filter("result", "Result", tuple((each.value, each.label) for each in Result),
               equal_to("result")),
    )  # fmt: skip
    return Listing(_LISTING.sorts, _LISTING.search, _LISTING.search_label, filters)


@access(ACTING, methods=("GET", "POST"))
def case_person(request: HttpRequest, case_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Give the account that an answer named to somebody who is in the case already."""
    del case_id
    holder = shared.holder_of(request)
    holder.enquiry(enquiry_id)
    case = case_access_of(request).case
    form = PersonForm(sent(request), places=person_places(case))
    if form.is_valid():
        person_id = attempt(
            form,
            lambda: facts_to_person(
                actor_of(request), enquiry_id=enquiry_id, case=case,
                person_id=UUID(form.cleaned_data["person"]),
            ),
            field="person",
        )  # fmt: skip
        if person_id is not None:
            return redirect("people:person", case_id=case.id, person_id=person_id)
    return shared.enquiry_form(request, holder, form, "Whose account is it?")


@access(WRITING, methods=_BOTH)
def add(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Record an enquiry of a referral."""
    del referral_id
    return shared.add_shown(request)


@access(READING)
def page(request: HttpRequest, referral_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Show an enquiry of a referral."""
    del referral_id
    return shared.page_shown(request, enquiry_id)


@access(WRITING, methods=_BOTH)
def remind(request: HttpRequest, referral_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Record a reminder of a referral."""
    del referral_id
    return shared.remind_shown(request, enquiry_id)


@access(WRITING, methods=_BOTH)
def answer(request: HttpRequest, referral_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Record an answer of a referral."""
    del referral_id
    return shared.answer_shown(request, enquiry_id)


@access(WRITING, methods=_BOTH)
def correct(
    request: HttpRequest, referral_id: UUID, enquiry_id: UUID, step_id: UUID
) -> HttpResponse:
    """Correct an answer of a referral."""
    del referral_id
    return shared.correct_shown(request, enquiry_id, step_id)


@access(WRITING, methods=_BOTH)
def withdraw(
    request: HttpRequest, referral_id: UUID, enquiry_id: UUID, step_id: UUID
) -> HttpResponse:
    """Withdraw a reminder or an answer of a referral."""
    del referral_id
    return shared.withdraw_shown(request, enquiry_id, step_id)


@access(WRITING, methods=_BOTH)
def cancel(request: HttpRequest, referral_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Cancel an enquiry of a referral."""
    del referral_id
    return shared.cancel_shown(request, enquiry_id)


@access(WRITING, methods=("POST",))
def take(request: HttpRequest, referral_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Take the facts of an answer over of a referral."""
    del referral_id
    return shared.take_shown(request, enquiry_id)


@access(ACTING, methods=_BOTH)
def case_add(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record an enquiry of a case."""
    del case_id
    return shared.add_shown(request)


@access(IN_CASE)
def case_page(request: HttpRequest, case_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Show an enquiry of a case."""
    del case_id
    return shared.page_shown(request, enquiry_id)


@access(ACTING, methods=_BOTH)
def case_remind(request: HttpRequest, case_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Record a reminder of a case."""
    del case_id
    return shared.remind_shown(request, enquiry_id)


@access(ACTING, methods=_BOTH)
def case_answer(request: HttpRequest, case_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Record an answer of a case."""
    del case_id
    return shared.answer_shown(request, enquiry_id)


@access(ACTING, methods=_BOTH)
def case_correct(
    request: HttpRequest, case_id: UUID, enquiry_id: UUID, step_id: UUID
) -> HttpResponse:
    """Correct an answer of a case."""
    del case_id
    return shared.correct_shown(request, enquiry_id, step_id)


@access(ACTING, methods=_BOTH)
def case_withdraw(
    request: HttpRequest, case_id: UUID, enquiry_id: UUID, step_id: UUID
) -> HttpResponse:
    """Withdraw a reminder or an answer of a case."""
    del case_id
    return shared.withdraw_shown(request, enquiry_id, step_id)


@access(ACTING, methods=_BOTH)
def case_cancel(request: HttpRequest, case_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Cancel an enquiry of a case."""
    del case_id
    return shared.cancel_shown(request, enquiry_id)


@access(ACTING, methods=("POST",))
def case_take(request: HttpRequest, case_id: UUID, enquiry_id: UUID) -> HttpResponse:
    """Take the facts of an answer over of a case."""
    del case_id
    return shared.take_shown(request, enquiry_id)
