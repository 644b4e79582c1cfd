"""Takes an examination one step on: asks the broker, keeps what it says, imports at the end.

Each step may run twice, and a worker may be killed at any moment between two of them: the broker
knows an order by its identifier, the import knows a package by its own, and the state in the
record is only ever what was found.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from polit.base.errors import (
    BrokerGone,
    BrokerRefused,
    PackageBusy,
    PolitError,
    StorageFull,
    UsageError,
)
from polit.broker.client import Code, ExamineOrder, JobState, JobStatus
from polit.web.core.acting import Actor
from polit.web.examinations.models import Examination, Progress
from polit.web.examinations.rules import ExaminationKind, ExaminationState
from polit.web.examinations.services import (
    Step,
    examination_step,
    progress_keep,
    progress_say,
)
from polit.web.intake.services import Adopter, Attached, package_import
from polit.web.media.queries import manifest_of
from polit.web.media.rules import PackageState

SOON_S, LATER_S, TROUBLE_S = 5, 30, 60
_GIVEN_UP = "the worker tried several times and gave up: resume to try again, or tell whoever looks\
 after the server"
_BUSY = "The broker is busy: asked again in a minute"
_TROUBLES: tuple[tuple[type[PolitError], str], ...] = (
    (BrokerGone, "The broker does not answer: asked again in a minute"),
    (PackageBusy, "Another import of it goes on: asked again in a minute"),
    (StorageFull, "No room on the disk: asked again in a minute"),
)
"""What is waited for, and what the page says meanwhile."""
_REASON = "found by the worker"
_STATES = {
    JobState.QUEUED: ExaminationState.QUEUED,
    JobState.RUNNING: ExaminationState.RUNNING,
    JobState.STOPPING: ExaminationState.STOPPING,
    JobState.INTERRUPTED: ExaminationState.INTERRUPTED,
    JobState.DONE: ExaminationState.DONE,
    JobState.FAILED: ExaminationState.FAILED,
}


class Examiner(Adopter, Protocol):
    """What is asked of the broker."""

    def examine_start(self, order: ExamineOrder) -> JobStatus:
        """Order an examination; the same order again only returns where it stands."""

    def examine_status(self, order_id: str) -> JobStatus:
        """Return where an examination stands."""

    def examine_cancel(self, order_id: str) -> JobStatus:
        """Stop an examination at a checkpoint."""

    def examine_resume(self, order_id: str) -> JobStatus:
        """Go on with an examination that was interrupted or failed."""


def advance(examination_id: UUID, turn: int, *, broker: Examiner, actor: Actor) -> int | None:
    """Take an examination a step on.

    Args:
        examination_id: Which.
        turn: The turn in which this was asked for; a later one has a task of its own.
        broker: Who examines and verifies.
        actor: In whose name it is recorded.

    Returns:
        After how many seconds to look again, ``None`` where nothing more is to be done.
    """
    found = Examination.objects.select_related("case", "exhibit__case").get(pk=examination_id)
    if Progress.objects.get(pk=examination_id).turn != turn:
        return None
    told = _Told(actor, turn, broker)
    try:
        return _advance(found, told)
    except PolitError as error:
        said = _waited_for(error)
        if said:
            progress_say(examination_id, said)
            return TROUBLE_S
        _step(told, found, Step(ExaminationState.FAILED, str(error)))
        return None


def fail_given_up(actor: Actor) -> int:
    """Fail the examinations that move, but whose task was given up; return how many.

    Without it a page would say for ever that they are being examined.
    """
    moving = [state.value for state in ExaminationState if state.is_moving]
    found = dict(Progress.objects.filter(examination__state__in=moving).values_list("pk", "turn"))
    if not found:
        return 0
    waiting = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    rows = DBTaskResult.objects.filter(status__in=waiting).values_list("args_kwargs", flat=True)
    alive = {str(word) for row in rows for word in row["args"]}
    count = 0
    for examination_id, turn in found.items():
        if str(examination_id) in alive:
            continue
        step = Step(ExaminationState.FAILED, _GIVEN_UP)
        # One that ended meanwhile by itself is not failed.
        with suppress(UsageError):
            examination_step(
                actor, reason=_REASON, examination_id=examination_id, turn=turn, step=step
            )
            count += 1
    return count


@dataclass(frozen=True, slots=True)
class _Told:
    """In whose name, in which turn, and who is asked."""

    actor: Actor
    turn: int
    broker: Examiner


def _waited_for(error: PolitError) -> str:
    """Return what the page says of a trouble that passes, empty for one that does not."""
    if isinstance(error, BrokerRefused):
        return _BUSY if error.code == Code.BUSY else ""
    return next((text for kind, text in _TROUBLES if isinstance(error, kind)), "")


def _advance(found: Examination, told: _Told) -> int | None:
    if found.way is ExaminationKind.ATTACHED and found.standing is ExaminationState.ASKED:
        found = _step(told, found, Step(ExaminationState.DONE))
    elif found.standing.is_moving and found.standing is not ExaminationState.DONE:
        found = _ask(told, found)
    if found.standing is ExaminationState.CANCELLED:
        _call_off(found, told.broker)
    if found.standing is ExaminationState.DONE:
        return _bring_in(told, found)
    if not found.standing.is_moving:
        return None
    return LATER_S if found.standing is ExaminationState.QUEUED else SOON_S


def _call_off(found: Examination, broker: Examiner) -> None:
    """Have the broker stop what was cancelled, perhaps while it was being ordered."""
    if found.way is ExaminationKind.QUEUED:
        with suppress(BrokerRefused):  # it was never ordered
            broker.examine_cancel(str(found.order_id))


def _ask(told: _Told, found: Examination) -> Examination:
    status = _status(found, told.broker)
    progress_keep(found.id, status)
    state = _STATES[status.state]
    if found.standing is ExaminationState.STOPPING and state in {
        ExaminationState.QUEUED, ExaminationState.RUNNING,
    }:  # fmt: skip
        return found
    return _step(told, found, Step(state, status.message, status.package))


def _status(found: Examination, broker: Examiner) -> JobStatus:
    order_id = str(found.order_id)
    if found.standing is ExaminationState.STOPPING:
        return broker.examine_cancel(order_id)
    if found.standing is not ExaminationState.ASKED:
        return broker.examine_status(order_id)
    status = broker.examine_start(order_of(found))
    if found.resumes and status.state in {JobState.INTERRUPTED, JobState.FAILED}:
        return broker.examine_resume(order_id)
    return status


def order_of(examination: Examination) -> ExamineOrder:
    """Return what the broker is asked for."""
    return ExamineOrder(
        order_id=str(examination.order_id),
        case_reference=examination.case.reference,
        exhibit_reference=examination.exhibit.reference,
        examiner=examination.asked_by,
        authority=examination.authority,
        evidence=examination.place,
        acquisition=tuple(examination.acquisition.split()),
        clock_offset_s=examination.clock_offset_s,
        time_zone=examination.time_zone,
        keep_originals=examination.keep_originals,
        accept_atime=examination.accept_atime,
        accept_reduced_isolation=examination.accept_reduced_isolation,
        carve=examination.carve,
        shadow_copies=examination.shadow_copies,
    )


def _bring_in(told: _Told, found: Examination) -> int | None:
    attached = Attached(found.exhibit, found.package, found.mismatch_reason, found)
    package = package_import(told.actor, reason=_REASON, attached=attached, broker=told.broker)
    if package.state == PackageState.REFUSED.value:
        message = "the package is refused: see what was checked"
        _step(told, found, Step(ExaminationState.FAILED, message))
        return None
    tally = manifest_of(package).tally
    Progress.objects.filter(pk=found.id).update(
        phase="", entries=tally.entries, done=tally.done, skipped=tally.skipped,
        failed=tally.failed,
    )  # fmt: skip
    _step(told, found, Step(ExaminationState.IMPORTED))
    return None


def _step(told: _Told, found: Examination, step: Step) -> Examination:
    return examination_step(
        told.actor, reason=_REASON, examination_id=found.id, turn=told.turn, step=step
    )
