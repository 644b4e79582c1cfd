"""The worker's process: ``python -m polit.web.site.worker [--once]``; ``polit worker`` starts it.

One runs for a data directory: a lock sees to it, and what its predecessor held is taken up at
once, for who holds the lock knows that the predecessor is dead.
"""

import fcntl
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from polit.base import settings
from polit.base.ids import new_uuid
from polit.web.site.boot import boot

_THREADS = 2
_TEMPORARY_FAILURE = 75  # EX_TEMPFAIL of sysexits(3): try again later
_log = logging.getLogger("polit.worker")


def main() -> int:
    """Run tasks until told to stop, or what is due with ``--once``; return the exit code."""
    boot()
    # Only now do Django's models load.
    from polit.web.core.broker import broker  # noqa: PLC0415
    from polit.web.tasks.examining import fail_given_up  # noqa: PLC0415
    from polit.web.tasks.jobs import DAILY, WORKER  # noqa: PLC0415
    from polit.web.tasks.loop import Worker  # noqa: PLC0415
    from polit.web.tasks.matching import (  # noqa: PLC0415
        fail_given_up_rematches,
        seek_supplements,
    )
    from polit.web.tasks.services import lease_release  # noqa: PLC0415
    from polit.web.tasks.set_keeping import (  # noqa: PLC0415
        Copying,
        ask_again_for_switches,
        fail_given_up_orders,
    )

    copying = Copying()

    def sweep() -> None:
        fail_given_up(WORKER)
        fail_given_up_orders(WORKER)
        ask_again_for_switches()
        fail_given_up_rematches()
        seek_supplements()
        copying.copy(broker())

    worker_id = f"worker-{new_uuid()}"
    with _only_one(worker_id) as predecessor:
        if predecessor is None:
            _log.error("another worker runs for this data directory")
            return _TEMPORARY_FAILURE
        worker = Worker(worker_id, threads=_THREADS, daily=DAILY, sweep=sweep)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        left = lease_release(predecessor) if predecessor else 0
        _log.info("the worker has started; it takes up %d tasks left behind", left)
        if "--once" in sys.argv[1:]:
            _log.info("ran %d tasks", worker.run_due())
        else:
            worker.run()
    _log.info("the worker has ended")
    return 0


@contextmanager
def _only_one(worker_id: str) -> Iterator[str | None]:
    """Hold the lock for a block; give the predecessor's id, ``None`` where it still lives."""
    path = settings.data_folder() / "worker" / "lock"
    Path(path.parent).mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        predecessor = os.read(descriptor, 100).decode("ascii", "replace")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, worker_id.encode(), 0)
        yield predecessor
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
