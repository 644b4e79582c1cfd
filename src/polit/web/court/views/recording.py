"""Pages on which charges, pleas, hearings, results and appeals are recorded and corrected."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from polit.web.accounts.signed_in import user_of
from polit.web.arrests.forms import WithdrawForm
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import this_minute
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.core.models import Superseded
from polit.web.court.forms import (
    AppealForm,
    ChargeFields,
    ChargeForm,
    HeardForm,
    HearingForm,
    PleaForm,
    ResultForm,
)
from polit.web.court.known import known_of_case, known_of_result
from polit.web.court.models import (
    Appeal,
    Charge,
    CourtResult,
    Hearing,
    HearingOutcome,
    Plea,
)
from polit.web.court.queries import (
    arrest_choices,
    arrest_of,
    charge_get,
    charged_at,
    count_next,
    hearing_get,
    is_prompted,
    result_get,
    row_get,
)
from polit.web.court.rules import WRITING
from polit.web.court.services import (
    KINDS,
    appeal_record,
    charge_record,
    court_withdraw,
    hearing_close,
    hearing_record,
    plea_record,
    result_record,
)
from polit.web.court.services.keeping import place_of
from polit.web.people.queries import place_choices
from polit.web.people.rules import PersonRole

_INITIAL = {
    "charge": ("charged_at", "count_number", "offence", "statute", "particulars", "from_on",
               "to_on"),
    "plea": ("plea", "occurred_at", "note"),
    "hearing": ("kind", "court", "starts_at"),
    "hearing_outcome": ("held", "outcome"),
    "result": ("verdict", "occurred_at", "court", "note"),
    "appeal": ("against", "stage", "occurred_at", "note"),
}  # fmt: skip
Service = Callable[..., Superseded]


@access(WRITING, methods=("GET", "POST"))
def charge_add_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record a charge; what the arrest tells stands there already."""
    granted = case_access_of(request)
    choices = _charge_choices(request)
    place, arrest_id = request.GET.get("place", ""), request.GET.get("arrest", "")
    if len(choices["suspects"]) == 1:  # there is nobody else
        place = place or choices["suspects"][0][0]
        if len(choices["arrests"]) == 1:
            arrest_id = arrest_id or choices["arrests"][0][0]
    arrest = arrest_of(granted, arrest_id)
    known: dict[str, Any] = {"place": place, "charged_at": this_minute()}
    if arrest is not None:
        known = {"place": str(arrest.place_id), "arrest": str(arrest.first_id)}
        known["charged_at"] = charged_at(arrest) or this_minute()
    known |= known_of_case(granted.case.id)
    known["count_number"] = count_next(granted, known["place"])
    make = ChargeFields if is_prompted(arrest) else ChargeForm
    form = make(sent(request), initial=known, **choices)
    return _page(request, case_id, form, charge_record, "Record a charge")


@access(WRITING, methods=("GET", "POST"))
def hearing_add_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record a hearing, which may lie ahead."""
    known = {"place": request.GET.get("place", "")}
    form = HearingForm(sent(request), initial=known, suspects=_suspects(request))
    return _page(request, case_id, form, hearing_record, "Record a hearing")


@access(WRITING, methods=("GET", "POST"))
def hearing_close_page(request: HttpRequest, case_id: UUID, hearing_id: UUID) -> HttpResponse:
    """Record what became of a hearing, and the next one."""
    hearing = or_404(lambda: hearing_get(case_access_of(request), hearing_id))
    known = {"next_court": hearing.court}
    form = HeardForm(sent(request), initial=known, place_id=hearing.place_id)
    return _page(
        request, case_id, form, hearing_close, "What became of the hearing",
        about=hearing, hearing_id=hearing_id,
    )  # fmt: skip


@access(WRITING, methods=("GET", "POST"))
def plea_add_page(request: HttpRequest, case_id: UUID, charge_id: UUID) -> HttpResponse:
    """Record a plea to a charge."""
    charge = or_404(lambda: charge_get(case_access_of(request), charge_id))
    form = PleaForm(sent(request), initial={"occurred_at": this_minute()})
    return _page(
        request, case_id, form, plea_record, f"Plea to count {charge.count_number}",
        about=charge, charge_id=charge_id,
    )  # fmt: skip


@access(WRITING, methods=("GET", "POST"))
def result_add_page(request: HttpRequest, case_id: UUID, charge_id: UUID) -> HttpResponse:
    """Record what a court decided on a charge."""
    charge = or_404(lambda: charge_get(case_access_of(request), charge_id))
    form = ResultForm(sent(request), initial=known_of_result(charge))
    return _page(
        request, case_id, form, result_record, f"Result on count {charge.count_number}",
        about=charge, charge_id=charge_id,
    )  # fmt: skip


@access(WRITING, methods=("GET", "POST"))
def appeal_add_page(request: HttpRequest, case_id: UUID, court_result_id: UUID) -> HttpResponse:
    """Record a step of an appeal against a result."""
    result = or_404(lambda: result_get(case_access_of(request), court_result_id))
    return _page(
        request, case_id, AppealForm(sent(request)), appeal_record, "Record a step of an appeal",
        about=result, result_id=court_result_id,
    )  # fmt: skip


@access(WRITING, methods=("GET", "POST"))
def correct_page(
    request: HttpRequest, case_id: UUID, court_kind: str, court_row_id: UUID
) -> HttpResponse:
    """Say what a record should have said."""
    row = _row(request, court_kind, court_row_id)
    form, service, owner = _correction(request, court_kind, row)
    words = court_kind.replace("_", " ")
    return _page(
        request, case_id, form, service, f"Correct this {words}",
        about=row, corrects=court_row_id, **owner,
    )  # fmt: skip


@access(WRITING, methods=("GET", "POST"))
def withdraw_page(
    request: HttpRequest, case_id: UUID, court_kind: str, court_row_id: UUID
) -> HttpResponse:
    """Say that something at court never happened."""
    row = _row(request, court_kind, court_row_id)
    return _page(
        request, case_id, WithdrawForm(sent(request)), court_withdraw,
        f"Say that this {court_kind.replace('_', ' ')} never happened",
        about=row, kind=court_kind, row_id=court_row_id,
    )  # fmt: skip


def _page(
    request: HttpRequest, case_id: UUID, form: GovukForm, service: Service, heading: str,
    *, about: Superseded | None = None, **owner: Any,
) -> HttpResponse:  # fmt: skip
    """Show a form, and once it is sent have the service keep what it says."""
    if form.is_valid():
        given = {"given": form.given()} if hasattr(form, "given") else {}
        kept = attempt(
            form,
            lambda: or_404(
                lambda: service(
                    actor_of(request), reason=form.cleaned_data["reason"],
                    access=case_access_of(request), **given, **owner,
                )
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("court:page", case_id=case_id, defendant_id=place_of(kept).pk)
    shown: dict[str, object] = {"form": form, "heading": heading}
    shown["granted"] = case_access_of(request)
    if about is not None:
        shown |= {"place": place_of(about), "lead": _words(about)}
    return render(request, "court/form.html", shown)


def _words(row: Superseded) -> str:
    """Say which charge or hearing a record is about: by the suspect's label, never by name."""
    about: Superseded = row
    if isinstance(row, Appeal):
        about = row.result.charge
    elif isinstance(row, Plea | CourtResult):
        about = row.charge
    elif isinstance(row, HearingOutcome):
        about = row.hearing
    label = place_of(row).label
    if isinstance(about, Hearing):
        when = timezone.localtime(about.starts_at)
        return f"{label}: {about.label.lower()} at {about.court}, {when:%-d %B %Y, %H:%M}."
    assert isinstance(about, Charge)
    return f"{label}, count {about.count_number}: {about.offence_label}."


def _row(request: HttpRequest, court_kind: str, row_id: UUID) -> Superseded:
    if court_kind not in KINDS:
        raise Http404
    model, path = KINDS[court_kind]
    return or_404(lambda: row_get(case_access_of(request), model, path, row_id))


def _correction(
    request: HttpRequest, kind: str, row: Superseded
) -> tuple[GovukForm, Service, dict[str, Any]]:
    """Return the form of a correction as the row stands, its service, and what the row is of."""
    data: dict[str, Any] = {name: getattr(row, name) for name in _INITIAL[kind]}
    post = sent(request)
    if isinstance(row, Charge):
        data |= {"place": str(row.place_id), "arrest": str(row.arrest_id or "")}
        return ChargeFields(post, initial=data, **_charge_choices(request)), charge_record, {}
    if isinstance(row, Plea):
        return PleaForm(post, initial=data), plea_record, {"charge_id": row.charge_id}
    if isinstance(row, Hearing):
        data["place"] = str(row.place_id)
        return HearingForm(post, initial=data, suspects=_suspects(request)), hearing_record, {}
    if isinstance(row, HearingOutcome):
        form = HeardForm(post, initial=data, place_id=row.hearing.place_id)
        return form, hearing_close, {"hearing_id": row.hearing_id}
    if isinstance(row, CourtResult):
        data |= _sentence(row)
        return ResultForm(post, initial=data), result_record, {"charge_id": row.charge_id}
    assert isinstance(row, Appeal)
    return AppealForm(post, initial=data), appeal_record, {"result_id": row.result_id}


def _sentence(row: CourtResult) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in row.sentence.all():
        found |= {
            f"sentence_{each.number}": each.kind, f"amount_{each.number}": each.amount,
            f"text_{each.number}": each.text,
        }  # fmt: skip
    return found


def _suspects(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    return place_choices(case_access_of(request), user_of(request).roles, PersonRole.SUSPECT)


def _charge_choices(request: HttpRequest) -> dict[str, Any]:
    arrests = arrest_choices(case_access_of(request))
    return {"suspects": _suspects(request), "arrests": arrests}
