"""Examinations that the record ordered: queued, run one at a time, stopped, gone on with.

Where each stands is in the ledger before anybody is told; a broker that was killed finds what ran
as interrupted. Going on is the engine's own ``--resume``: what was settled stays settled.
"""

from dataclasses import replace

import msgspec

from polit.base import faults
from polit.base.digests import stated_digest
from polit.base.errors import BrokerRefused, Interrupted, UsageError
from polit.broker.examiner_talk import Ended, ExaminerOrder, Turn, decode_line, encode_line
from polit.broker.protocol import Code, ExamineOrder, JobState, JobStatus
from polit.broker.server.evidence import EvidenceRoots
from polit.broker.server.ledger import BrokerLedger, QueuedJob
from polit.broker.server.log import log
from polit.broker.server.queue import OneAtATime
from polit.broker.server.session import Session, Talk, environment_of_child
from polit.broker.server.settings import BrokerSettings
from polit.package.layout import package_name
from polit.store.case_keys import case_name

_SEALED = {0, 3, 4}
"""Exit codes of a session that sealed its package: done, some items failed, integrity."""
_MODULE = "polit.broker.examiner"
_CHECKPOINT_S = 180.0
"""A checkpoint waits for the items in work, the slowest of which is a video."""
_TALK = Talk(Turn, Ended, decode_line, _CHECKPOINT_S)


class Examinations:
    """The queue of examinations and the thread that runs them."""

    def __init__(
        self, settings: BrokerSettings, ledger: BrokerLedger, evidence: EvidenceRoots
    ) -> None:
        """Take where things are; ``start`` starts the thread."""
        self._settings, self._ledger, self._evidence = settings, ledger, evidence
        self._queue = OneAtATime("examinations", self)

    def start(self) -> None:
        """Find what a broker before this one left, and begin to work."""
        left = self._ledger.interrupt_all()
        if left:
            log("examinations.interrupted", count=left)
        self._queue.start()

    def close(self) -> None:
        """Stop what runs at a checkpoint; what is queued stays queued."""
        self._queue.close()

    def order(self, order: ExamineOrder) -> JobStatus:
        """Queue an examination; the same order again only tells where it stands.

        Raises:
            BrokerRefused: ``no_evidence``, ``bad_request`` or ``order_differs``.
        """
        known = self._ledger.status_of(order.order_id)
        if known is None:
            self._check(order)
        asked = msgspec.json.encode(order).decode()
        if self._ledger.add_job(order.order_id, asked, resumes=order.resume) != asked:
            raise BrokerRefused(
                Code.ORDER_DIFFERS, "an examination with this order id was ordered otherwise"
            )
        if known is None:
            log("examination.queued", order_id=order.order_id)
        self._queue.wake()
        return self.status(order.order_id)

    def status(self, order_id: str) -> JobStatus:
        """Return where an examination stands.

        Raises:
            BrokerRefused: ``no_order``.
        """
        status = self._ledger.status_of(order_id)
        if status is None:
            raise BrokerRefused(Code.NO_ORDER, "no examination was ordered under this id")
        return status

    def cancel(self, order_id: str) -> JobStatus:
        """Stop an examination at a checkpoint; one that has ended stays as it is.

        Raises:
            BrokerRefused: ``no_order``.
        """
        self.status(order_id)
        with self._queue.held:
            if not self._ledger.move_job(
                order_id, to=JobState.INTERRUPTED, only_from=(JobState.QUEUED,)
            ):
                self._ledger.move_job(order_id, to=JobState.STOPPING, only_from=(JobState.RUNNING,))
            self._queue.stop(order_id)
        log("examination.cancelled", order_id=order_id)
        return self.status(order_id)

    def resume(self, order_id: str) -> JobStatus:
        """Queue an examination again that was interrupted or failed; others stay as they are.

        Raises:
            BrokerRefused: ``no_order``.
        """
        self.status(order_id)
        again = (JobState.INTERRUPTED, JobState.FAILED)
        if self._ledger.move_job(order_id, to=JobState.QUEUED, only_from=again):
            log("examination.resumed", order_id=order_id)
        self._queue.wake()
        return self.status(order_id)

    def _check(self, order: ExamineOrder) -> None:
        """Refuse at once what no session could begin with."""
        self._evidence.path_of(order.evidence)
        try:
            case_name(order.case_reference)
            for digest in order.acquisition:
                stated_digest(digest)
        except UsageError as error:
            raise BrokerRefused(Code.BAD_REQUEST, str(error)) from error

    def take(self) -> QueuedJob | None:
        """Take the examination that was queued first."""
        return self._ledger.take_job()

    def broke(self, job: QueuedJob, number: int, message: str) -> None:
        """Keep that an examination could not be run."""
        self._end(job, Ended(1, number, message))

    def run(self, job: QueuedJob) -> None:
        """Examine, and keep how it ended."""
        told = encode_line(self._told(job))
        with self._queue.held:
            environment = environment_of_child(self._settings.data)
            session = Session(_MODULE, told, env=environment, talk=_TALK)
            stopping = self.status(job.order_id).state is JobState.STOPPING
            self._queue.began(job.order_id, session, stopping=stopping)
        log("examination.started", order_id=job.order_id, pid=session.pid)
        try:
            ended = session.follow(lambda turn: self._note(job, turn))
        finally:
            self._queue.ended()
        self._end(job, ended or _without_a_word(session.how_it_ended))

    def _told(self, job: QueuedJob) -> ExaminerOrder:
        order = msgspec.json.decode(job.asked, type=ExamineOrder)
        out = self._settings.packages / case_name(order.case_reference)
        begun = (out / package_name(order.exhibit_reference)).exists()
        return ExaminerOrder(
            order=order,
            source=str(self._evidence.path_of(order.evidence)),
            out=str(out),
            vault=str(self._settings.vault) if order.keep_originals else "",
            resume=job.resumes and (order.resume or begun),
        )

    def _note(self, job: QueuedJob, turn: Turn) -> None:
        with self._queue.held:
            status = self.status(job.order_id)
            self._ledger.set_status(
                replace(
                    status, phase=turn.phase, entries=turn.entries, failed=turn.failed,
                    done=max(0, turn.settled - turn.failed), message=turn.message,
                    alerts=max(turn.alerts, status.alerts),
                )
            )  # fmt: skip
        faults.reach("broker.noted")

    def _end(self, job: QueuedJob, ended: Ended) -> None:
        order = msgspec.json.decode(job.asked, type=ExamineOrder)
        with self._queue.held:
            status = replace(
                self.status(job.order_id), message=ended.message, exit_code=ended.exit_code,
                phase="",
            )  # fmt: skip
            if ended.package and ended.exit_code in _SEALED:
                status = replace(
                    status, state=JobState.DONE, entries=ended.entries, done=ended.done,
                    skipped=ended.skipped, failed=ended.failed,
                    package=f"{case_name(order.case_reference)}/{ended.package}",
                )  # fmt: skip
            elif ended.exit_code == Interrupted.exit_code:
                status = replace(status, state=JobState.INTERRUPTED)
            else:
                status = replace(status, state=JobState.FAILED)
            self._ledger.set_status(status)
        log(
            "examination.ended", order_id=job.order_id, state=status.state.value,
            exit_code=ended.exit_code, error=ended.number,
        )  # fmt: skip


def _without_a_word(how: str) -> Ended:
    """Return what a process that was killed came to: it can be resumed."""
    return Ended(
        Interrupted.exit_code, Interrupted.number,
        f"the examiner ended without a word ({how}): go on by resuming it",
    )  # fmt: skip
