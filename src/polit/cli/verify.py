"""``polit verify``: check a sealed package, without keys, and its evidence where it is given."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from polit.base.errors import IntegrityError
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import print_object, print_text
from polit.cli.progress import ProgressLine
from polit.cli.summary import path_text
from polit.examine.recheck import recheck_evidence
from polit.package.checks import Check
from polit.package.verify import Verification, verify_package
from polit.store.keys import keys_exist, open_keys


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("verify")(verify)


def verify(
    package: Annotated[Path, typer.Argument(help="Folder of a sealed package.")],
    evidence: Annotated[
        Path | None, typer.Option(help="The source: read it again and compare.")
    ] = None,
    *,
    accept_atime: Annotated[
        bool,
        typer.Option("--accept-atime", help="Read a folder though access times may change."),
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Check the seal, parts, rows and account of a package, and its supplements; needs no key.

    With --evidence the source is read again and compared. Exit code 4 when a check fails.
    """
    found = verify_package(package)
    checks = list(found.all_checks)
    if evidence is not None:
        with ProgressLine() as line:
            checks += recheck_evidence(
                package, found.manifest, evidence, accept_atime=accept_atime, watch=line.watch
            )
    holds = all(check.holds for check in checks)
    if as_json:
        print_object({
            "package": path_text(package.absolute()),
            "holds": holds,
            "package_holds": found.holds,
            "signer_sha256": found.signer_sha256,
            "signed_here": _signed_here(found),
            "rows_sha256": found.manifest.rows_sha256,
            "checks": msgspec.to_builtins(checks),
        })  # fmt: skip
    else:
        _print(found, checks)
    if not holds:
        raise typer.Exit(IntegrityError.exit_code)


def _print(found: Verification, checks: list[Check]) -> None:
    for check in checks:
        print_text(f"{'holds ' if check.holds else 'FAILS '} {check.name:<13} {check.detail}")
    whose = "this installation" if _signed_here(found) else "an installation not known here"
    print_text(f"signed by key {found.signer_sha256 or '(none)'}, {whose}")
    sound = all(check.holds for check in checks)
    print_text("The package holds." if sound else _unsound(found, checks))


def _unsound(found: Verification, checks: list[Check]) -> str:
    if all(check.holds for check in checks if check not in found.supplement_checks):
        return (
            "The package holds, but its supplements DO NOT: do not rely on those that fail, and "
            "on none after them; compare them with another copy."
        )
    return "The package DOES NOT HOLD: do not rely on it; compare it with another copy."


def _signed_here(found: Verification) -> bool:
    folder = data_folder()
    return keys_exist(folder) and open_keys(folder).fingerprint == found.signer_sha256
