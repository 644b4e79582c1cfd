"""The page of the category schemes that ship with polit, from their files."""

import os
from pathlib import Path

from polit.match.schemes import Scheme, SchemeCode, schemes_list

_LEAD = """# Category schemes

What the category of a record in a hash set means. A set names its scheme (`--scheme uk-2014/1`); a
match then says `scheme/version/code`. A number that the scheme gives no meaning stays `number:N`,
words that it does not know stay `words:…`, and no category at all is `uncategorised`: none of these
alerts, none settles anything, and no scheme is ever turned into another.

*Counts for a charge*: totals for a charge count it. *Alerts*: people are told as soon as one is
met. *Settles*: nobody need look at a file that a trusted set puts here by its digest. Words are
compared without regard to case, hyphens and spaces.

A force adds schemes of its own: see [state your own numbers](../how-to/category-numbers.md).
"""


def schemes_page() -> str:
    """Return the page, a section for each scheme."""
    return "\n".join([_LEAD, *map(_section, schemes_list(Path(os.devnull)))])


def _section(scheme: Scheme) -> str:
    heads = "code | what | other words | counts for a charge | alerts | settles | numbers"
    rule = "|".join(" --- " for _ in heads.split("|"))
    rows = "\n".join(_row(scheme, code) for code in scheme.codes)
    lead = f"## `{scheme.text}`\n\n{scheme.title}.\n\n{scheme.notice}\n\n"
    return f"{lead}| {heads} |\n|{rule}|\n{rows}\n"


def _row(scheme: Scheme, code: SchemeCode) -> str:
    numbers = ", ".join(number for number, meant in scheme.numbers.items() if meant == code.code)
    flags = (code.counts_for_charge, code.alerts, code.settles)
    said = " | ".join("yes" if flag else "no" for flag in flags)
    return f"| `{code.code}` | {code.label} | {', '.join(code.names)} | {said} | {numbers} |"
