"""``polit examine-all``: a folder of images, one sealed package each."""

from pathlib import Path
from typing import Annotated

import typer

from polit.base.errors import UsageError
from polit.cli.application import JsonFlag
from polit.cli.examine import asked_plan, installation_keys, processors, wanted_sets
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
from polit.cli.output import human_bytes, print_object, print_text, say
from polit.cli.progress import ProgressLine
from polit.cli.summary import path_text, summary_object
from polit.examine.batch import BatchResult, batch_exit_code, check_batch, examine_batch
from polit.examine.batch_sources import (
    BatchSource,
    FoundSources,
    find_sources,
    read_list,
    write_list,
)
from polit.examine.originals import read_originals
from polit.examine.passwords import read_passwords
from polit.examine.request import ExamineRequest

_ENDS = {
    0: "done",
    3: "done, some items failed",
    4: "INTEGRITY does not hold",
    130: "not begun",
}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("examine-all")(examine_all)


def examine_all(  # noqa: PLR0913, PLR0917 - a command line's options are its arguments
    folder: Annotated[Path, typer.Argument(help="Folder of images, and of folders with images.")],
    case: CaseOption,
    examiner: ExaminerOption,
    out: Annotated[Path, typer.Option(help="Folder that the packages are made in.")],
    listed: Annotated[
        Path | None,
        typer.Option("--list", help="CSV: source,exhibit,time_zone,acquisition. Default: all."),
    ] = None,
    authority: AuthorityOption = "",
    time_zone: Annotated[str, typer.Option(help="Time zone of the devices, as found.")] = "",
    plan: PlanOption = None,
    workers: WorkersOption = None,
    vault: VaultOption = None,
    sets: SetsOption = None,
    passwords: PasswordsOption = None,
    *,
    shadow_copies: ShadowCopiesFlag = False,
    no_carve: NoCarveFlag = False,
    no_sets: NoSetsFlag = False,
    folders: Annotated[
        bool, typer.Option("--folders", help="Examine folders without images as they are.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print the list of sources, for --list.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on: pass over what is sealed, end what is begun.")
    ] = False,
    accept_atime: Annotated[
        bool,
        typer.Option("--accept-atime", help="Read folders though access times may change."),
    ] = False,
    accept_reduced_isolation: ReducedIsolationFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Examine every image of a folder, one after the other, and go on after failures.

    An image in FOLDER is an exhibit called as the image. A folder in it is an exhibit called as
    the folder; its images are the devices of that exhibit. --dry-run prints this as a list that
    can be corrected and given back with --list.

    Exit codes: 0 done, 3 done and some failed, 4 integrity, 6 nothing could be opened,
    130 interrupted (go on with --resume).
    """
    if listed is None:
        found = find_sources(folder, take_folders=folders)
    else:
        found = FoundSources(read_list(listed, folder), ())
    for path, why in found.left:
        say(f"left: {path_text(path)}: {why}")
    if dry_run:
        _print_list(found, folder, as_json=as_json)
        return
    request = ExamineRequest(
        source=folder,
        case=case,
        exhibit="-",
        examiner=examiner,
        out=out,
        plan=asked_plan(plan, shadow_copies=shadow_copies, leaves_carving=no_carve),
        authority=authority,
        time_zone=time_zone,
        workers=workers if workers is not None else processors(),
        vault=vault,
        sets=wanted_sets(sets, is_none=no_sets),
        secrets=read_passwords(passwords),
        resume=resume,
        accept_atime=accept_atime,
        accept_reduced_isolation=accept_reduced_isolation,
    )
    check_batch(found.sources, request)
    results = _run(found, request)
    code = batch_exit_code(results)
    if as_json:
        print_object(_object(found, results, code))
    else:
        print_text(_text(found, results))
    raise typer.Exit(code)


def _print_list(found: FoundSources, folder: Path, *, as_json: bool) -> None:
    if as_json:
        print_object({
            "sources": [_source_object(source) for source in found.sources],
            "left": _left_object(found),
        })  # fmt: skip
        return
    try:
        print_text(write_list(found.sources, folder).rstrip("\n"))
    except UnicodeEncodeError as error:
        raise UsageError("a name holds bytes that are not UTF-8: print it with --json") from error


def _run(found: FoundSources, request: ExamineRequest) -> tuple[BatchResult, ...]:
    count = len(found.sources)

    def told(number: int, what: BatchResult | BatchSource) -> None:
        if isinstance(what, BatchSource):
            say(f"{number} of {count}: {what.exhibit}")
        else:
            say(f"{number} of {count}: {what.source.exhibit}: {_end(what)}")

    keys = installation_keys()
    with ProgressLine() as line:
        return examine_batch(found.sources, request, keys, watch=line.watch, told=told)


def _end(result: BatchResult) -> str:
    """Return how a source ended, in words."""
    if result.error is not None:
        return f"NOT EXAMINED: {result.error}"
    if result.examined is not None and result.examined.was_sealed:
        return f"sealed before; {_ENDS.get(result.exit_code, '')}"
    return _ENDS.get(result.exit_code, f"ended with {result.exit_code}")


def _text(found: FoundSources, results: tuple[BatchResult, ...]) -> str:
    head = ("exhibit", "entries", "pictures", "videos", "alerts", "failed", "read", "ended")
    rows = [head, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=False))
        )
        + f"  {row[-1]}"
        for row in rows
    ]
    sealed = sum(result.examined is not None for result in results)
    lines.append(
        f"\n{sealed} of {len(results)} sources sealed, {_failed(results)} not examined, "
        f"{len(results) - sealed - _failed(results)} not begun; {len(found.left)} things left"
    )
    return "\n".join(lines)


def _row(result: BatchResult) -> tuple[str, ...]:
    if result.examined is None:
        return (result.source.exhibit, *("-",) * 6, _end(result))
    manifest = result.examined.manifest
    return (
        result.source.exhibit,
        str(manifest.tally.entries),
        str(manifest.kinds["still"]),
        str(manifest.kinds["video"]),
        str(manifest.matches.alert),
        str(manifest.tally.failed),
        human_bytes(manifest.bytes_read),
        _end(result),
    )


def _failed(results: tuple[BatchResult, ...]) -> int:
    return sum(result.error is not None for result in results)


def _object(found: FoundSources, results: tuple[BatchResult, ...], code: int) -> dict[str, object]:
    sealed = sum(result.examined is not None for result in results)
    return {
        "sources": [_result_object(result) for result in results],
        "left": _left_object(found),
        "sealed": sealed,
        "failed": _failed(results),
        "not_begun": len(results) - sealed - _failed(results),
        "exit_code": code,
    }


def _result_object(result: BatchResult) -> dict[str, object]:
    values = _source_object(result.source)
    values["exit_code"] = result.exit_code
    values["seconds"] = round(result.seconds, 3)
    values["error"] = None
    values["summary"] = None
    if result.error is not None:
        values["error"] = {"number": result.error.number, "message": str(result.error)}
    if result.examined is not None:
        package, manifest = result.examined.package, result.examined.manifest
        values["summary"] = summary_object(package, manifest, read_originals(package))
    return values


def _source_object(source: BatchSource) -> dict[str, object]:
    return {"source": path_text(source.path), "exhibit": source.exhibit}


def _left_object(found: FoundSources) -> list[dict[str, str]]:
    return [{"path": path_text(path), "why": why} for path, why in found.left]
