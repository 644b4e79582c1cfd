"""``polit signer``: takes audit events into the log and signs checkpoints."""

from contextlib import suppress
from typing import Annotated

import typer

from polit.cli.application import JsonFlag
from polit.cli.output import print_object, print_text, say
from polit.web.site.boot import boot


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("signer")(signer)


def signer(
    *,
    once: Annotated[bool, typer.Option("--once", help="Sign what waits, and stop.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Take audit events into the log; sign a checkpoint every 1,000 events or 60 seconds.

    Each checkpoint is copied to the witness folder (POLIT_WITNESS). The key is made at the first
    start; write down the public key that is told then. One signer works at a time. Ctrl-C signs
    what waits, and stops.
    """
    boot()
    from polit.web.audit.log_keys import witness_folder  # noqa: PLC0415 - after Django is ready
    from polit.web.audit.signer import keep_signing, signing  # noqa: PLC0415 - as above

    with signing(witness_folder()) as working:
        if not once:
            say(f"signing as {working.key.text}; copies go to {witness_folder()}")
            with suppress(KeyboardInterrupt):  # Ctrl-C: sign what waits, and stop
                keep_signing(working, say)
        done = working.round(is_last=True)
    if as_json:
        print_object({
            "events": done.events, "checkpoints": done.checkpoints, "size": done.size,
            "key": working.key.text,
        })  # fmt: skip
    else:
        print_text(f"{done.events:,} events taken in, {done.checkpoints:,} checkpoints signed")
        print_text(f"The log holds {done.size:,} events. Its key: {working.key.text}")
