"""Tasks of matching: supplements are taken in, stacks computed. Each may run twice."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from polit.base import faults
from polit.base.errors import BrokerGone, BrokerRefused, PackageBusy, StorageFull, UsageError
from polit.broker.client import MOST_PACKAGES, Code, ErrandState, ErrandStatus, MatchOrder
from polit.web.core.acting import Actor
from polit.web.examinations.queries import broker_client
from polit.web.exhibits.models import Exhibit
from polit.web.intake.looking import supplements_look, supplements_take
from polit.web.items.models import ReviewSet
from polit.web.matching.models import Rematch
from polit.web.matching.rules import RematchState
from polit.web.matching.services import rematch_step
from polit.web.media.models import Package
from polit.web.media.rules import PackageState
from polit.web.tasks.models import Heartbeat
from polit.web.tasks.rules import LOOK_S, Again, Part

if TYPE_CHECKING:
    from django.db.models import QuerySet

WORKER = Actor("system", "worker", "polit worker")
_TROUBLE_S = 60
_SOON_S = 5
_GIVEN_UP = "the worker tried several times and gave up: ask again, or tell whoever looks after the\
 server"
_REASON = "found by the worker"
_STATES = {
    ErrandState.QUEUED: RematchState.ASKED,
    ErrandState.RUNNING: RematchState.RUNNING,
    ErrandState.STOPPING: RematchState.RUNNING,
    ErrandState.DONE: RematchState.DONE,
    ErrandState.FAILED: RematchState.FAILED,
    ErrandState.CANCELLED: RematchState.FAILED,
}


@task()
def supplements_bring(package_id: str) -> Again | None:
    """Take in what supplements a package has and the record does not."""
    package = Package.objects.select_related("case", "exhibit").get(pk=UUID(package_id))
    if package.state != PackageState.IMPORTED.value:
        return None
    try:
        supplements_take(WORKER, reason=_REASON, package=package, broker=broker_client())
    except (BrokerGone, BrokerRefused, PackageBusy, StorageFull):
        return Again(_TROUBLE_S)
    return None


@task()
def supplements_seek() -> Again:
    """Look for supplements beside all packages, now and a minute later again: it never ends."""
    faults.reach("worker.seeks")
    supplements_look(being_taken=_words_of(supplements_bring.module_path))
    return Again(LOOK_S)


def seek_supplements() -> bool:
    """See to it that supplements are looked for; tell whether nobody did."""
    with transaction.atomic():
        # Of two workers the second waits here, and sees what the first asked for.
        Heartbeat.objects.select_for_update().get(part=Part.WORKER.value)
        if _waiting().filter(task_path=supplements_seek.module_path).exists():
            return False
        supplements_seek.enqueue()
    return True


@task()
def rematch_run(rematch_id: str) -> Again | None:
    """Have packages matched again, and follow that until it ends."""
    rematch = Rematch.objects.select_related("case").get(pk=UUID(rematch_id))
    if rematch.standing.has_ended:
        return None
    try:
        status = _errand(rematch)
    except BrokerGone:
        return Again(_TROUBLE_S)
    except BrokerRefused as error:
        if error.code == Code.BUSY:
            return Again(_TROUBLE_S)
        _step(rematch, RematchState.FAILED, str(error))
        return None
    state = _STATES[status.state]
    # A broker that was started anew queues again what it ran: here it runs on.
    if not (rematch.standing is RematchState.RUNNING and state is RematchState.ASKED):
        _step(rematch, state, status.message)
    return None if state.has_ended else Again(_SOON_S)


def _errand(rematch: Rematch) -> ErrandStatus:
    broker, errand_id = broker_client(), str(rematch.errand_id)
    try:
        return broker.errand_status(errand_id)
    except BrokerRefused as error:
        if error.code != Code.NO_ERRAND:
            raise
    return broker.match_start(MatchOrder(errand_id, _places(rematch), rematch.asked_by))


def _places(rematch: Rematch) -> tuple[str, ...] | None:
    """Return where the packages lie, ``None`` for all there are.

    By what the record holds, not by a folder: one that was attached lies wherever it was put.
    """
    if rematch.case_id is None:
        return None
    rows = Package.objects.filter(case_id=rematch.case_id, state=PackageState.IMPORTED.value)
    places = tuple(rows.order_by("number").values_list("place", flat=True).distinct())
    return places if len(places) <= MOST_PACKAGES else None


def _step(rematch: Rematch, state: RematchState, message: str) -> None:
    rematch_step(WORKER, reason=_REASON, rematch=rematch, state=state, message=message)


def fail_given_up_rematches() -> int:
    """Fail the matchings that move, but whose task was given up; return how many.

    Without it no other could ever be asked for.
    """
    moving = Rematch.objects.select_related("case").filter(state__in=("asked", "running"))
    found = list(moving)
    alive = _words_of(rematch_run.module_path) if found else frozenset()
    given_up = [each for each in found if str(each.id) not in alive]
    count = 0
    for each in given_up:
        try:
            _step(each, RematchState.FAILED, _GIVEN_UP)
        except UsageError:
            continue  # it ended meanwhile by itself
        count += 1
    return count


def _waiting() -> "QuerySet[DBTaskResult[Any, Any]]":
    waiting = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    return DBTaskResult.objects.filter(status__in=waiting)


def _words_of(task_path: str) -> frozenset[str]:
    """Return what tasks of a kind that wait or run are about."""
    rows = _waiting().filter(task_path=task_path).values_list("args_kwargs", flat=True)
    return frozenset(str(word) for row in rows for word in row["args"])


@task()
def stacks_compute(case_id: str, package_id: str) -> None:
    """Compute the stacks of a package, or of the whole case where ``package_id`` is empty."""
    # The web server enqueues this and never runs it: what compares fingerprints stays unloaded.
    from polit.web.matching.services.stacking import stacks_make  # noqa: PLC0415

    stacks_make(UUID(case_id), UUID(package_id) if package_id else None)
    if not package_id:
        # Leads come from the stacks of the whole case, so items follow them.
        items_bring.enqueue(case_id)


@task()
def items_bring(case_id: str) -> None:
    """Bring the items of a case's review in line with its packages, matches and stacks."""
    from polit.web.items.services.building import items_build  # noqa: PLC0415 - the worker alone

    items_build(UUID(case_id))


def device_changed(exhibit: Exhibit, **_sent: object) -> None:
    """Have items follow what is said of devices, in the transaction that says it.

    Where nothing was built yet, the first build sees it anyhow; one that changes nothing that
    items are built from ends at once.
    """
    if ReviewSet.objects.filter(case_id=exhibit.case_id).exists():
        items_bring.enqueue(str(exhibit.case_id))


def bring_wanted(package: Package, **_sent: object) -> None:
    """Ask for a package's supplements, in the transaction that wants them."""
    supplements_bring.enqueue(str(package.id))


def rematch_asked(rematch: Rematch, **_sent: object) -> None:
    """Ask for matching again, in the transaction that wants it."""
    rematch_run.enqueue(str(rematch.id))


def stack_changed(package: Package, **_sent: object) -> None:
    """Ask for stacks anew, in the transaction that changed what they are made of."""
    stacks_compute.enqueue(str(package.case_id), str(package.id))
    stacks_compute.enqueue(str(package.case_id), "")
