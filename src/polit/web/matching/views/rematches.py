"""Pages on which packages are matched again: of a case, or all of the record."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.rules import Access, Scope
from polit.web.examinations.rules import EXAMINERS
from polit.web.matching.forms import RematchForm
from polit.web.matching.queries import rematch_list
from polit.web.matching.services import rematch_ask

_OF_CASE = Access(Scope.CASE, read=EXAMINERS, write=EXAMINERS)
_OF_ALL = Access(Scope.ROLE, read=EXAMINERS, write=EXAMINERS)


@access(_OF_CASE, methods=("GET", "POST"))
def rematch(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Match the packages of a case again with the hash sets of today."""
    granted = case_access_of(request)
    form = RematchForm(sent(request))
    if request.method == "POST" and form.is_valid() and _asked(request, form, granted):
        return redirect("matching:rematch", case_id=case_id)
    shown = {"case": granted.case, "form": form, "rows": rematch_list(granted)}
    return render(request, "matching/rematch.html", shown)


@access(_OF_ALL, methods=("GET", "POST"))
def rematch_all(request: HttpRequest) -> HttpResponse:
    """Match all packages of the record again; nothing of a case is shown here."""
    form = RematchForm(sent(request))
    if request.method == "POST" and form.is_valid() and _asked(request, form, None):
        return redirect("matching:rematch_all")
    return render(request, "matching/rematch_all.html", {"form": form, "rows": rematch_list(None)})


def _asked(request: HttpRequest, form: RematchForm, granted: CaseAccess | None) -> bool:
    made = attempt(
        form,
        lambda: rematch_ask(actor_of(request), reason=form.cleaned_data["reason"], access=granted),
    )
    return made is not None
