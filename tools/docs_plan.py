"""The page of plan files, from the plan itself."""

import inspect
import json
import re

import msgspec

from polit.examine.plan import Plan

_ARGUMENT = re.compile(r"^    (\w+): (.*?)(?=^    \w+: |\Z)", re.MULTILINE | re.DOTALL)


def plan_page() -> str:
    """Return the page of every field of a plan.

    Raises:
        KeyError: A field is not explained in the plan's docstring.
    """
    told = dict(_ARGUMENT.findall(inspect.cleandoc(Plan.__doc__ or "") + "\n"))
    rows = [
        f"| `{field.name}` | `{json.dumps(msgspec.to_builtins(field.default))}` | "
        f"{_cell(told[field.name])} |"
        for field in msgspec.structs.fields(Plan)
    ]
    return (
        "# Plan file\n\n`polit examine --plan FILE` reads a JSON object. Every field may be left "
        "out; an unknown one is refused.\nThe digest of the whole plan, defaults included, is in "
        "the manifest as `plan_sha256`: two results are\ncomparable when it is the same.\n\n"
        "| field | default | meaning |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"
    )


def _cell(text: str) -> str:
    return " ".join(text.replace("``", "`").split()).replace("|", "\\|")
