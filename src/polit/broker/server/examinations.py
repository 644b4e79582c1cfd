"""Examinations that the record ordered: queued, run one at a time, stopped, gone on with.

Where each stands is in the ledger before anybody is told; a broker that was killed finds what ran
as interrupted. Going on is the engine's own ``--resume``: what was settled stays settled.
"""

import sqlite3
import threading
from dataclasses import replace

import msgspec

from polit.base import faults
from polit.base.digests import stated_digest
from polit.base.errors import BrokerRefused, Interrupted, PolitError, UsageError
from polit.broker.examiner_talk import Ended, ExaminerOrder, Turn
from polit.broker.protocol import Code, ExamineOrder, JobState, JobStatus
from polit.broker.server.evidence import EvidenceRoots
from polit.broker.server.ledger import BrokerLedger, QueuedJob
from polit.broker.server.log import log
from polit.broker.server.session import Session
from polit.broker.server.settings import BrokerSettings
from polit.package.layout import package_name
from polit.store.case_keys import case_name

_SEALED = {0, 3, 4}
"""Exit codes of a session that sealed its package: done, some items failed, integrity."""
_LEDGER_AGAIN_S = 5.0
"""A full disk is waited for: the examinations go on once the ledger can be written again."""


class Examinations:
    """The queue of examinations and the thread that runs them."""

    def __init__(
        self, settings: BrokerSettings, ledger: BrokerLedger, evidence: EvidenceRoots
    ) -> None:
        """Take where things are; ``start`` starts the thread."""
        self._settings, self._ledger, self._evidence = settings, ledger, evidence
        self._changed = threading.Condition()
        self._session: tuple[str, Session] | None = None
        self._ends = False
        # One that lives as long as the broker: a session ends with the thread that started it.
        self._thread = threading.Thread(target=self._work, name="examinations", daemon=True)

    def start(self) -> None:
        """Find what a broker before this one left, and begin to work."""
        left = self._ledger.interrupt_all()
        if left:
            log("examinations.interrupted", count=left)
        self._thread.start()

    def close(self) -> None:
        """Stop what runs at a checkpoint; what is queued stays queued."""
        with self._changed:
            self._ends = True
            self._changed.notify_all()
            if self._session is not None:
                self._session[1].stop()
        if self._thread.is_alive():
            self._thread.join()

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
        self._wake()
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
        with self._changed:
            if not self._ledger.move_job(
                order_id, to=JobState.INTERRUPTED, only_from=(JobState.QUEUED,)
            ):
                self._ledger.move_job(order_id, to=JobState.STOPPING, only_from=(JobState.RUNNING,))
            if self._session is not None and self._session[0] == order_id:
                self._session[1].stop()
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
        self._wake()
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

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            job = self._next()
            if job is None:
                return
            try:
                self._run(job)
            except Exception as error:  # noqa: BLE001 - the loop goes on with the next examination
                number = error.number if isinstance(error, PolitError) else PolitError.number
                log("examination.broken", order_id=job.order_id, error=number)
                message = str(error) if isinstance(error, PolitError) else "the broker failed at it"
                self._end_once_it_can_be_kept(job, Ended(1, number, message))

    def _next(self) -> QueuedJob | None:
        """Wait for the next examination; ``None`` at the end of the broker."""
        with self._changed:
            while not self._ends:
                try:
                    job = self._ledger.take_job()
                except sqlite3.Error:
                    log("examinations.ledger_fails")
                    self._changed.wait(_LEDGER_AGAIN_S)
                    continue
                if job is not None:
                    return job
                self._changed.wait()
        return None

    def _end_once_it_can_be_kept(self, job: QueuedJob, ended: Ended) -> None:
        """Keep how it ended; a broker that ends before it can finds it as interrupted."""
        while not self._ends:
            try:
                self._end(job, ended)
            except sqlite3.Error:
                log("examinations.ledger_fails")
                with self._changed:
                    self._changed.wait(_LEDGER_AGAIN_S)
            else:
                return

    def _run(self, job: QueuedJob) -> None:
        told = self._told(job)
        with self._changed:
            session = Session(told, str(self._settings.data))
            self._session = (job.order_id, session)
            stopping = self.status(job.order_id).state is JobState.STOPPING
            if self._ends or stopping:
                session.stop()
        log("examination.started", order_id=job.order_id, pid=session.pid)
        try:
            ended = session.follow(lambda turn: self._note(job, turn))
        finally:
            with self._changed:
                self._session = None
        self._end(job, ended)

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
        with self._changed:
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
        with self._changed:
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
