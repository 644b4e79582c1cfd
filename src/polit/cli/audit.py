"""``polit audit``: verify the audit log, and export it for somebody who has no polit."""

import os
import pwd
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polit.base.errors import IntegrityError, UsageError
from polit.cli.application import JsonFlag
from polit.cli.output import print_object, print_text
from polit.web.site.boot import boot

if TYPE_CHECKING:
    from polit.web.audit.verify_audit import Findings
    from polit.web.core.acting import Actor

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_audit_app = typer.Typer(help="The audit log: what was done, by whom.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    _audit_app.command("verify")(verify)
    _audit_app.command("export")(export)
    app.add_typer(_audit_app, name="audit")


def verify(
    export: Annotated[
        Path | None,
        typer.Option(help="An export to check instead of the database.", metavar="FOLDER"),
    ] = None,
    witness: Annotated[
        Path | None,
        typer.Option(help="The witness's copies; POLIT_WITNESS where it is not given."),
    ] = None,
    public_key: Annotated[
        str, typer.Option(help="The log's public key, as it was written down.")
    ] = "",
    *,
    as_json: JsonFlag = False,
) -> None:
    """Check every event, leaf and checkpoint against the witness's copies; nothing is written.

    Exit codes: 0 the log holds, 4 it does not. Events after the last witnessed checkpoint are the
    tail: their number is told, and they are not called proved.
    """
    boot()
    from polit.web.audit.live import check_live  # noqa: PLC0415 - after Django is ready
    from polit.web.audit.log_keys import witness_folder  # noqa: PLC0415 - as above
    from polit.web.audit.verify_audit import check_export  # noqa: PLC0415 - as above

    copies = witness or witness_folder()
    for folder in filter(None, (export, copies)):
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder")
    if export is None:
        live = check_live(copies, public_key)
        _tell(live.findings, live.waiting, key_was_given=bool(public_key), as_json=as_json)
    else:
        found = check_export(export, copies, public_key)
        _tell(found, 0, key_was_given=bool(public_key), as_json=as_json)


def export(
    out: Annotated[Path, typer.Argument(help="Folder to make.")],
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    case: Annotated[
        str, typer.Option(help="Show only the events of this case; the others are withheld.")
    ] = "",
    since: Annotated[
        str, typer.Option(help="Show only events from this day on (2026-11-26, UTC).")
    ] = "",
    *,
    as_json: JsonFlag = False,
) -> None:
    """Write the audit log for an outside expert, with a verifier that needs no polit.

    The export is itself recorded, as a disclosure. A checkpoint must cover that record before the
    export is whole: where this account may not sign, the command waits for the signer.
    """
    if since and not _DATE.fullmatch(since):
        raise UsageError(f"--since {since!r} is no day: write it as 2026-11-26")
    boot()
    from polit.web.audit.export import audit_export  # noqa: PLC0415 - after Django is ready
    from polit.web.audit.export_lines import Selection  # noqa: PLC0415 - as above
    from polit.web.audit.log_keys import witness_folder  # noqa: PLC0415 - as above

    made = audit_export(
        command_actor(),
        out,
        reason=reason,
        selection=Selection(case, since),
        witness=witness_folder(),
    )
    if as_json:
        print_object({
            "folder": str(out.absolute()), "leaves": made.leaves, "events": made.events,
            "withheld": made.leaves - made.events, "checkpoints": made.checkpoints,
        })  # fmt: skip
    else:
        print_text(f"{made.events:,} of {made.leaves:,} events, {made.checkpoints:,} checkpoints")
        print_text(f"To check it: python3 {out}/verify_audit.py {out} --witness FOLDER")


def command_actor() -> "Actor":
    """Return who types: the account of the system, for nobody signs in here."""
    from polit.web.core.acting import Actor  # noqa: PLC0415 - it loads Django, at every verb

    name = pwd.getpwuid(os.getuid()).pw_name
    return Actor("system", f"account:{name}", f"{name} (command line)")


def _tell(findings: "Findings", waiting: int, *, key_was_given: bool, as_json: bool) -> None:
    from polit.web.audit.verify_audit import report  # noqa: PLC0415 - after Django is ready

    if as_json:
        facts = findings.facts()
        print_object(facts | {"waiting": waiting, "tail": findings.tail + waiting})
    else:
        print_text(report(findings, key_was_given=key_was_given))
        if waiting:
            print_text(f"{waiting:,} more events wait to be taken in; they belong to the tail.")
    if findings.fault_count:
        raise typer.Exit(IntegrityError.exit_code)
