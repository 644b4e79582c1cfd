"""``polit worker``: runs the tasks that requests left for later."""

import signal
from typing import Annotated

import typer

from polit.base import settings
from polit.cli.output import say
from polit.cli.serve import WORKER
from polit.cli.supervisor import Supervisor
from polit.sandbox.services import start_service


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("worker")(worker)


def worker(
    *,
    once: Annotated[bool, typer.Option("--once", help="Run what is due now, then end.")] = False,
) -> None:
    """Run tasks until stopped; `polit serve` starts one by itself.

    One runs for a data directory. Tasks that a killed worker left behind are taken up again. It
    opens no evidence and no package: it asks the broker.
    """
    if once:
        service = start_service(WORKER.module, ("--once",), env=settings.environment())
        signal.signal(signal.SIGTERM, lambda *_: service.send_signal(signal.SIGTERM))
        raise typer.Exit(service.wait() or 0)
    supervisor = Supervisor([WORKER], settings.environment(), say)
    supervisor.stop_on_signals()
    supervisor.run()
