"""The pages of unknown children: the list, a record, what is recorded on it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import sent
from polit.web.core.fields import this_minute
from polit.web.core.found import or_404
from polit.web.core.listing import listing_of
from polit.web.victims.forms import (
    ChooseSeriesForm,
    OpinionForm,
    ReasonForm,
    UnknownForm,
    WithdrawForm,
)
from polit.web.victims.listings import unknown_listing
from polit.web.victims.queries import (
    appearances_of,
    enquiries_of,
    held_get,
    next_steps,
    series_choices,
    unknown_for,
    unknown_timeline,
)
from polit.web.victims.rules import ACTING, ALL_CASES, IN_CASE, UNKNOWN_STATES, UnknownState
from polit.web.victims.services import (
    appearance_record,
    held_withdraw,
    opinion_record,
    unknown_add,
    unknown_move,
    victims_consult,
)
from polit.web.victims.views.shown import done, known_now, to_unknown, unknown_form, unknown_read

_MOVES = {
    "look_for": "Look for the child",
    "set_aside": "Not identifiable for now",
    "reopen": "Take up again",
}
_HELD = {
    "opinion": "Withdraw an opinion", "appearance": "Not in this series",
    "enquiry": "Withdraw an enquiry", "answer": "Withdraw an answer",
}  # fmt: skip


@access(ALL_CASES)
def unknown_list(request: HttpRequest) -> HttpResponse:
    """List the unknown children of all cases of a reader."""
    listed = listing_of(request, unknown_for(user_of(request)), unknown_listing())
    rows = listed.page.rows
    if rows:
        ids = [each.pk for each in rows]
        victims_consult(actor_of(request), kind="unknown_children", ids=ids)
    return render(request, "victims/list.html", {"listed": listed})


@access(IN_CASE)
def unknown(request: HttpRequest, case_id: UUID, unknown_id: UUID) -> HttpResponse:
    """Show an unknown child: what is known, what is next, what happened."""
    del case_id
    found = unknown_read(request, unknown_id, "unknown")
    enquiries = enquiries_of(found)
    moves = UNKNOWN_STATES.offered(found.state, user_of(request).roles)
    shown = {
        "case": case_access_of(request).case,
        "unknown": found,
        "appearances": appearances_of(found),
        "enquiries": enquiries,
        "next_steps": next_steps(found, enquiries),
        "timeline": unknown_timeline(found),
        "offered": [(each.action, _MOVES[each.action]) for each in moves if each.action in _MOVES],
        "may_identify": found.stands is not UnknownState.IDENTIFIED,
        "may_withdraw": any(each.action == "withdraw_identification" for each in moves),
    }
    return render(request, "victims/unknown.html", shown)


@access(ACTING, methods=("GET", "POST"))
def unknown_add_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record a child whom nobody can name yet."""
    del case_id
    granted = case_access_of(request)
    known = known_now(request, "whose", "formed_on") | {
        "series": request.GET.get("series", ""), "noted_at": this_minute(),
        "sex": "not_clear",
    }  # fmt: skip
    form = UnknownForm(sent(request), series=series_choices(user_of(request)), initial=known)
    kept = done(
        form,
        lambda: unknown_add(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            given=form.given(),
        ),
    )  # fmt: skip
    if kept is not None:
        return to_unknown(kept)
    shown = {"form": form, "case": granted.case, "heading": "Record an unknown child"}
    return render(request, "victims/unknown_add.html", shown)


@access(ACTING, methods=("GET", "POST"))
def unknown_move_page(
    request: HttpRequest, case_id: UUID, unknown_id: UUID, unknown_action: str
) -> HttpResponse:
    """Say that a child is looked for, is not identifiable for now, or is taken up again."""
    del case_id
    if unknown_action not in _MOVES:
        raise Http404
    found = unknown_read(request, unknown_id, unknown_action)
    form = ReasonForm(sent(request))
    kept = done(
        form,
        lambda: unknown_move(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), unknown_id=unknown_id, action=unknown_action,
        ),
    )  # fmt: skip
    if kept is not None:
        return to_unknown(kept)
    lead = f"Recorded now as {found.stands.label.lower()}."
    return unknown_form(request, found, form, _MOVES[unknown_action], lead=lead)


@access(ACTING, methods=("GET", "POST"))
def opinion_add(request: HttpRequest, case_id: UUID, unknown_id: UUID) -> HttpResponse:
    """Record what somebody holds of a child's age and sex."""
    del case_id
    found = unknown_read(request, unknown_id, "opinion")
    form = OpinionForm(sent(request), initial=known_now(request, "whose", "formed_on"))
    kept = done(
        form,
        lambda: opinion_record(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), unknown_id=unknown_id, given=form.given(),
        ),
        field="age_to",
    )  # fmt: skip
    if kept is not None:
        return to_unknown(found)
    lead = "An opinion by what is to be seen. Others may stand beside it."
    return unknown_form(request, found, form, "Age and sex, as an opinion", lead=lead)


@access(ACTING, methods=("GET", "POST"))
def appearance_add(request: HttpRequest, case_id: UUID, unknown_id: UUID) -> HttpResponse:
    """Say in which series a child appears."""
    del case_id
    found = unknown_read(request, unknown_id, "series")
    form = ChooseSeriesForm(sent(request), series=series_choices(user_of(request)))
    kept = done(
        form,
        lambda: appearance_record(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), unknown_id=unknown_id, series_id=form.series_id(),
        ),
        field="series",
    )  # fmt: skip
    if kept is not None:
        return to_unknown(found)
    lead = "The series stands in this case from then on: whoever reads children here reads of it."
    return unknown_form(request, found, form, "Appears in a series", lead=lead)


@access(ACTING, methods=("GET", "POST"))
def held_withdraw_page(
    request: HttpRequest, case_id: UUID, unknown_id: UUID, held_kind: str, held_id: UUID
) -> HttpResponse:
    """Withdraw what was recorded wrongly for a child."""
    del case_id
    if held_kind not in _HELD:
        raise Http404
    found = unknown_read(request, unknown_id, f"withdraw/{held_kind}")
    or_404(lambda: held_get(found, held_kind, held_id))
    form = WithdrawForm(sent(request))
    kept = done(
        form,
        lambda: held_withdraw(
            actor_of(request), reason=form.cleaned_data["reason"],
            access=case_access_of(request), unknown_id=unknown_id, kind=held_kind,
            row_id=held_id,
        ),
    )  # fmt: skip
    if kept is not None:
        return to_unknown(found)
    return unknown_form(request, found, form, _HELD[held_kind])
