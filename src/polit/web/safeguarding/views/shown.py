"""What views of children share: the record that is read, and that it was read."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.people.queries import place_choices
from polit.web.people.rules import PersonRole
from polit.web.safeguarding.models import ChildRecord
from polit.web.safeguarding.queries import child_get
from polit.web.safeguarding.services import child_consult


def child_read(request: HttpRequest, child_id: UUID, page: str) -> ChildRecord:
    """Return a child's record, once the audit says who reads which page of it.

    Raises:
        Http404: The case has none of that identifier.
    """
    granted = case_access_of(request)
    found = or_404(lambda: child_get(granted, child_id))
    if request.method != "POST":
        child_consult(actor_of(request), access=granted, child=found, page=page)
    return found


def child_form(
    request: HttpRequest, child: ChildRecord, form: GovukForm, heading: str, *, lead: str = ""
) -> HttpResponse:
    """Show a form about a child."""
    shown = {
        "form": form, "heading": heading, "lead": lead, "child": child,
        "case": case_access_of(request).case,
    }  # fmt: skip
    return render(request, "safeguarding/child_form.html", shown)


def to_child(child: ChildRecord) -> HttpResponse:
    """Lead to a child's page."""
    return redirect("safeguarding:child", case_id=child.case_id, child_id=child.pk)


def suspects_of(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Return the suspects of the case as choices."""
    roles = user_of(request).roles
    return place_choices(case_access_of(request), roles, PersonRole.SUSPECT)
