"""Pages of the intake: attaching a package, and what was checked of one."""

import json
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.errors import BrokerGone, BrokerRefused
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt
from polit.web.core.found import or_404
from polit.web.core.rules import Access, Scope
from polit.web.examinations.forms import ReasonForm
from polit.web.examinations.models import Examination
from polit.web.examinations.queries import broker_client, examination_get, exhibit_list
from polit.web.examinations.rules import EXAMINERS, READERS, ExaminationKind
from polit.web.examinations.services import examination_ask
from polit.web.intake.forms import AttachForm
from polit.web.intake.queries import check_attachable, packages_offered
from polit.web.intake.services import package_act
from polit.web.media.queries import package_attempts

_READING = Access(Scope.CASE, read=READERS)
_EXAMINING = Access(Scope.CASE, read=EXAMINERS, write=EXAMINERS)
_ACTIONS = {
    "withdraw": "Its entries are seen by nobody any more. They stay in the record, and the package"
    " can be restored.",
    "restore": "Its entries are seen again.",
}


@access(_EXAMINING, methods=("GET", "POST"))
def attach(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Attach a sealed package to an exhibit; it is verified and imported by the worker."""
    granted = case_access_of(request)
    shown: dict[str, object] = {"case": granted.case, "heading": "Attach a package"}
    try:
        packages = packages_offered(user_of(request), broker_client().package_list())
    except (BrokerGone, BrokerRefused) as error:
        return render(request, "intake/attach.html", {**shown, "error": str(error)})
    form = AttachForm(request.POST or None, packages=packages, exhibits=exhibit_list(granted))
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: _attached(request, granted, form),
        )
        if made is not None:
            return redirect("examinations:page", case_id=case_id, examination_id=made.id)
    return render(request, "intake/attach.html", {**shown, "form": form})


def _attached(request: HttpRequest, granted: CaseAccess, form: AttachForm) -> Examination:
    asked = form.asked()
    check_attachable(user_of(request), asked.place)
    return examination_ask(
        actor_of(request),
        reason=form.cleaned_data["reason"],
        access=granted,
        kind=ExaminationKind.ATTACHED,
        asked=asked,
    )


@access(_READING)
def checks(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Show what was checked of an examination's package, and what did not hold."""
    del case_id
    granted = case_access_of(request)
    examination = or_404(lambda: examination_get(granted, examination_id))
    package = package_attempts(granted, examination_id)
    found = json.loads(package.checks) if package else []
    shown = {"case": granted.case, "examination": examination, "package": package, "checks": found}
    return render(request, "intake/checks.html", shown)


@access(_EXAMINING, methods=("GET", "POST"))
def act_on_package(
    request: HttpRequest, case_id: UUID, examination_id: UUID, package_action: str
) -> HttpResponse:
    """Withdraw or restore an examination's package, with a reason."""
    if package_action not in _ACTIONS:
        raise Http404
    granted = case_access_of(request)
    package = package_attempts(granted, examination_id)
    if package is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: package_act(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                package=package,
                action=package_action,
                roles=user_of(request).roles,
            ),
        )
        if done is not None:
            return redirect("examinations:page", case_id=case_id, examination_id=examination_id)
    shown = {"form": form, "heading": f"{package_action.capitalize()} the package",
             "lead": _ACTIONS[package_action], "case": granted.case}  # fmt: skip
    return render(request, "examinations/form.html", shown)
