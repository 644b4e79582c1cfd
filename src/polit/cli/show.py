"""``polit show``: the summary of a package, sealed or still under way."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from polit.cli.application import JsonFlag
from polit.cli.effect import effect_object, effect_text
from polit.cli.output import print_object, print_text, table
from polit.cli.summary import path_text, set_text, sets_object, summary_object, summary_text
from polit.cli.supplements import listed_supplements, supplements_object, supplements_text
from polit.examine.originals import read_originals
from polit.package import account
from polit.package.database import open_reader
from polit.package.effect_read import read_effect
from polit.package.layout import MANIFEST
from polit.package.match_rows import read_hash_sets
from polit.package.seal import read_manifest


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("show")(show)


def show(
    package: Annotated[Path, typer.Argument(help="Folder of a package.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Show what a package holds: account, kinds, problems, effect, what was not examined."""
    if not (package / MANIFEST).exists():
        _show_unsealed(package, as_json=as_json)
        return
    manifest = read_manifest(package)
    originals = read_originals(package)
    found = read_effect(package)
    effect = found.report.effect
    supplements = listed_supplements(package)
    if as_json:
        values = summary_object(package, manifest, originals)
        values["effect"] = effect_object(effect)
        values["supplements"] = supplements_object(supplements)
        values["supplements_left_out"] = found.left_out
        values["manifest"] = msgspec.to_builtins(manifest)
        print_object(values)
    else:
        print_text(summary_text(package, manifest, originals))
        print_text(effect_text(effect))
        if supplements:
            print_text(supplements_text(supplements, found.left_out))


def _show_unsealed(package: Path, *, as_json: bool) -> None:
    with closing(open_reader(package)) as connection:
        tally = account.count_tally(connection)
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        sets = read_hash_sets(connection)
    settled = tally.done + tally.skipped + tally.failed
    values: dict[str, object] = {
        "case": meta.get("case", ""),
        "exhibit": meta.get("exhibit", ""),
        "package": path_text(package.absolute()),
        "sealed": False,
        "entries": tally.entries,
        "settled": settled,
        "pending": tally.entries - settled,
    }
    if as_json:
        print_object({**values, "hash_sets": sets_object(sets)})
    else:
        print_text(table([(name, str(value)) for name, value in values.items()]))
        print_text("\n".join(set_text(facts) for facts in sets) or "No hash sets are asked.")
        print_text("Not sealed: go on with 'polit examine … --resume'.")
