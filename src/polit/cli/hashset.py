"""``polit hashset``: the store of hash sets: import, look at, verify, switch off, remove."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from polit.base.clock import monotonic_s
from polit.base.errors import IntegrityError, Interrupted, UsageError
from polit.base.settings import hashsets_folder
from polit.cli.application import JsonFlag
from polit.cli.hashset_told import (
    ImportLine,
    change_line,
    imported_text,
    set_object,
    set_text,
    verified_text,
)
from polit.cli.output import print_object, print_text, say
from polit.match.detecting import format_of
from polit.match.hashsets import HashSets, StoredSet
from polit.match.importing import ImportTerms, import_set
from polit.match.switches import is_key
from polit.match.unfinished import import_discard
from polit.model.matching import SetStatus

_SOME_REJECTED = 3
_SAID_S = 10.0
_STATUSES = {
    "nsrl": SetStatus.KNOWN_GOOD,
    "vics": SetStatus.CATEGORISED,
    "icse": SetStatus.CATEGORISED,
}
"""What formats mean that are made for one purpose; of the others somebody has to say."""

hashset_app = typer.Typer(
    help="Hash sets: what is known already, with its provenance.", no_args_is_help=True
)
SetArgument = Annotated[str, typer.Argument(metavar="SET", help="Name or digest of a set.")]
SwitchArgument = Annotated[
    str,
    typer.Argument(
        metavar="SET|KEY",
        help="Name or digest of a set; or one key in whatever set, such as md5:HEX or pdq:HEX.",
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it is recorded.")]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Who does it; else the account of the system.")
]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    hashset_app.command("import")(import_files)
    hashset_app.command("list")(list_sets)
    hashset_app.command("show")(show)
    hashset_app.command("verify")(verify)
    hashset_app.command("disable")(disable)
    hashset_app.command("enable")(enable)
    hashset_app.command("remove")(remove)
    hashset_app.command("discard")(discard)
    app.add_typer(hashset_app, name="hashset")


def import_files(  # noqa: PLR0913, PLR0917 - a command line's options are its arguments
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of hash sets.")],
    name: Annotated[
        str | None, typer.Option(help="What to call the set; else as the file is called.")
    ] = None,
    format_name: Annotated[
        str, typer.Option("--format", help="Format of the files; auto tells it by their content.")
    ] = "auto",
    status: Annotated[
        SetStatus | None,
        typer.Option(help="What a match means. NSRL: known-good; VICS and ICSE: categorised."),
    ] = None,
    scheme: Annotated[
        str, typer.Option(help="Category scheme of the numbers, as scheme/version.")
    ] = "",
    provider: Annotated[str, typer.Option(help="Who gave it.")] = "",
    jurisdiction: Annotated[str, typer.Option(help="Where it comes from.")] = "",
    version: Annotated[str, typer.Option(help="Its version.")] = "",
    supersedes: Annotated[
        list[str] | None,
        typer.Option(help="Name of a set that this one replaces; it is removed afterwards."),
    ] = None,
    by: ByOption = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Import files of hash sets. Interrupted, the same command goes on where it was.

    Exit codes: 0 all records are kept, or the set was there already; 3 some were refused, and the
    report says why; 6 a file cannot be read as a hash set.
    """
    if name is not None and len(files) > 1:
        raise UsageError("--name names one set: import several files one by one, or leave it out")
    store, done = HashSets(hashsets_folder()), []
    for path in files:
        terms = ImportTerms(
            name=path.stem if name is None else name, format=format_name,
            status=status or _usual_status(path, format_name), scheme=scheme, provider=provider,
            jurisdiction=jurisdiction, version=version, imported_by=by or account(),
            supersedes=tuple(supersedes or ()),
        )  # fmt: skip
        done.append(_import(store, path, terms, as_json=as_json))
    if as_json:
        print_object({"sets": [set_object(each) | {"present": was} for each, was in done]})
    if any(each.document.report.rejected for each, was in done if not was):
        raise typer.Exit(_SOME_REJECTED)


def list_sets(*, as_json: JsonFlag = False) -> None:
    """List the sets of the store, and the keys that are switched off."""
    store = HashSets(hashsets_folder())
    listed, off = store.listed(), store.disabled_keys()
    if as_json:
        print_object({
            "folder": str(store.folder), "sets": [set_object(each) for each in listed],
            "disabled_keys": msgspec.to_builtins(off), "unfinished": store.unfinished(),
            "unfinished_imports": list(store.unfinished_names()),
        })  # fmt: skip
        return
    for each in listed:
        facts = each.facts
        print_text(
            f"{'on ' if each.is_enabled else 'OFF'}  {each.sha256[:12]}  {facts.status:<11}  "
            f"{facts.records:>12,}  {facts.name}"
        )
    for change in off:
        print_text(f"OFF  {change.key}: {change.reason} ({change.by}, {change.at})")
    if not listed:
        print_text("There is no hash set.")
    for unfinished in store.unfinished_names():
        say(
            f"import {unfinished[:12]} is unfinished: the same command goes on with it, 'polit "
            "hashset discard' takes it away"
        )


def show(
    wanted: SetArgument,
    record: Annotated[int | None, typer.Option(help="Show this record of it as well.")] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Show a set: what it means, where it comes from, what its import kept and refused."""
    store = HashSets(hashsets_folder())
    stored = store.get(wanted)
    shown = None if record is None else _record(store, stored, record)
    if as_json:
        print_object({
            "set": set_object(stored), "record": shown,
            "parts": msgspec.to_builtins(stored.document.parts),
        })  # fmt: skip
        return
    print_text(set_text(stored))
    for change in stored.changes:
        print_text(change_line(change))
    if shown is not None:
        print_text(msgspec.json.format(msgspec.json.encode(shown), indent=1).decode())


def verify(
    wanted: Annotated[
        str | None, typer.Argument(metavar="[SET]", help="Name or digest of a set; else all.")
    ] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Verify sets: digests of their parts, order of the keys, index against a plain search.

    Exit codes: 0 all hold, 4 something is damaged.
    """
    said_at = monotonic_s()

    def watch(step: str) -> None:
        nonlocal said_at
        if monotonic_s() - said_at >= _SAID_S:
            said_at = monotonic_s()
            say(f"verifying {step}")

    verified = HashSets(hashsets_folder()).verify(wanted, watch)
    holds = all(each.holds for each in verified)
    if as_json:
        print_object({"holds": holds, "sets": [
            {"holds": each.holds} | msgspec.to_builtins(each) for each in verified
        ]})  # fmt: skip
    else:
        print_text("\n".join(map(verified_text, verified)) or "There is no hash set.")
    if not holds:
        raise typer.Exit(IntegrityError.exit_code)


def disable(
    wanted: SwitchArgument, reason: ReasonOption, by: ByOption = None, *, as_json: JsonFlag = False
) -> None:
    """Switch a set off, or one key in whatever set: it matches no more, and stays in the store."""
    _switch(wanted, on=False, reason=reason, by=by, as_json=as_json)


def enable(
    wanted: SwitchArgument, reason: ReasonOption, by: ByOption = None, *, as_json: JsonFlag = False
) -> None:
    """Switch a set, or one key, on again."""
    _switch(wanted, on=True, reason=reason, by=by, as_json=as_json)


def remove(
    wanted: SetArgument, reason: ReasonOption, by: ByOption = None, *, as_json: JsonFlag = False
) -> None:
    """Remove a set. That it was there, who removed it and why stays in the store's log."""
    change = HashSets(hashsets_folder()).remove(wanted, by=by or account(), reason=reason)
    if as_json:
        print_object({"removed": msgspec.to_builtins(change)})
    else:
        print_text(f"The hash set {change.set_name} {change.set_sha256[:12]} is removed.")


def discard(
    wanted: Annotated[
        str, typer.Argument(metavar="IMPORT", help="An unfinished import, as list names it.")
    ],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Take away what an import left that was interrupted and will not be finished."""
    name = import_discard(HashSets(hashsets_folder()), wanted)
    if as_json:
        print_object({"discarded": name})
    else:
        print_text(f"The unfinished import {name[:12]} is taken away; no set is changed.")


def account() -> str:
    """Return who types: the account of the system, for nobody signs in here."""
    return f"{pwd.getpwuid(os.getuid()).pw_name} (command line)"


@contextmanager
def resumable() -> Iterator[None]:
    """Run what can be interrupted from the keyboard, and goes on when it is called again.

    Raises:
        Interrupted: It was interrupted.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        raise Interrupted("stopped: the same command goes on where it was") from error


def _import(
    store: HashSets, path: Path, terms: ImportTerms, *, as_json: bool
) -> tuple[StoredSet, bool]:
    """Import one file; return its set, and whether it was there already."""
    before = {each.sha256 for each in store.listed()}
    with resumable(), ImportLine(path.stat().st_size if path.exists() else 0) as line:
        stored = import_set(store, path, terms, line.watch)
    was_there = stored.sha256 in before
    if not as_json:
        print_text(imported_text(stored, was_there=was_there))
    return stored, was_there


def _usual_status(path: Path, format_name: str) -> SetStatus:
    name = format_of(path, format_name).NAME
    for prefix, status in _STATUSES.items():
        if name.startswith(prefix):
            return status
    raise UsageError(
        f"nothing in {path.name} says what a match means: give --status known-good, alert or "
        "categorised"
    )


def _record(store: HashSets, stored: StoredSet, number: int) -> dict[str, object]:
    with store.open_stored((stored,)) as sets:
        found, keys, off = sets[0].record(number), sets[0].stated(number), sets[0].records_off
    return {
        "number": number, "asserted": found.asserted, "alerts": found.alerts,
        "settles": found.settles, "fields": dict(found.fields), "md5": keys.md5.hex(),
        "sha1": keys.sha1.hex(), "sha256": keys.sha256.hex(),
        "is_off": number in off,
    }  # fmt: skip


def _switch(wanted: str, *, on: bool, reason: str, by: str | None, as_json: bool) -> None:
    store, who = HashSets(hashsets_folder()), by or account()
    if is_key(wanted):
        act = store.enable_key if on else store.disable_key
        change = act(wanted, by=who, reason=reason)
        called, holding = change.key, store.holding(change.key)
    else:
        switch = store.enable if on else store.disable
        change = switch(wanted, by=who, reason=reason).changes[-1]
        called, holding = f"{change.set_name} {change.set_sha256[:12]}", ()
    if as_json:
        stated = [
            {"set_sha256": each.sha256, "set_name": each.facts.name, "records": count}
            for each, count in holding
        ]
        print_object({"changed": msgspec.to_builtins(change), "stated_in": stated})
        return
    print_text(f"{called} is switched {'on' if on else 'off'}.")
    for each, count in holding:
        print_text(f"{count:,} records of {each.facts.name} state it")
    if change.key and not holding:
        print_text("No set of the store states it; it counts for those to come.")
