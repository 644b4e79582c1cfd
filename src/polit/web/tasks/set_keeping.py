"""Takes orders of hash sets a step on, tells the store of acts, and copies what it tells.

Each step may run twice: the broker knows an errand by its identifier, and switching a set off
twice is once. An act that is committed is told to the store until the store agrees.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import msgspec
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from polit.base.clock import monotonic_s
from polit.base.errors import BrokerGone, BrokerRefused, UsageError
from polit.broker.client import (
    Code,
    ErrandState,
    ErrandStatus,
    SetActOrder,
    SetImportOrder,
    SetUpdateOrder,
    SetVerifyOrder,
    StoreAct,
    StoredSetFacts,
)
from polit.web.core.acting import Actor
from polit.web.hashsets.models import HashSet, OrderProgress, SetOrder
from polit.web.hashsets.queries import deed_latest, order_get
from polit.web.hashsets.rules import OrderKind, OrderState
from polit.web.hashsets.services import (
    Step,
    hash_sets_copy,
    order_step,
    progress_keep,
    progress_say,
)
from polit.web.hashsets.signals import set_switched

SOON_S, TROUBLE_S = 3, 60
_COPY_S = 60.0
_REASON = "found by the worker"
_GIVEN_UP = "the worker tried several times and gave up: try again, or tell whoever looks after\
 the server"
_SILENT = "The broker does not answer: asked again in a minute"
_BUSY = "The broker is busy: asked again in a minute"
_STATES = {
    ErrandState.QUEUED: OrderState.QUEUED,
    ErrandState.RUNNING: OrderState.RUNNING,
    ErrandState.STOPPING: OrderState.STOPPING,
    ErrandState.CANCELLED: OrderState.CANCELLED,
    ErrandState.DONE: OrderState.DONE,
    ErrandState.FAILED: OrderState.FAILED,
}


class Store(Protocol):
    """What is asked of the broker."""

    def errand_status(self, errand_id: str) -> ErrandStatus:
        """Return where an errand stands."""

    def errand_cancel(self, errand_id: str) -> ErrandStatus:
        """Stop an errand."""

    def hashset_import(self, order: SetImportOrder) -> ErrandStatus:
        """Order an import."""

    def hashset_update(self, order: SetUpdateOrder) -> ErrandStatus:
        """Order a signed update."""

    def hashset_verify(self, order: SetVerifyOrder) -> ErrandStatus:
        """Order a verification."""

    def hashset_switch(self, order: SetActOrder) -> None:
        """Do something to a set."""

    def hashset_list(self) -> tuple[StoredSetFacts, ...]:
        """Return the sets of the store."""


class _Set(msgspec.Struct):
    """What of a set in a result is wanted here."""

    sha256: str = ""
    parts: int = 0
    keys: object = 0
    findings: tuple[str, ...] = ()


class _Result(msgspec.Struct):
    """What of the result of a command is wanted here, whichever it was."""

    sets: tuple[_Set, ...] = ()
    holds: bool | None = None
    imported: tuple[_Set, ...] = ()
    present: tuple[_Set, ...] = ()
    removed: tuple[str, ...] = ()
    issued_at: str = ""


def order_advance(order_id: UUID, turn: int, *, broker: Store, actor: Actor) -> float | None:
    """Take an order a step on.

    Args:
        order_id: Which.
        turn: The turn in which this was asked for; a later one has a task of its own.
        broker: Who does it.
        actor: In whose name it is recorded.

    Returns:
        After how many seconds to look again, ``None`` where nothing more is to be done.
    """
    found = order_get(order_id)
    if found.progress.turn != turn:
        return None
    told = _Told(actor, turn)
    try:
        status = _status(found, broker)
    except BrokerGone:
        progress_say(found, _SILENT)
        return TROUBLE_S
    except BrokerRefused as error:
        return _refused(found, told, error)
    if not found.standing.is_moving:
        return None
    progress_keep(found, status)
    if status.state is ErrandState.DONE and not _copied(broker):
        return TROUBLE_S
    state = _STATES[status.state]
    if not (found.standing is OrderState.STOPPING and state.is_moving):
        _step(found, told, _found(status, state))
    return SOON_S if state.is_moving else None


def _copied(broker: Store) -> bool:
    """Copy what the store tells: a set can be looked at before its order says that it is done.

    Returns:
        Whether there is no use in waiting: a store with a damaged set tells nothing until
        somebody removes that.
    """
    try:
        hash_sets_copy(broker.hashset_list())
    except BrokerGone:
        return False
    except BrokerRefused as error:
        return error.code != Code.BUSY
    return True


@dataclass(frozen=True, slots=True)
class _Told:
    """In whose name, and in which turn."""

    actor: Actor
    turn: int


def _refused(found: SetOrder, told: _Told, error: BrokerRefused) -> float | None:
    if error.code == Code.BUSY:
        progress_say(found, _BUSY)
        return TROUBLE_S
    if found.standing.is_moving:
        _step(found, told, Step(OrderState.FAILED, str(error)))
    return None


def _step(found: SetOrder, told: _Told, step: Step) -> None:
    order_step(told.actor, reason=_REASON, order=found, turn=told.turn, step=step)


def _status(found: SetOrder, broker: Store) -> ErrandStatus:
    errand_id = str(found.errand_id)
    if found.standing in {OrderState.STOPPING, OrderState.CANCELLED}:
        return broker.errand_cancel(errand_id)
    if found.standing is not OrderState.ASKED:
        return broker.errand_status(errand_id)
    if found.way is OrderKind.IMPORT:
        return broker.hashset_import(
            SetImportOrder(
                errand_id=errand_id, upload_id=found.upload_id, place=found.place,
                name=found.name, format=found.format, status=found.status, scheme=found.scheme,
                provider=found.provider, jurisdiction=found.jurisdiction, version=found.version,
                imported_by=found.asked_by,
            )
        )  # fmt: skip
    if found.way is OrderKind.UPDATE:
        return broker.hashset_update(SetUpdateOrder(errand_id, found.place, found.asked_by))
    return broker.hashset_verify(SetVerifyOrder(errand_id, found.set_sha256))


def _found(status: ErrandStatus, state: OrderState) -> Step:
    """Return what an order came to, with what its command printed."""
    try:
        result = msgspec.json.decode(status.result or "{}", type=_Result)
    except msgspec.MsgspecError:
        result = _Result()
    message = status.message
    if result.holds is True:
        message = f"Everything holds: {sum(each.parts for each in result.sets)} files compared"
    elif result.holds is False:
        found = [finding for each in result.sets for finding in each.findings]
        message = "\n".join(["It does not hold:", *found])
    elif result.issued_at:
        message = (
            f"Issued {result.issued_at}: {len(result.imported)} imported, "
            f"{len(result.present)} were there, {len(result.removed)} removed"
        )
    made = result.sets[0].sha256 if len(result.sets) == 1 else ""
    return Step(state, message, made[:64])


def set_switch(sha256: str, *, broker: Store) -> float | None:
    """Tell the store of the last act on a set, until it agrees.

    Returns:
        After how many seconds to try again, ``None`` once the store agrees.
    """
    if not HashSet.objects.filter(pk=sha256).exclude(wanted="").exists():
        return None
    deed = deed_latest(sha256)
    by = f"{deed.by_name} (act {deed.id})"
    try:
        with _gone_already():
            broker.hashset_switch(SetActOrder(sha256, StoreAct(deed.act), by, deed.reason))
        hash_sets_copy(broker.hashset_list())
    except (BrokerGone, BrokerRefused):
        return TROUBLE_S
    return None


@contextmanager
def _gone_already() -> Iterator[None]:
    try:
        yield
    except BrokerRefused as error:
        if error.code != Code.NO_SET:
            raise


def ask_again_for_switches() -> int:
    """Ask again for acts that no set shows and whose task was given up; return how many."""
    waiting = list(HashSet.objects.exclude(wanted="").values_list("pk", flat=True))
    alive = _asked_for() if waiting else frozenset()
    left = [sha256 for sha256 in waiting if sha256 not in alive]
    for sha256 in left:
        set_switched.send(sender=HashSet, sha256=sha256)
    return len(left)


def fail_given_up_orders(actor: Actor) -> int:
    """Fail the orders that move, but whose task was given up; return how many."""
    moving = [state.value for state in OrderState if state.is_moving]
    rows = OrderProgress.objects.filter(order__state__in=moving).select_related("order")
    found = [(each.order, each.turn) for each in rows]
    if not found:
        return 0
    alive = _asked_for()
    count = 0
    for order, turn in found:
        if str(order.id) in alive:
            continue
        step = Step(OrderState.FAILED, _GIVEN_UP)
        try:
            order_step(actor, reason=_REASON, order=order, turn=turn, step=step)
        except UsageError:
            continue  # it ended meanwhile by itself
        count += 1
    return count


def _asked_for() -> frozenset[str]:
    """Return the words of all tasks that wait or run."""
    waiting = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    rows = DBTaskResult.objects.filter(status__in=waiting).values_list("args_kwargs", flat=True)
    return frozenset(str(word) for row in rows for word in row["args"])


class Copying:
    """Copies what the store tells once a minute: sets are imported on the server too."""

    def __init__(self) -> None:
        """Begin; the first call copies."""
        self._copied_s = float("-inf")

    def copy(self, broker: Store) -> bool:
        """Copy when it is due; tell whether it was done. A silent broker is asked next time."""
        now_s = monotonic_s()
        if now_s - self._copied_s < _COPY_S:
            return False
        self._copied_s = now_s
        try:
            told = broker.hashset_list()
        except (BrokerGone, BrokerRefused):
            return False
        hash_sets_copy(told)
        return True
