"""Raises safeguarding tasks and works through them. Every act says who and why."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess, CaseLike
from polit.web.core.acting import Actor
from polit.web.safeguarding.clocks import current_clocks
from polit.web.safeguarding.models import SafeguardingStep, SafeguardingTask
from polit.web.safeguarding.rules import FIRST_GENERATION, TASK_STATES, TaskState
from polit.web.safeguarding.services.telling import tell
from polit.web.safeguarding.signals import tasks_done


def first_generation_raise(
    actor: Actor, *, reason: str, case: CaseLike, contents: Sequence[str]
) -> list[SafeguardingTask]:
    """Raise a task for each content that an officer holds to be first-generation.

    A content that has its task in the case keeps it as it stands, whoever says so again.

    Args:
        actor: The officer.
        reason: Why, in words that name no child.
        case: The case.
        contents: SHA-256, hex.

    Returns:
        The new tasks; nothing is recorded where there is none.
    """
    clocks = current_clocks()
    wanted = {bytes.fromhex(each) for each in contents}
    if not wanted - _held(case.id, wanted):
        return []
    with act(
        actor, "safeguarding.raise", reason=reason, case=case, nature=Nature.COLLECTION
    ) as deed:
        # Of two decisions at once the second sees what the first raised.
        Case.objects.select_for_update().get(pk=case.id)
        now = now_utc()
        due_at = clocks.clock(FIRST_GENERATION).due_at(now)
        tasks = [
            SafeguardingTask(case_id=case.id, kind=FIRST_GENERATION, sha256=sha256, raised_at=now,
                             raised_by=actor.name, clock=clocks.name, due_at=due_at)
            for sha256 in sorted(wanted - _held(case.id, wanted))
        ]  # fmt: skip
        SafeguardingTask.objects.bulk_create(tasks)
        SafeguardingStep.objects.bulk_create([
            SafeguardingStep(task=task, action="raise", by=actor.name, reason=reason)
            for task in tasks
        ])  # fmt: skip
        # Never the digest: a log may not hold the hash of a child's picture.
        deed.about("safeguarding_tasks", str(len(tasks)), task=FIRST_GENERATION,
                   clock=clocks.name, due_at=due_at.isoformat(),
                   tasks=[str(task.pk) for task in tasks[:100]])  # fmt: skip
        _tell(case, len(tasks))
    return tasks


def task_act(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    task_id: UUID,
    action: str,
    outcome: str = "",
) -> SafeguardingTask:
    """Take a task, release it, complete it with its outcome, or open it again.

    Args:
        actor: Who does it.
        reason: Why, or what was done; no name of a child.
        access: The case.
        task_id: Which.
        action: One of ``TASK_STATES``.
        outcome: How it ended, where it is completed.

    Raises:
        SafeguardingTask.DoesNotExist: The case has none of that identifier.
        UsageError: It is not where that can be done, or no task ends so.
        AuthorityError: Their roles do not allow it.
    """
    with act(
        actor, f"safeguarding.{action}", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        rows = SafeguardingTask.objects.select_for_update()
        task = rows.get(pk=task_id, case_id=access.case.id)
        before = task.state
        after = TaskState(TASK_STATES.check_action(action, before, roles_of(actor)).to)
        is_done = after is TaskState.DONE
        task.state = after.value
        task.taken_by = actor.name if after is TaskState.TAKEN else ""
        task.done_at = now_utc() if is_done else None
        task.outcome = task.way.check_outcome(outcome) if is_done else ""
        task.save()
        SafeguardingStep(
            task=task, action=action, by=actor.name, reason=reason, outcome=task.outcome
        ).save()
        deed.about("safeguarding_task", task.pk, before=before, after=after.value,
                   outcome=task.outcome, late=is_done and task.due_at < now_utc())  # fmt: skip
        left = SafeguardingTask.objects.filter(case_id=access.case.id)
        if is_done and not left.exclude(state=TaskState.DONE.value).exists():
            tasks_done.send(SafeguardingTask, case=access.case)
    return task


def _held(case_id: UUID, wanted: set[bytes]) -> set[bytes]:
    rows = SafeguardingTask.objects.filter(
        case_id=case_id, kind=FIRST_GENERATION, sha256__in=wanted
    )
    return {bytes(each) for each in rows.values_list("sha256", flat=True)}


def _tell(case: CaseLike, count: int) -> None:
    hours = current_clocks().clock(FIRST_GENERATION).hours
    candidates = "candidate" if count == 1 else "candidates"
    text = f"{case.reference}: {count} first-generation {candidates}, due in {hours} hours"
    tell(case, text, reverse("safeguarding:list", kwargs={"case_id": case.id}))
