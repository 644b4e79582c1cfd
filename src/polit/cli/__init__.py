"""The command line: one module per verb. Data on stdout, everything else on stderr."""

import os
import sys

from polit.base.errors import PolitError, UsageError
from polit.cli import (
    audit,
    broker,
    demo,
    doctor,
    examine,
    examine_all,
    hashset,
    hashset_updates,
    init,
    invite,
    list_entries,
    match,
    migrate,
    pack,
    reindex,
    render,
    serve,
    show,
    signer,
    stacks,
    stats,
    thumbs,
    unpack,
    vault,
    verify,
    worker,
)
from polit.cli.application import app
from polit.cli.output import report_error

_VERBS = (
    init, doctor, examine, examine_all, show, stacks, verify, list_entries, match, thumbs, pack,
    unpack, vault, render, serve, broker, worker, signer, audit, migrate, reindex, invite, hashset,
    hashset_updates, stats, demo,
)  # fmt: skip
for _verb in _VERBS:
    _verb.register(app)


def main() -> None:
    """Run one verb; a refusal is one line on stderr and its exit code."""
    try:
        app()
    except PolitError as error:
        report_error(error, as_json=_wants_json())
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        # With a name it is a path that was given, or one below it; without, it is our fault.
        if error.filename is None:
            raise
        refusal = UsageError(f"{os.fsdecode(error.filename)}: {error.strerror}")
        report_error(refusal, as_json=_wants_json())
        sys.exit(refusal.exit_code)


def _wants_json() -> bool:
    return "--json" in sys.argv or "--jsonl" in sys.argv
