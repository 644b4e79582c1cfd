"""``polit examine``: from a source to a sealed package."""

import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from polit.base.digests import stated_digest
from polit.base.errors import UsageError
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.examine_options import (
    AuthorityOption,
    CaseOption,
    ExaminerOption,
    NoCarveFlag,
    NoSetsFlag,
    PasswordsOption,
    PlanOption,
    ReducedIsolationFlag,
    SetsOption,
    ShadowCopiesFlag,
    VaultOption,
    WorkersOption,
)
from polit.cli.output import print_object, print_text, say
from polit.cli.progress import ProgressLine
from polit.cli.summary import summary_object, summary_text
from polit.examine.examination import Examined, check_request
from polit.examine.examination import examine as run_examination
from polit.examine.originals import read_originals
from polit.examine.passwords import read_passwords
from polit.examine.plan import Plan, read_plan
from polit.examine.request import ExamineRequest
from polit.store.keys import Keys, create_keys, keys_exist, open_keys

_MOST_BY_DEFAULT = 64
"""Each decoder holds a slot for the largest picture: more are for who asks for them."""


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("examine")(examine)


def examine(  # noqa: PLR0913, PLR0917 - a command line's options are its arguments
    source: Annotated[Path, typer.Argument(help="Disk image, its first segment, or a folder.")],
    case: CaseOption,
    exhibit: Annotated[str, typer.Option(help="Reference of the exhibit, such as AB/1.")],
    examiner: ExaminerOption,
    out: Annotated[Path, typer.Option(help="Folder that the package is made in.")],
    authority: AuthorityOption = "",
    acquisition: Annotated[
        list[str] | None,
        typer.Option(help="Digest stated at acquisition, ALG:HEX; may be given again."),
    ] = None,
    clock_offset: Annotated[
        int, typer.Option(help="Device clock minus true time, in seconds.")
    ] = 0,
    time_zone: Annotated[str, typer.Option(help="Time zone of the device, as found.")] = "",
    plan: PlanOption = None,
    workers: WorkersOption = None,
    vault: VaultOption = None,
    sets: SetsOption = None,
    passwords: PasswordsOption = None,
    *,
    shadow_copies: ShadowCopiesFlag = False,
    no_carve: NoCarveFlag = False,
    no_sets: NoSetsFlag = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a begun package.")] = False,
    accept_atime: Annotated[
        bool,
        typer.Option("--accept-atime", help="Read a folder though access times may change."),
    ] = False,
    accept_reduced_isolation: ReducedIsolationFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Examine a source and seal the result: every entry accounted for, every byte traced.

    Exit codes: 0 done, 3 done and some items failed, 4 integrity, 5 no authority,
    6 source cannot be opened, 130 interrupted (go on with --resume).
    """
    request = ExamineRequest(
        source=source,
        case=case,
        exhibit=exhibit,
        examiner=examiner,
        out=out,
        plan=asked_plan(plan, shadow_copies=shadow_copies, leaves_carving=no_carve),
        authority=authority,
        acquisition=tuple(stated_digest(text) for text in acquisition or []),
        clock_offset_s=clock_offset,
        time_zone=time_zone,
        workers=workers if workers is not None else processors(),
        vault=vault,
        sets=wanted_sets(sets, is_none=no_sets),
        secrets=read_passwords(passwords),
        resume=resume,
        accept_atime=accept_atime,
        accept_reduced_isolation=accept_reduced_isolation,
    )
    check_request(request)
    with ProgressLine() as line:
        examined = run_examination(request, installation_keys(), line.watch)
    _tell(examined, as_json=as_json)
    raise typer.Exit(examined.exit_code)


def _tell(examined: Examined, *, as_json: bool) -> None:
    if examined.was_sealed:
        say("this package was sealed already; nothing was left to do")
    originals = read_originals(examined.package)
    values = summary_object(examined.package, examined.manifest, originals)
    values["seconds"] = round(examined.seconds, 3)
    if as_json:
        print_object(values)
    else:
        print_text(summary_text(examined.package, examined.manifest, originals))


def asked_plan(path: Path | None, *, shadow_copies: bool, leaves_carving: bool) -> Plan:
    """Return the plan of a file, or the default one, with what options ask for besides."""
    plan = read_plan(path)
    if shadow_copies:
        plan = msgspec.structs.replace(plan, shadow_copies=True)
    return msgspec.structs.replace(plan, carve=False) if leaves_carving else plan


def wanted_sets(sets: list[str] | None, *, is_none: bool) -> tuple[str, ...] | None:
    """Return which hash sets are asked; ``None`` stands for all that are enabled.

    Raises:
        UsageError: Some were named, and none is to be asked.
    """
    if is_none and sets:
        raise UsageError("--sets and --no-sets contradict each other: give one of them")
    if is_none:
        return ()
    return tuple(sets) if sets else None


def installation_keys() -> Keys:
    """Return the keys of this installation, made where there are none yet.

    Raises:
        UsageError: Their folder cannot be made.
    """
    folder = data_folder()
    if keys_exist(folder):
        return open_keys(folder)
    try:
        keys = create_keys(folder)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be made ({error.strerror}): name another with POLIT_DATA"
        ) from error
    say(f"made the keys of this installation in {folder} (as 'polit init' does); keep a copy safe")
    return keys


def processors() -> int:
    """Return how many decoders are started by default."""
    return min(_MOST_BY_DEFAULT, max(1, len(os.sched_getaffinity(0))))
