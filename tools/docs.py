"""``./dev docs [--check]``: write the reference pages that follow from the code."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from polit.base import errors
from polit.broker.protocol import CODES, PROTOCOL
from polit.broker.serving import operations_by_name
from polit.decode.floors import FLOORS
from polit.model.outcome import REASONS, TIME_LIMITED
from tools.docs_access import access_page
from tools.docs_clocks import clocks_page
from tools.docs_cli import cli_page
from tools.docs_clocks import clocks_page
from tools.docs_evidence import evidence_page
from tools.docs_formats import formats_page
from tools.docs_plan import plan_page
from tools.docs_schemes import schemes_page
from tools.docs_settings import settings_page
from tools.docs_states import states_page

_FOLDER = Path("docs/reference")
_HEAD = "<!-- Written by `./dev docs`. Change the code that it follows from, not this page. -->\n\n"


def error_classes(
    root: type[errors.PolitError] = errors.PolitError,
) -> Iterator[type[errors.PolitError]]:
    """Yield a class of the error tree and everything below it, in the order of definition."""
    yield root
    for below in root.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from error_classes(below)


def errors_page() -> str:
    """Return the page of error numbers."""
    rows = [
        f"| {found.number} | `{found.__name__}` | {found.exit_code} | {_first_line(found)} |"
        for found in sorted(error_classes(), key=lambda each: each.number)
    ]
    lead = (
        "# Errors\n\nEvery error that polit raises on purpose has a number that never changes. "
        "Messages, logs and\n`--json` name it. The exit code is what the command returns; see "
        "[exit codes](exit-codes.md).\n\n"
    )
    return lead + _table("number | name | exit code | meaning", rows)


def reasons_page() -> str:
    """Return the page of reason and problem codes."""
    rows = [
        f"| `{code}` | {meaning}{' (may differ on another machine)' * (code in TIME_LIMITED)} |"
        for code, meaning in sorted(REASONS.items())
    ]
    lead = (
        "# Reasons and problems\n\nWhy an entry was skipped or failed, and what is wrong with a "
        "source. The codes never change.\n\n"
    )
    return lead + _table("code | meaning", rows)


def floors_page() -> str:
    """Return the page of version floors."""
    rows = [
        f"| {floor.library} | {'.'.join(map(str, floor.version))} | "
        f"{', '.join(floor.types)} | {floor.reason} | {floor.accepted or 'no'} |"
        for floor in FLOORS
    ]
    lead = (
        "# Version floors\n\nThe least version of what decodes hostile bytes. Versions are read "
        "from the libraries when polit\nstarts; below its floor a decoder stays off, and what it "
        "would have decoded is counted.\n`./dev deps` refuses a lock that falls below.\n\n"
    )
    return lead + _table("library | floor | stays off below it | why | accepted below it", rows)


def broker_page() -> str:
    """Return the page of the broker's operations and codes."""
    asked = [
        f"| `{each.name}` | {each.summary} | {', '.join(f'`{code}`' for code in each.codes)} |"
        for each in operations_by_name().values()
    ]
    codes = [f"| `{code}` | {meaning} |" for code, meaning in CODES.items()]
    lead = (
        "# Broker\n\nWhat the record asks of the broker, over `run/broker.sock` of the data "
        f"folder, by protocol number {PROTOCOL}.\n`polit.broker.client` speaks it; "
        "[ADR 0012](../adr/0012-broker.md) says why it is so.\n\n"
        "A message is four bytes (its length, big-endian) and so many bytes of JSON. A client "
        f'sends `{{"protocol": {PROTOCOL}}}` and\n'
        '`{"operation": …, "body": …, "parts": [sizes]}`, then the '
        f'parts. The broker sends `{{"protocol": {PROTOCOL}}}`, then\n`'
        '{"type": "answer", "body": …, '
        '"parts": [sizes]}` and the parts, or `{"type": "refusal", "code": …, "message": …}`.\n'
        "One connection carries one question.\n\n## Operations\n\n"
        "Any of them may be refused with `protocol`, `unknown_operation`, `bad_request`, "
        "`too_large`, `busy` or `failed`.\n\n"
    )
    return (
        lead
        + _table("operation | answer | refused with", asked)
        + "\n## Codes\n\nThey never change their meaning.\n\n"
        + _table("code | meaning", codes)
    )


PAGES: dict[str, Callable[[], str]] = {
    "access.md": access_page,
    "broker.md": broker_page,
    "category-schemes.md": schemes_page,
    "cli.md": cli_page,
    "clocks.md": clocks_page,
    "errors.md": errors_page,
    "evidence-proof.md": evidence_page,
    "formats.md": formats_page,
    "plan.md": plan_page,
    "reasons.md": reasons_page,
    "settings.md": settings_page,
    "states.md": states_page,
    "version-floors.md": floors_page,
}
"""Every generated page of ``docs/reference`` with what writes it."""


def pages_out_of_date(folder: Path = _FOLDER) -> list[str]:
    """Return the names of the pages that are not what the code calls for."""
    return [name for name, page in PAGES.items() if _kept(folder / name) != _HEAD + page()]


def main(arguments: list[str]) -> int:
    """Write the pages; with ``--check`` only name those out of date and return 1."""
    stale = pages_out_of_date()
    for name in stale:
        if "--check" in arguments:
            print(f"{_FOLDER / name} is out of date: run ./dev docs")
        else:
            (_FOLDER / name).write_text(_HEAD + PAGES[name](), encoding="utf-8")
            print(f"{_FOLDER / name} written")
    return 1 if stale and "--check" in arguments else 0


def _kept(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _first_line(found: type[errors.PolitError]) -> str:
    return (found.__doc__ or "").strip().splitlines()[0]


def _table(heads: str, rows: list[str]) -> str:
    rule = "|".join(" --- " for _ in heads.split("|"))
    return f"| {heads} |\n|{rule}|\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
