"""``serve_broker``: the broker from its start to its end; ``polit broker`` runs it."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from types import FrameType

from polit.base.plugins import modules_of
from polit.broker import operations
from polit.broker.server.connection import refuse_connection, serve_connection
from polit.broker.server.listener import BrokerLock, Listener, listen
from polit.broker.server.log import log
from polit.broker.server.operation import Operation, registry_of
from polit.broker.server.room import event_reader, make_room
from polit.broker.server.settings import BrokerSettings
from polit.sandbox.lockdown import give_up_network


def operations_by_name() -> dict[str, Operation]:
    """Return everything that can be asked, by name, in the order of the reference page."""
    return registry_of(modules_of(operations))


def serve_broker(settings: BrokerSettings) -> None:
    """Serve until SIGTERM or SIGINT; call it from the main thread of a process of its own.

    Before anything is served the process gives up every socket but local ones, and what it
    starts inherits that; only a record in PostgreSQL on another machine keeps the network open.

    Raises:
        PackageBusy: Another broker serves the same data directory.
        PolitError: A key, the ledger or a setting is damaged.
    """
    needs_network = not event_reader(settings).is_local
    log("network", given_up=int(not needs_network and give_up_network()))
    with broker(settings) as listener, _stopping(listener):
        listener.run()
    log("broker.ended")


@contextmanager
def broker(settings: BrokerSettings) -> Iterator[Listener]:
    """Make a broker for a block: its listener is ready, and is run by the caller.

    Raises:
        PackageBusy: Another broker serves the same data directory.
    """
    with ExitStack() as stack:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        stack.enter_context(closing(BrokerLock(settings.ledger)))
        room = stack.enter_context(closing(make_room(settings)))
        known = operations_by_name()
        room.start()
        sock = stack.enter_context(listen(settings))
        listener = Listener(
            sock, serve=lambda each: serve_connection(each, room, known), refuse=refuse_connection
        )
        stack.enter_context(closing(listener))
        log("broker.listening", operations=len(known), peers=len(settings.peers))
        yield listener
        # The lock is still held: nobody else's socket is removed.
        settings.socket.unlink(missing_ok=True)


@contextmanager
def _stopping(listener: Listener) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        listener.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
