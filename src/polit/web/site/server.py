"""The web server: ``python -m polit.web.site.server HOST PORT WORKERS``; ``polit serve`` starts it.

granian with a few threads in each of a few processes. It writes no access log: the log of who
looked at what is the audit, and addresses of pages carry identifiers.
"""

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from polit.base.clock import sleep_s
from polit.web.site.places import check_web_secret

_THREADS = 4
_IDLE_THREAD_S = 600
_STOP_LIMIT_S = 20
_WATCH_S = 1.0
_ORPHANED = 71


def main() -> None:
    """Serve until told to stop."""
    host, port, workers = sys.argv[1:4]
    check_web_secret()
    Granian(
        "polit.web.site.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # the proxy in front speaks HTTP/2 with browsers
        workers=int(workers),
        blocking_threads=_THREADS,
        blocking_threads_idle_timeout=_IDLE_THREAD_S,  # each holds a connection to the database
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_LIMIT_S,
    ).serve(target_loader=load_application)


def load_application(_target: str) -> Callable[..., Any]:
    """Load the site inside a worker process, which then ends with the server's main process."""
    parent = os.getppid()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    from polit.web.site.boot import settle  # noqa: PLC0415 - after the fork, in the worker
    from polit.web.site.wsgi import application  # noqa: PLC0415 - as above

    settle()
    return application


def _end_with(parent: int) -> None:
    """End this process when its parent has ended: it would go on holding the port."""
    while os.getppid() == parent:
        sleep_s(_WATCH_S)
    os._exit(_ORPHANED)


if __name__ == "__main__":
    main()
