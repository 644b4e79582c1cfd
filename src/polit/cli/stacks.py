"""``polit stacks``: which pictures look alike, within an exhibit and across a case."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from polit.base.errors import UsageError
from polit.base.text import visible
from polit.cli.application import JsonFlag
from polit.cli.output import print_lines, print_object, print_text, say, table
from polit.cli.summary import path_text
from polit.match.near_hits import MAX_THRESHOLD_BITS
from polit.match.stacks import Stack, Stackable, stacks_of
from polit.package.database import open_reader
from polit.package.knowledge import read_knowledge
from polit.package.layout import MANIFEST, findings_path
from polit.package.media_read import read_paths, read_stackables


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("stacks")(stacks)


def stacks(
    packages: Annotated[list[Path], typer.Argument(help="Folders of packages of one case.")],
    threshold: Annotated[
        int,
        typer.Option(
            min=0, max=MAX_THRESHOLD_BITS, help="How many of 256 bits may differ from the leader."
        ),
    ] = MAX_THRESHOLD_BITS,
    *,
    names: Annotated[bool, typer.Option("--list", help="Print the names in each stack.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a stack.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Gather pictures and videos that look alike, each exhibit by itself and all together.

    What hash sets alert on, in any of the packages, stands by itself.
    """
    exhibits = [_Exhibit.of(package) for package in packages]
    if len({exhibit.case for exhibit in exhibits}) > 1:
        raise UsageError("the packages are of several cases: give those of one")
    if len({path.resolve() for path in packages}) < len(packages):
        raise UsageError("a package is given twice: its files would be counted twice")
    alerting = _alerting(packages)
    together = _stacks(packages, threshold, alerting)
    counted = _Counts.of(together)
    by_exhibit = [counted]
    if len(packages) > 1:
        by_exhibit = [_Counts.of(_stacks([package], threshold, alerting)) for package in packages]
    if jsonl:
        print_lines(map(_stack_object, _shared(together)))
    elif as_json:
        print_object({
            "case": exhibits[0].case,
            "threshold_bits": threshold,
            "packages": [
                {"package": path_text(path.absolute()), "exhibit": exhibit.exhibit,
                 **counts.values()}
                for path, exhibit, counts in zip(packages, exhibits, by_exhibit, strict=True)
            ],
            "together": counted.values(),
            "stacks": [_stack_object(stack) for stack in _shared(together)],
        })  # fmt: skip
    else:
        rows = [(one.exhibit, c.text()) for one, c in zip(exhibits, by_exhibit, strict=True)]
        rows += [("together", counted.text())] if len(packages) > 1 else []
        print_text(table(rows))
        if names:
            _print_names(packages, together)
        say("alike: within the threshold of the stack's leader; nobody has decided that they are")
        say("what alerts stands by itself, whatever is like it; exact copies stand together")


@dataclass(frozen=True, slots=True)
class _Exhibit:
    case: str
    exhibit: str

    @classmethod
    def of(cls, package: Path) -> "_Exhibit":
        if findings_path(package).exists() and not (package / MANIFEST).exists():
            raise UsageError(f"{package} is not sealed: go on with 'polit examine … --resume'")
        with closing(open_reader(package)) as connection:
            meta = dict(connection.execute("SELECT key, value FROM meta"))
        return cls(meta.get("case", ""), meta.get("exhibit", ""))


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the stacks of one or several exhibits come to."""

    files: int
    contents: int
    stacks: int
    alone: int
    largest: int

    @classmethod
    def of(cls, found: list[Stack]) -> "_Counts":
        return cls(
            files=sum(stack.occurrences for stack in found),
            contents=sum(len(stack.members) for stack in found),
            stacks=len(found),
            alone=sum(stack.occurrences == 1 for stack in found),
            largest=max((stack.occurrences for stack in found), default=0),
        )

    def values(self) -> dict[str, int]:
        """Return the counts with what follows from them."""
        return {
            "media_files": self.files,
            "contents": self.contents,
            "exact_copies": self.files - self.contents,
            "near_copies": self.contents - self.stacks,
            "stacks": self.stacks,
            "alone": self.alone,
            "largest": self.largest,
        }

    def text(self) -> str:
        """Return the counts as a sum."""
        return (
            f"{self.files} pictures and videos = {self.stacks} stacks ({self.alone} of one file,"
            f" the largest of {self.largest}) + {self.files - self.contents} exact copies"
            f" + {self.contents - self.stacks} near copies"
        )


def _alerting(packages: Iterable[Path]) -> frozenset[bytes]:
    """Return what is known today to alert; of a supplement that does not hold say so."""
    found: set[bytes] = set()
    for package in packages:
        known = read_knowledge(package)
        found |= known.alerting
        if known.left_out:
            say(
                f"polit: {path_text(package)}: supplements from {known.left_out[0]} on do not "
                "count: see 'polit verify'"
            )
    return frozenset(found)


def _stacks(packages: Iterable[Path], threshold: int, alerting: Collection[bytes]) -> list[Stack]:
    found = chain.from_iterable(_stackables(package, alerting) for package in packages)
    return stacks_of(found, threshold_bits=threshold)


def _stackables(package: Path, alerting: Collection[bytes]) -> Iterator[Stackable]:
    with closing(open_reader(package)) as connection:
        for one in read_stackables(connection):
            # Without fingerprints it is like nothing, and hides behind nothing.
            yield replace(one, hashes=()) if one.sha256 in alerting else one


def _shared(found: Iterable[Stack]) -> Iterator[Stack]:
    """Yield the stacks that stand for more than one file."""
    return (stack for stack in found if stack.occurrences > 1)


def _stack_object(stack: Stack) -> dict[str, object]:
    return {
        "leader_sha256": stack.leader.hex(),
        "files": stack.occurrences,
        "members": [
            {
                "sha256": member.sha256.hex(),
                "distance_bits": member.distance_bits,
                "variant": member.variant,
                "files": member.occurrences,
            }
            for member in stack.members
        ],
    }


def _print_names(packages: Iterable[Path], found: Iterable[Stack]) -> None:
    shared = list(_shared(found))
    wanted = frozenset(member.sha256 for stack in shared for member in stack.members)
    places: dict[bytes, list[str]] = {}
    for package in packages:
        with closing(open_reader(package)) as connection:
            for sha256, paths in read_paths(connection, wanted).items():
                shown = [f"{visible(package.name)}\t{_shown(path)}" for path in paths]
                places.setdefault(sha256, []).extend(shown)
    for number, stack in enumerate(shared, start=1):
        typer.echo(f"\nstack {number}: {stack.occurrences} files")
        for member in stack.members:
            how = f"{member.distance_bits} bits" if member.variant else "leader"
            for place in places.get(member.sha256, []):
                typer.echo(f"  {how}\t{place}")


def _shown(path: str) -> str:
    return " ".join(map(visible, path.split(" ")))
