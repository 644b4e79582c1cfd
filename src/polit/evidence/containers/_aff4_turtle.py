"""The statements of an AFF4 volume: as much of Turtle as information.turtle is written in.

A statement that cannot be read ends the reading, and what stands before it is kept: the text
has no checksum, and a volume is better read in part than not at all.

Source: RDF 1.1 Turtle (W3C), sections 2 and 6; blank nodes and collections are passed over.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_MAXIMUM_STATEMENTS = 20_000_000
_TOKENS_A_BEAT = 65_536
_TOKEN = re.compile(
    r"""(?:[ \t\r\n]+|\#[^\n]*+)*+
    (?:(?P<iri><[^<>\n]*+>)
      |(?P<long>\"{3}[^"\\]*+(?:(?:\\.|\"(?!\"\"))[^"\\]*+)*\"{3})
      |(?P<text>"[^"\\\n]*+(?:\\.[^"\\\n]*+)*")
      |(?P<mark>\^\^|[;,.\[\]()])
      |(?P<word>[^\s<>"';,\[\]()^]++))""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_MAXIMUM_POINT = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Term:
    """An object of a statement: an IRI, or a literal with its type."""

    value: str
    is_iri: bool
    datatype: str = ""


@dataclass(slots=True)
class Graph:
    """The statements of all volumes: by subject, by predicate, in stored order.

    Args:
        subjects: Objects by subject and predicate.
        flaw: Why the reading of a text ended before its end, empty where it did not.
    """

    subjects: dict[str, dict[str, list[Term]]] = field(default_factory=dict)
    flaw: str = ""
    statements: int = 0

    def terms(self, subject: str, predicate: str) -> list[Term]:
        """Return the objects of a subject and predicate, in stored order."""
        return self.subjects.get(subject, {}).get(predicate, [])

    def value(self, subject: str, predicate: str) -> str:
        """Return the first object's text, empty where there is none."""
        terms = self.terms(subject, predicate)
        return terms[0].value if terms else ""

    def number(self, subject: str, predicate: str) -> int | None:
        """Return the first object as a whole number of at most 63 bits, else ``None``."""
        text = self.value(subject, predicate)
        if not 0 < len(text) <= 19 or not (text.isascii() and text.isdigit()):
            return None
        return min(int(text), (1 << 63) - 1)

    def add(self, subject: str, predicate: str, term: Term) -> None:
        """Add a statement; one that is there already is not added again."""
        known = self.subjects.setdefault(subject, {}).setdefault(predicate, [])
        if not known or term not in known[:64]:
            known.append(term)
        self.statements += 1


class _SyntaxFlaw(Exception):
    """The text is no Turtle here; never leaves this module."""


def read_turtle(
    text: str, graph: Graph, *, base: str, on_beat: Callable[[], None] = lambda: None
) -> None:
    """Add the statements of one text to a graph.

    Args:
        text: Untrusted.
        graph: What they are added to; its ``flaw`` tells where reading ended early.
        base: The IRI that relative ones stand on: the volume's.
        on_beat: Called now and then, for a sign of life.
    """
    reader = _Reader(text, graph, base, on_beat)
    try:
        reader.read()
    except _SyntaxFlaw as flaw:
        graph.flaw = f"character {reader.at}: {flaw}"


class _Reader:
    def __init__(self, text: str, graph: Graph, base: str, on_beat: Callable[[], None]) -> None:
        self.at = 0
        self._text, self._graph, self._base, self._on_beat = text, graph, base, on_beat
        self._prefixes: dict[str, str] = {}
        self._tokens = self._tokenise()
        self._held: tuple[str, str] | None = None

    def _tokenise(self) -> Iterator[tuple[str, str]]:
        text, at, count = self._text, 0, 0
        while (found := _TOKEN.match(text, at)) is not None:
            kind = str(found.lastgroup)
            value = found[kind]
            at = found.end()
            if kind == "word" and value.endswith(".") and value != ".":
                # A full stop ends the statement; within a word it belongs to the word.
                stripped = value.rstrip(".")
                at -= len(value) - len(stripped)
                value = stripped
            if not value:
                kind, value, at = "mark", ".", at + 1
            self.at = at
            yield kind, value
            count += 1
            if count % _TOKENS_A_BEAT == 0:
                self._on_beat()
        rest = text[at : at + 4096]
        if rest.strip() and not rest.lstrip().startswith("#"):
            raise _SyntaxFlaw("unreadable text")

    def _next(self) -> tuple[str, str]:
        if self._held is not None:
            token, self._held = self._held, None
            return token
        return next(self._tokens, ("end", ""))

    def _hold(self, token: tuple[str, str]) -> None:
        self._held = token

    def read(self) -> None:
        while (token := self._next())[0] != "end":
            if token[1].lower() in {"@prefix", "prefix"}:
                self._read_prefix()
            elif token[1].lower() in {"@base", "base"}:
                self._base = self._iri(self._next())
                self._skip_stop()
            else:
                self._read_subject(self._iri(token))

    def _read_prefix(self) -> None:
        kind, name = self._next()
        if kind != "word" or not name.endswith(":"):
            raise _SyntaxFlaw("a prefix without a name")
        self._prefixes[name[:-1]] = self._iri(self._next())
        self._skip_stop()

    def _skip_stop(self) -> None:
        token = self._next()
        if token != ("mark", "."):
            self._hold(token)

    def _read_subject(self, subject: str) -> None:
        while True:
            token = self._next()
            if token in {("mark", "."), ("end", "")}:
                return
            if token == ("mark", ";"):
                continue
            predicate = TYPE if token == ("word", "a") else self._iri(token)
            self._read_objects(subject, predicate)

    def _read_objects(self, subject: str, predicate: str) -> None:
        while True:
            if self._graph.statements >= _MAXIMUM_STATEMENTS:
                raise _SyntaxFlaw(f"more than {_MAXIMUM_STATEMENTS} statements")
            self._graph.add(subject, predicate, self._object(self._next()))
            token = self._next()
            if token != ("mark", ","):
                self._hold(token)
                return

    def _object(self, token: tuple[str, str]) -> Term:
        kind, value = token
        if kind in {"text", "long"}:
            quotes = 1 if kind == "text" else 3
            return self._literal(_unescaped(value[quotes:-quotes]))
        if kind == "word" and (value[0].isdigit() or value[0] in "+-" or value in _BOOLEANS):
            return Term(value, is_iri=False)
        return Term(self._iri(token), is_iri=True)

    def _literal(self, value: str) -> Term:
        token = self._next()
        if token == ("mark", "^^"):
            return Term(value, is_iri=False, datatype=self._iri(self._next()))
        if token[0] != "word" or not token[1].startswith("@"):
            self._hold(token)
        return Term(value, is_iri=False)

    def _iri(self, token: tuple[str, str]) -> str:
        kind, value = token
        if kind == "iri":
            return self._absolute(_unescaped(value[1:-1]))
        if kind == "word":
            prefix, colon, local = value.partition(":")
            if prefix == "_" or (colon and prefix in self._prefixes):
                return self._prefixes.get(prefix, "_:") + local.replace("\\", "")
        raise _SyntaxFlaw(f"no name of a thing: {value[:40]!r}")

    def _absolute(self, value: str) -> str:
        return value if ":" in value.split("/", 1)[0] else self._base + value


_BOOLEANS = frozenset({"true", "false"})


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_replaced, text) if "\\" in text else text


def _replaced(found: re.Match[str]) -> str:
    if found[3] is not None:
        return _ESCAPED.get(found[3], found[3])
    point = int(found[1] or found[2], 16)
    return chr(point) if point <= _MAXIMUM_POINT else "\ufffd"
