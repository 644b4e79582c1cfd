"""The metadata of a volume group as LVM2 writes it: text of assignments and sections.

Source: the lvm2 project's documentation (lvm.conf(5) for the syntax; the metadata format as
described by libvslvm's documentation of the Logical Volume Manager format).
"""

import re
from typing import Union

from polit.base.errors import SourceUnreadable

Value = Union[str, int, list["Value"], "Section"]
Section = dict[str, Value]

_TOKEN = re.compile(
    r"""\s+|\#[^\n]*|(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*")|(?P<number>-?\d+)|(?P<name>[A-Za-z0-9_.+/-]+)"""
    r"""|(?P<mark>[{}\[\]=,])""",
    re.DOTALL,
)
_TOKENS_AT_MOST = 500_000
_DEEPEST = 8
_DIGITS_AT_MOST = 20


def parse(untrusted_text: str) -> Section:
    """Read metadata into nested sections; of a name stated twice the last one stands.

    Raises:
        SourceUnreadable: The text does not follow the syntax, or is too long or too deep.
    """
    tokens = _tokens(untrusted_text)
    root: Section = {}
    stack: list[Section] = [root]
    at = 0
    while at < len(tokens):
        kind, word = tokens[at]
        if (kind, word) == ("mark", "}") and len(stack) > 1:
            stack.pop()
            at += 1
            continue
        after = tokens[at + 1] if at + 1 < len(tokens) else ("", "")
        if kind not in ("name", "number") or after not in (("mark", "{"), ("mark", "=")):
            raise SourceUnreadable(f"the volume group's metadata breaks off at {word[:40]!r}")
        if after[1] == "{":
            below: Section = {}
            stack[-1][word] = below
            stack.append(below)
            at += 2
            if len(stack) > _DEEPEST:
                raise SourceUnreadable("the volume group's metadata is nested too deep")
        else:
            stack[-1][word], at = _value(tokens, at + 2)
    if len(stack) != 1:
        raise SourceUnreadable("the volume group's metadata ends within a section")
    return root


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SourceUnreadable(f"the volume group's metadata is not text at {at}")
        if match.lastgroup is not None:
            found.append((match.lastgroup, match.group()))
        if len(found) > _TOKENS_AT_MOST:
            raise SourceUnreadable("the volume group's metadata is too long")
        at = match.end()
    return found


def _value(tokens: list[tuple[str, str]], at: int) -> tuple[Value, int]:
    if at < len(tokens) and tokens[at] == ("mark", "["):
        items: list[Value] = []
        at += 1
        while at < len(tokens) and tokens[at] != ("mark", "]"):
            if tokens[at] != ("mark", ","):
                items.append(_single(tokens[at]))
            at += 1
        return items, at + 1
    if at >= len(tokens):
        raise SourceUnreadable("the volume group's metadata ends within an assignment")
    return _single(tokens[at]), at + 1


def _single(token: tuple[str, str]) -> Value:
    kind, word = token
    if kind == "text":
        return word[1:-1]
    if kind == "number" and len(word) <= _DIGITS_AT_MOST:
        return int(word)
    raise SourceUnreadable(f"the volume group's metadata holds {word[:40]!r} for a value")
