"""The pages on which an unknown child becomes known, and on which that is taken back."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import sent
from polit.web.core.fields import this_minute
from polit.web.people.queries import place_choices
from polit.web.people.rules import PersonRole
from polit.web.victims.forms import NEW, FoundForm, WithdrawForm
from polit.web.victims.rules import ACTING, UnknownState
from polit.web.victims.services import child_identified, identification_withdraw
from polit.web.victims.views.shown import done, to_unknown, unknown_form, unknown_read


@access(ACTING, methods=("GET", "POST"))
def identify(request: HttpRequest, case_id: UUID, unknown_id: UUID) -> HttpResponse:
    """Say who an unknown child is."""
    del case_id
    granted = case_access_of(request)
    found = unknown_read(request, unknown_id, "identify")
    if found.stands is UnknownState.IDENTIFIED:
        raise Http404
    places = place_choices(granted, user_of(request).roles, PersonRole.CHILD)
    known = {
        "identified_at": this_minute(), "relation": "not_known",
        "child": "" if places else NEW,
    }  # fmt: skip
    today = timezone.localdate(now_utc())
    form = FoundForm(sent(request), places=places, today=today, initial=known)
    kept = done(
        form,
        lambda: child_identified(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            unknown_id=unknown_id, given=form.given(found.noted_at),
        ),
    )  # fmt: skip
    if kept is not None:
        return to_unknown(kept)
    lead = (
        "The child's record is made or tied by the same step, as identified victim. A name goes "
        "into the case's people alone."
    )
    return unknown_form(request, found, form, "Identified", lead=lead)


@access(ACTING, methods=("GET", "POST"))
def identification_withdraw_page(
    request: HttpRequest, case_id: UUID, unknown_id: UUID
) -> HttpResponse:
    """Take back who an unknown child was held to be."""
    del case_id
    found = unknown_read(request, unknown_id, "not-identified")
    form = WithdrawForm(sent(request))
    kept = done(
        form,
        lambda: identification_withdraw(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), unknown_id=unknown_id,
        ),
    )  # fmt: skip
    if kept is not None:
        return to_unknown(kept)
    lead = (
        "The child's record stays with all that was done, as child at risk where this "
        "identification made it an identified victim."
    )
    return unknown_form(request, found, form, "Not identified after all", lead=lead)
