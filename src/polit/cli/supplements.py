"""A package's supplements, as ``polit show`` lists them, for programs and for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from polit.base.errors import PolitError
from polit.model.supplement import SupplementManifest
from polit.package.supplement import read_supplement, supplement_folder, supplement_numbers


@dataclass(frozen=True, slots=True)
class ListedSupplement:
    """A supplement by its number; ``None`` for what its manifest says where none can be read."""

    number: int
    manifest: SupplementManifest | None


def listed_supplements(package: Path) -> list[ListedSupplement]:
    """Return a package's supplements by number, unverified; a broken one stands among them."""
    return [
        ListedSupplement(number, _manifest(supplement_folder(package, number)))
        for number in supplement_numbers(package)
    ]


def _manifest(folder: Path) -> SupplementManifest | None:
    try:
        return read_supplement(folder)
    except PolitError:
        return None


def supplements_object(listed: list[ListedSupplement]) -> list[dict[str, object]]:
    """Return supplements as objects."""
    return [
        {"number": one.number, "readable": False}
        if one.manifest is None
        else {
            "number": one.number,
            "readable": True,
            "created_at": one.manifest.created_at,
            "examiner": one.manifest.examiner,
            "all_sets": one.manifest.all_sets,
            "terms": msgspec.to_builtins(one.manifest.terms),
            "sets": msgspec.to_builtins(one.manifest.sets),
            "tally": msgspec.to_builtins(one.manifest.tally),
            "new_alerts": one.manifest.new_alerts,
            "rows_sha256": one.manifest.rows_sha256,
        }
        for one in listed
    ]


def supplements_text(listed: list[ListedSupplement], left_out: Sequence[int] = ()) -> str:
    """Return supplements as text, a line each; empty for none.

    Args:
        listed: The supplements.
        left_out: The numbers of those that do not count in the effect.
    """
    lines = ["\nSupplements (what matching again found)"] if listed else []
    for one in listed:
        told = one.manifest
        lines.append(
            f"{one.number:>11}  cannot be read: verify the package"
            if told is None
            else f"{one.number:>11}  {told.created_at} by {told.examiner}, {_asked(told)}: "
            f"{told.tally.matched} contents match, {told.tally.alerts} alert, {told.new_alerts} new"
        )
    if left_out:
        lines.append(
            f"  NOT COUNTED in the effect, from {left_out[0]} on: it does not hold, or belongs "
            "elsewhere; see 'polit verify'"
        )
    return "\n".join(lines)


def _asked(told: SupplementManifest) -> str:
    return f"{len(told.sets)} sets {'(all)' if told.all_sets else 'by name'}"
