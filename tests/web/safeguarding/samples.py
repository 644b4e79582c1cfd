"""Values for the addresses of safeguarding tasks, made for one case."""

import hashlib
from collections.abc import Callable
from uuid import UUID

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.safeguarding.models import SafeguardingTask
from polit.web.safeguarding.services import first_generation_raise


def task_id(case: Case) -> UUID:
    """Return a task of the case."""
    content = hashlib.sha256(case.reference.encode()).hexdigest()
    first_generation_raise(SYSTEM, reason="a sample", case=case, contents=[content])
    return SafeguardingTask.objects.filter(case=case).latest("recorded_at").pk


def task_action(case: Case) -> str:
    """Name an action."""
    del case
    return "complete"


SAMPLES: dict[str, Callable[[Case], object]] = {"task_id": task_id, "task_action": task_action}
