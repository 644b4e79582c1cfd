"""Pages of safeguarding tasks: the list of a case, one of them, what is done with it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.found import or_404
from polit.web.core.sections import sections_of
from polit.web.safeguarding.forms import TaskActForm, TaskCompleteForm
from polit.web.safeguarding.models import SafeguardingTask
from polit.web.safeguarding.queries import task_counts, task_get, task_page, task_steps
from polit.web.safeguarding.rules import ACTING, IN_CASE, TASK_STATES
from polit.web.safeguarding.services import task_act

_TITLES = {
    "take": "Take the task",
    "release": "Give the task back",
    "complete": "Complete the task",
    "reopen": "Open the task again",
}
_STEPS = {
    "raise": "Raised", "take": "Taken", "release": "Given back", "complete": "Completed",
    "reopen": "Opened again",
}  # fmt: skip


@access(IN_CASE)
def tasks(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List a case's tasks, the first due first."""
    del case_id
    granted = case_access_of(request)
    done = request.GET.get("show") == "done"
    page = task_page(granted, done=done, after=request.GET.get("after", ""))
    shown = {
        "case": granted.case, "counts": task_counts(granted), "tasks": page.rows,
        "after": page.after, "done": done,
    }  # fmt: skip
    return render(request, "safeguarding/list.html", shown)


@access(IN_CASE)
def task(request: HttpRequest, case_id: UUID, task_id: UUID) -> HttpResponse:
    """Show a task: what it is about, its clock, what was done."""
    del case_id
    granted = case_access_of(request)
    found = or_404(lambda: task_get(granted, task_id))
    shown = {
        "case": granted.case,
        "task": found,
        "sha256": bytes(found.sha256).hex(),
        "steps": [(each, _STEPS[each.action]) for each in task_steps(found)],
        "offered": [
            (each.action, _TITLES[each.action])
            for each in TASK_STATES.offered(found.state, user_of(request).roles)
        ],
        "sections": sections_of("task", request),
    }
    return render(request, "safeguarding/task.html", shown)


@access(ACTING, methods=("GET", "POST"))
def act_on_task(
    request: HttpRequest, case_id: UUID, task_id: UUID, task_action: str
) -> HttpResponse:
    """Take a task, give it back, complete it or open it again, with a reason."""
    if task_action not in _TITLES:
        raise Http404
    granted = case_access_of(request)
    found = or_404(lambda: task_get(granted, task_id))
    form = _form(request, found, task_action)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: task_act(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                task_id=task_id, action=task_action,
                outcome=form.cleaned_data.get("outcome", ""),
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("safeguarding:task", case_id=case_id, task_id=task_id)
    shown = {"form": form, "heading": _TITLES[task_action], "case": granted.case, "task": found}
    return render(request, "safeguarding/act.html", shown)


def _form(
    request: HttpRequest, found: SafeguardingTask, action: str
) -> TaskActForm | TaskCompleteForm:
    if action == "complete":
        return TaskCompleteForm(sent(request), clock=found.way)
    return TaskActForm(sent(request))
