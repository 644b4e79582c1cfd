"""Long errands: command lines of polit that the record asked for, run one at a time.

**How an operation sends one.** It checks what it was asked, makes the command line itself (the web
never sends one), and orders it under an id that the web chose, so that asking twice does it once::

    status = room.errands.order(
        ErrandOrder(
            errand_id=body.errand_id,
            command=("match", str(package), "--sets", name, "--json"),
            reads=(str(sets_folder), str(keys_folder)),
            writes=(str(packages_folder),),
        )
    )
    return Reply(status)

The web follows it by ``errand.status`` and stops it by ``errand.cancel``. ``ErrandStatus.result``
is the JSON object that the command printed (``print_object``), its counts are what the command
tells by ``polit.base.counts.tell_counts``.

**What holds it.** The process has no network, gains no rights, may use so much memory, time and so
many files, and opens nothing but polit's own program, ``reads`` and ``writes`` (Landlock, where the
kernel has it): a hostile file that takes over its parser finds no key and no package.

**What survives.** The order is in the ledger before anybody is told. A broker that was killed
queues what ran again, so **the command must be able to run again**; after ``_MOST_STARTS`` starts
it is failed, as it may be what kills the broker.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec

from polit.base import faults
from polit.base.errors import BrokerRefused
from polit.broker.errand_protocol import ErrandState, ErrandStatus
from polit.broker.errand_talk import (
    MAX_LINE_BYTES,
    ErrandEnded,
    ErrandOrder,
    ErrandTold,
    ErrandTurn,
    decode_line,
    encode_line,
)
from polit.broker.protocol import (
    Code,
)
from polit.broker.server.errand_rows import ErrandRows, QueuedErrand
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.log import log
from polit.broker.server.queue import OneAtATime
from polit.broker.server.session import Session, Talk, environment_of_child
from polit.broker.server.settings import BrokerSettings
from polit.sandbox.lockdown import has_seccomp, landlock_abi

_MODULE = "polit.broker.errand"
_STOP_S = 30.0
_MOST_STARTS = 5
_LONGEST_MESSAGE = 1_000
_DONE = {0, 3}
"""Exit codes of a command that did what it was to do: done, and some items failed."""
_TALK = Talk(ErrandTurn, ErrandEnded, decode_line, _STOP_S, MAX_LINE_BYTES)


class Errands:
    """The queue of errands and the thread that runs them."""

    def __init__(self, settings: BrokerSettings, ledger: BrokerLedger) -> None:
        """Take where things are; ``start`` starts the thread."""
        self._data, self._work = settings.data, settings.ledger / "errands"
        self._rows = ErrandRows(ledger)
        self._consumed: Callable[[str], None] = lambda _: None
        self._queue = OneAtATime("errands", self)

    def on_done(self, consumed: Callable[[str], None]) -> None:
        """Have a function called with the upload of each errand that is done."""
        self._consumed = consumed

    def uploads(self) -> frozenset[str]:
        """Return the uploads that errands which have not ended need."""
        orders = (msgspec.json.decode(asked, type=ErrandOrder) for asked in self._rows.open())
        return frozenset(order.upload_id for order in orders if order.upload_id)

    def start(self) -> None:
        """Queue again what a broker before this one left, and begin to work."""
        # Where the kernel lacks one, an errand can open what the broker can, or reach the network.
        log("errands.confined", files=int(landlock_abi() > 0), network=int(has_seccomp()))
        shutil.rmtree(self._work, ignore_errors=True)
        left = self._rows.put_back(was_killed=True)
        if left:
            log("errands.put_back", count=left)
        self._queue.start()

    def close(self) -> None:
        """Stop what runs; the next broker begins it again."""
        self._queue.close()

    def order(self, order: ErrandOrder) -> ErrandStatus:
        """Queue an errand; the same order again only tells where it stands.

        Raises:
            BrokerRefused: ``order_differs``.
        """
        is_new = self._rows.status(order.errand_id) is None
        asked = msgspec.json.encode(order).decode()
        if self._rows.add(order.errand_id, asked) != asked:
            raise BrokerRefused(Code.ORDER_DIFFERS, "an errand with this id was ordered otherwise")
        if is_new:
            log("errand.queued", errand_id=order.errand_id, verb=order.command[0])
        self._queue.wake()
        return self.status(order.errand_id)

    def known(self, errand_id: str) -> ErrandStatus | None:
        """Return where an errand stands, ``None`` where none has that id."""
        return self._rows.status(errand_id)

    def status(self, errand_id: str) -> ErrandStatus:
        """Return where an errand stands.

        Raises:
            BrokerRefused: ``no_errand``.
        """
        status = self.known(errand_id)
        if status is None:
            raise BrokerRefused(Code.NO_ERRAND, "no errand was ordered under this id")
        return status

    def cancel(self, errand_id: str) -> ErrandStatus:
        """Stop an errand; one that has ended stays as it is.

        Raises:
            BrokerRefused: ``no_errand``.
        """
        self.status(errand_id)
        with self._queue.held:
            if not self._rows.move(
                errand_id, to=ErrandState.CANCELLED, only_from=ErrandState.QUEUED
            ):
                self._rows.move(errand_id, to=ErrandState.STOPPING, only_from=ErrandState.RUNNING)
            self._queue.stop(errand_id)
        log("errand.cancelled", errand_id=errand_id)
        return self.status(errand_id)

    def take(self) -> QueuedErrand | None:
        """Take the errand that was queued first."""
        return self._rows.take()

    def broke(self, job: QueuedErrand, number: int, message: str) -> None:
        """Keep that an errand could not be run."""
        del number
        self._end(job, ErrandEnded(1, message, ""))

    def run(self, job: QueuedErrand) -> None:
        """Run an errand, and keep how it ended."""
        if job.starts > _MOST_STARTS:
            message = f"it was begun {_MOST_STARTS} times and the broker ended each time"
            self._end(job, ErrandEnded(1, message, ""))
            return
        order = msgspec.json.decode(job.asked, type=ErrandOrder)
        work = self._work / job.errand_id
        work.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._end(job, self._run_in(work, order))
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _run_in(self, work: Path, order: ErrandOrder) -> ErrandEnded:
        told = encode_line(ErrandTold(order, str(work)))
        with self._queue.held:
            session = Session(_MODULE, told, env=self._environment(work), talk=_TALK)
            stopping = self.status(order.errand_id).state is ErrandState.STOPPING
            self._queue.began(order.errand_id, session, stopping=stopping)
        log("errand.started", errand_id=order.errand_id, pid=session.pid)
        try:
            ended = session.follow(lambda turn: self._note(order.errand_id, turn))
        finally:
            self._queue.ended()
        how = f"it ended without a word ({session.how_it_ended}): too much memory or time?"
        return ended or ErrandEnded(1, how, "")

    def _environment(self, work: Path) -> dict[str, str]:
        passing = {"TMPDIR": str(work), "SQLITE_TMPDIR": str(work)}
        return {**environment_of_child(self._data), **passing}

    def _note(self, errand_id: str, turn: ErrandTurn) -> None:
        with self._queue.held:
            status = replace(
                self.status(errand_id), phase=turn.phase, done=turn.done, total=turn.total
            )
            self._rows.keep(status)
        faults.reach("broker.errand_noted")

    def _end(self, job: QueuedErrand, ended: ErrandEnded) -> None:
        order = msgspec.json.decode(job.asked, type=ErrandOrder)
        with self._queue.held:
            status = self.status(job.errand_id)
            if self._queue.ends and ended.exit_code not in _DONE:
                self._rows.put_back()  # the broker ends: the next one begins it again
                return
            if ended.exit_code in _DONE:
                state = ErrandState.DONE
            elif status.state is ErrandState.STOPPING:
                state = ErrandState.CANCELLED
            else:
                state = ErrandState.FAILED
            self._rows.keep(
                replace(
                    status, state=state, phase="", message=ended.message[:_LONGEST_MESSAGE],
                    exit_code=ended.exit_code, result=ended.result,
                )
            )  # fmt: skip
        log("errand.ended", errand_id=job.errand_id, state=state.value, exit_code=ended.exit_code)
        if order.upload_id and state is ErrandState.DONE:
            self._consumed(order.upload_id)
