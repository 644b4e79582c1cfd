"""``polit doctor``: whether this machine can examine, and what is missing if not."""

import platform
import shutil
from dataclasses import dataclass

import msgspec
import typer

import polit
from polit.base.errors import PolitError
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import human_bytes, print_object, print_text
from polit.run.local import Zygotes
from polit.sandbox.selftest import run_selftest
from polit.store.keys import keys_exist, open_keys


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, and what to do where it is not."""

    name: str
    well: bool
    detail: str


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("doctor")(doctor)


def doctor(*, as_json: JsonFlag = False) -> None:
    """Check this machine: isolation self-test, library versions, keys, room on the disk.

    Exit code 1 when something has to be mended before seized media are examined.
    """
    with Zygotes() as zygotes:
        findings = [_isolation(zygotes), _libraries(zygotes), _keys(), _room()]
    well = all(finding.well for finding in findings)
    if as_json:
        print_object({
            "polit": polit.__version__,
            "python": platform.python_version(),
            "well": well,
            "findings": msgspec.to_builtins(findings),
        })  # fmt: skip
    else:
        print_text(f"polit {polit.__version__}, Python {platform.python_version()}")
        for finding in findings:
            mark = "well" if finding.well else "MEND"
            print_text(f"{mark}  {finding.name:<12} {finding.detail}")
    if not well:
        raise typer.Exit(1)


def _isolation(zygotes: Zygotes) -> Finding:
    try:
        report = run_selftest(zygotes.decoding)
    except PolitError as error:
        return Finding("isolation", well=False, detail=str(error))
    missed = [result.name for result in report.results if not result.contained]
    detail = (
        f"level {report.level}, {len(report.results) - len(missed)} of {len(report.results)} "
        f"attacks contained, Landlock ABI {report.landlock_abi}"
    )
    if missed:
        detail += f"; not contained: {', '.join(missed)}"
    return Finding("isolation", report.level == "full", detail)


def _libraries(zygotes: Zygotes) -> Finding:
    try:
        versions = zygotes.versions
    except PolitError as error:
        return Finding("libraries", well=False, detail=str(error))
    listed = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    return Finding("libraries", well=True, detail=listed)


def _keys() -> Finding:
    folder = data_folder()
    if not keys_exist(folder):
        return Finding("keys", well=True, detail=f"none yet in {folder}: 'polit init' makes them")
    try:
        keys = open_keys(folder)
    except PolitError as error:
        return Finding("keys", well=False, detail=str(error))
    loose = [path.name for path in (folder / "keys").iterdir() if path.stat().st_mode & 0o077]
    if loose:
        return Finding("keys", well=False, detail=f"others may read {', '.join(loose)}: chmod 600")
    return Finding("keys", well=True, detail=f"{folder}, signing key {keys.fingerprint[:16]}")


def _room() -> Finding:
    folder = data_folder()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Finding("room", free > 1_000_000_000, f"{human_bytes(free)} free at {folder}")
