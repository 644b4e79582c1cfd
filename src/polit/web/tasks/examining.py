"""Takes an examination one step on: asks the broker, keeps what it says, imports at the end.

Each step may run twice, and a worker may be killed at any moment between two of them: the broker
knows an order by its identifier, the import knows a package by its own, and the state in the
record is only ever what was found.
"""

from typing import Protocol
from uuid import UUID

from polit.base.errors import (
    BrokerGone,
    PackageBusy,
    PolitError,
    StorageFull,
)
from polit.broker.client import ExamineOrder, JobState, JobStatus
from polit.web.core.acting import Actor
from polit.web.examinations.models import Examination, Progress
from polit.web.examinations.rules import ExaminationKind, ExaminationState
from polit.web.examinations.services import Step, examination_step, progress_keep
from polit.web.intake.services import Adopter, Attached, package_import
from polit.web.media.rules import PackageState

SOON_S, LATER_S, TROUBLE_S = 5, 30, 60
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
    if Progress.objects.get(pk=examination_id).turn != turn or not found.standing.is_moving:
        return None
    try:
        if found.way is ExaminationKind.ATTACHED and found.standing is ExaminationState.ASKED:
            found = _step(actor, found, Step(ExaminationState.DONE))
        elif found.standing is not ExaminationState.DONE:
            found = _ask(actor, found, broker)
        if found.standing is ExaminationState.DONE:
            return _bring_in(actor, found, broker)
    except (BrokerGone, PackageBusy, StorageFull):
        return TROUBLE_S
    except PolitError as error:
        _step(actor, found, Step(ExaminationState.FAILED, str(error)))
        return None
    if not found.standing.is_moving:
        return None
    return LATER_S if found.standing is ExaminationState.QUEUED else SOON_S


def _ask(actor: Actor, found: Examination, broker: Examiner) -> Examination:
    status = _told(found, broker)
    progress_keep(found.id, status)
    state = _STATES[status.state]
    if found.standing is ExaminationState.STOPPING and state in {
        ExaminationState.QUEUED, ExaminationState.RUNNING,
    }:  # fmt: skip
        return found
    return _step(actor, found, Step(state, status.message, status.package))


def _told(found: Examination, broker: Examiner) -> JobStatus:
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
    )


def _bring_in(actor: Actor, found: Examination, broker: Examiner) -> int | None:
    attached = Attached(found.exhibit, found.package, found.mismatch_reason, found)
    package = package_import(actor, reason=_REASON, attached=attached, broker=broker)
    if package.state == PackageState.REFUSED.value:
        message = "the package is refused: see what was checked"
        _step(actor, found, Step(ExaminationState.FAILED, message))
        return None
    Progress.objects.filter(pk=found.id).update(entries=package.entries)
    _step(actor, found, Step(ExaminationState.IMPORTED))
    return None


def _step(actor: Actor, found: Examination, step: Step) -> Examination:
    return examination_step(actor, reason=_REASON, examination_id=found.id, step=step)
