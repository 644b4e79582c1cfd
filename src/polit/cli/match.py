"""``polit match``: sealed packages against the hash sets of today, without the evidence."""

import os
import pwd
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from polit.base.errors import IntegrityError, ItemFailed, UsageError
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import print_lines, print_object, print_text, say
from polit.cli.progress import ProgressLine
from polit.cli.summary import path_text
from polit.examine.finding import find_packages
from polit.examine.rematching import (
    Rematched,
    Rematching,
    RematchProgress,
    RematchRequest,
    Unmatched,
)
from polit.examine.sets_in_use import open_sets
from polit.model.matching import MatchTerms
from polit.model.supplement import MatchTally
from polit.store.keys import open_keys

_TERMS = MatchTerms()


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("match")(match)


def match(  # noqa: PLR0913 - a command line's options are its arguments
    packages: Annotated[
        list[Path], typer.Argument(help="Sealed packages, or folders that hold some at any depth.")
    ],
    sets: Annotated[
        list[str] | None,
        typer.Option(help="Hash set, by name or digest; may be given again. Default: all enabled."),
    ] = None,
    examiner: Annotated[
        str | None, typer.Option(help="Who has it done; default: this system account.")
    ] = None,
    *,
    near_threshold: Annotated[
        int,
        typer.Option(min=0, max=31, help="Fingerprints match within so many of 256 bits."),
    ] = _TERMS.near_threshold_bits,
    dihedral: Annotated[
        bool, typer.Option("--dihedral", help="Compare turned and mirrored fingerprints as well.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was matched with the same sets and terms.")
    ] = False,
    verify: Annotated[
        bool, typer.Option(help="Verify each package in full before it is matched.")
    ] = True,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON object for each package, as they are done.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Match sealed packages with hash sets again, without the evidence.

    What is found is sealed beside each package as a supplement. A package that was matched with
    the same sets under the same terms gets none again, so that an interrupted run goes on.

    Exit codes: 0 done, 3 some packages could not be matched, 4 some do not hold,
    130 interrupted (the same command goes on).
    """
    request = RematchRequest(
        examiner=_account() if examiner is None else examiner,
        terms=MatchTerms(near_threshold_bits=near_threshold, dihedral=dihedral),
        all_sets=sets is None,
        verify=verify,
        again=again,
    )
    found = find_packages(packages)
    if found.links:
        say(f"polit: {found.links} links to folders are not followed: name what they lead to")
    failed: list[Unmatched] = []
    with open_sets(None if sets is None else tuple(sets)) as opened, ProgressLine() as line:
        matching = Rematching(opened, request, open_keys(data_folder()), _shown_by(line))
        _stop_on_signals(matching)
        results = _kept_apart(matching.match_all(found.packages), failed)
        if jsonl:
            for one in results:
                print_lines([_object(one)])
        elif as_json:
            print_object({"packages": [_object(one) for one in results]})
        else:
            for one in results:
                print_text(_text(one))
    _tell(matching.progress)
    if failed:
        raise typer.Exit(_exit_code(failed))


def _stop_on_signals(matching: Rematching) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: matching.stop())


def _kept_apart(
    results: Iterable[Rematched | Unmatched], failed: list[Unmatched]
) -> Iterator[Rematched | Unmatched]:
    for one in results:
        if isinstance(one, Unmatched):
            failed.append(one)
            where, why = path_text(one.package), str(one.error)
            say(f"polit: {why}" if where in why else f"polit: {where}: {why}")
        yield one


def _exit_code(failed: Sequence[Unmatched]) -> int:
    if any(isinstance(one.error, IntegrityError) for one in failed):
        return IntegrityError.exit_code
    return ItemFailed.exit_code


def _object(found: Rematched | Unmatched) -> dict[str, object]:
    if isinstance(found, Unmatched):
        error = found.error
        return {
            "package": path_text(found.package.absolute()),
            "contents_matched": None,
            "contents_alert": None,
            "contents_near": None,
            "sets": [],
            "error": {
                "number": error.number,
                "name": type(error).__name__,
                "message": str(error),
                "exit_code": error.exit_code,
            },
        }
    return {
        "package": path_text(found.package.absolute()),
        "contents_matched": found.tally.matched,
        "contents_alert": found.tally.alerts,
        "contents_near": found.tally.counts.near,
        "sets": [
            {"name": one.name, "sha256": one.sha256, "status": one.status.value}
            for one in found.sets
        ],
        "tally": msgspec.to_builtins(found.tally),
        "new_alerts": found.new_alerts,
        "supplement": found.supplement or None,
        "is_new": found.is_new,
        "error": None,
    }


def _text(found: Rematched | Unmatched) -> str:
    package = path_text(found.package)
    if isinstance(found, Unmatched):
        return f"{package}: NOT MATCHED"
    said = f"supplement {found.supplement}" if found.supplement else "the package itself"
    how = said if found.is_new else f"as before, {said}"
    return f"{package}: {_tally_text(found.tally)}, {found.new_alerts} new alerts ({how})"


def _tally_text(tally: MatchTally) -> str:
    counts = tally.counts
    text = (
        f"{tally.matched} of {tally.contents} contents match: {tally.alerts} alert, "
        f"{counts.categorised} categorised, {counts.known_good} known good, {counts.near} near"
    )
    if tally.without_fingerprints:
        text += f"; {tally.without_fingerprints} pictures and videos could match by digests alone"
    return text


def _tell(progress: RematchProgress) -> None:
    say(
        f"{progress.done - progress.failed} of {progress.packages} packages matched, "
        f"{progress.alerts} contents alert, {progress.new_alerts} of them new; "
        f"{progress.failed} packages could not be matched"
    )


def _shown_by(line: ProgressLine) -> Callable[[RematchProgress], None]:
    def show(progress: RematchProgress) -> None:
        line.tell(lambda seconds: _line(progress, seconds), phase="matching")

    return show


def _line(progress: RematchProgress, seconds: float) -> str:
    return (
        f"matching: {progress.done} of {progress.packages} packages, {progress.failed} failed, "
        f"{progress.contents} contents ({progress.contents / seconds:.0f}/s), "
        f"{progress.alerts} alert, {progress.new_alerts} new, {seconds:.0f} s"
    )


def _account() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError as error:
        raise UsageError("this account has no name: say who it is with --examiner") from error
