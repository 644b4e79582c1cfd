"""What a list of entries is filtered by, and the reason for which it is taken out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from polit.model import codes
from polit.model.outcome import reason_name
from polit.web.core.forms import GovukForm, ReasonField
from polit.web.media.rules import EntryWanted, package_of

_LONGEST_SEARCH = 200
_LARGEST = 2**63 - 1


class DownloadForm(GovukForm):
    """Why entries leave the record as a file."""

    button: ClassVar[str] = "Download as CSV"

    reason = ReasonField()


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter.

    Args:
        value: As it stands in the address.
        label: In words.
        count: How many entries have it.
        chosen: Whether the list is filtered by it.
    """

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list as a page shows them.

    Args:
        wanted: What they come to.
        choices: Per filter its values.
        contains: What the path must contain.
        mismatch: Whether only wrong extensions are shown.
        mismatches: How many there are.
        folder: The folder's number, as text; empty for all.
        query: The filters as a query string without a page, for links.
    """

    wanted: EntryWanted
    choices: dict[str, tuple[Choice, ...]]
    contains: str
    mismatch: bool
    mismatches: int
    folder: str


_TABLES = {"kind": codes.KINDS, "outcome": codes.OUTCOMES, "state": codes.ENTRY_STATES}


def filters_of(
    asked: Mapping[str, str],
    counts: dict[str, dict[str, int]],
    reasons: dict[str, int],
    number: int,
) -> Filters:
    """Return the filters that an address asks for; what it cannot mean is passed over.

    Args:
        asked: The parameters of the address.
        counts: How many entries share each value.
        reasons: The numbers of the package's reasons.
        number: The package's number.
    """
    chosen = {name: asked.get(name, "") for name in ("kind", "outcome", "state", "reason")}
    choices = {
        name: tuple(
            Choice(value, _label(name, value), count, value == chosen[name])
            for value, count in counts.get(name, {}).items()
            if value
        )
        for name in chosen
    }
    codes_found = {
        name: table.number(chosen[name]) if chosen[name] in table.values else None
        for name, table in _TABLES.items()
    }
    contains = asked.get("contains", "").replace("\0", "")[:_LONGEST_SEARCH]
    folder = _folder(asked.get("folder", ""), number)
    mismatch = asked.get("mismatch", "") == "yes"
    wanted = EntryWanted(
        kind=codes_found["kind"],
        outcome=codes_found["outcome"],
        # A reason that no entry has finds none: all would be taken for having it.
        reason=reasons.get(chosen["reason"], 0) if chosen["reason"] else None,
        state=codes_found["state"],
        folder=folder,
        mismatch=mismatch,
        contains=contains,
    )
    mismatches = counts.get("mismatch", {}).get("yes", 0)
    return Filters(wanted, choices, contains, mismatch, mismatches, str(folder or ""))


def number_of(text: str) -> int | None:
    """Return a row's number from an address; ``None`` where it is none."""
    if text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= _LARGEST:
        return int(text)
    return None


def _folder(text: str, number: int) -> int | None:
    folder = number_of(text)
    return folder if folder is not None and package_of(folder) == number else None


def _label(name: str, value: str) -> str:
    return reason_name(value) if name == "reason" else value.replace("_", " ").capitalize()
