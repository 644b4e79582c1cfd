"""What an operation is. A new one is one module in ``polit.broker.operations``.

Such a module states an ``ORDER`` and its ``OPERATIONS``. An operation names the form of its body
and how many bytes of parts it takes, so that both are checked before it runs: what it is called
with is checked in form, untrusted in content.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TypeVar

import msgspec

from polit.base.errors import BrokerRefused
from polit.broker.protocol import Code
from polit.broker.server.room import Room

Body = TypeVar("Body")
Parts = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation answers: a value that msgspec encodes, and raw parts."""

    body: object
    parts: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the broker.

    Args:
        name: Its name on the wire, ``noun.verb``.
        summary: One sentence for the reference page.
        codes: The codes it refuses with, beside those that any operation may.
        parts_bytes: The largest size of each part that it takes, in order.
        run: Does it.
    """

    name: str
    summary: str
    codes: tuple[Code, ...]
    parts_bytes: tuple[int, ...]
    run: Callable[[Room, bytes, Parts], Reply]

    def check_parts(self, sizes: Sequence[int]) -> None:
        """Refuse parts that it does not take, before they are read.

        Raises:
            BrokerRefused: ``bad_request`` or ``too_large``.
        """
        if len(sizes) != len(self.parts_bytes):
            raise BrokerRefused(
                Code.BAD_REQUEST, f"{self.name} takes {len(self.parts_bytes)} parts"
            )
        for size, most in zip(sizes, self.parts_bytes, strict=True):
            if size > most:
                raise BrokerRefused(Code.TOO_LARGE, f"{size} bytes are too many: at most {most}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What an operation's module states of it beside its body and its deed."""

    name: str
    summary: str
    codes: tuple[Code, ...] = ()
    parts_bytes: tuple[int, ...] = ()


def operation(
    terms: Terms, body: type[Body], do: Callable[[Room, Body, Parts], Reply]
) -> Operation:
    """Return an operation whose body has a form.

    Args:
        terms: Its name and limits.
        body: The form of its body.
        do: Does it, with a body of that form.
    """
    decoder = msgspec.json.Decoder(body)

    def run(room: Room, untrusted_body: bytes, parts: Parts) -> Reply:
        try:
            checked = decoder.decode(untrusted_body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BrokerRefused(
                Code.BAD_REQUEST, f"{terms.name} is asked in another form: {error}"
            ) from error
        return do(room, checked, parts)

    return Operation(terms.name, terms.summary, terms.codes, terms.parts_bytes, run)


def registry_of(modules: Iterable[ModuleType]) -> dict[str, Operation]:
    """Return the operations of modules by their names.

    Raises:
        ValueError: Two have the same name.
    """
    registry: dict[str, Operation] = {}
    for module in modules:
        for each in module.OPERATIONS:
            if each.name in registry:
                raise ValueError(f"two operations are called {each.name}")
            registry[each.name] = each
    return registry
