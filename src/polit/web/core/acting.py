"""Who acts, and the act that a write belongs to. Records are kept only inside an act."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest

from polit.base.errors import NoAct


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, or a part of the system.

    Args:
        kind: ``user`` or ``system``.
        actor_id: The person's identifier, or the part's name such as ``worker``.
        name: As it stands in the audit for people to read.
    """

    kind: Literal["user", "system"]
    actor_id: str
    name: str


SYSTEM = Actor("system", "polit", "polit")

_depth: ContextVar[int] = ContextVar("polit_act_depth", default=0)


def actor_of(request: HttpRequest) -> Actor:
    """Return who sends a request.

    Raises:
        NoAct: Nobody is signed in.
    """
    user = request.user
    if not user.is_authenticated:
        raise NoAct("nobody is signed in: sign in first")
    return Actor("user", str(user.pk), user.get_username())


_keepers: list[tuple[Callable[[], None], Callable[[], None]]] = []


def register_keeper(keep: Callable[[], None], forget: Callable[[], None]) -> None:
    """Add what is kept in step with the records, such as an index.

    Args:
        keep: Called once at the end of each outermost act, inside its transaction.
        forget: Called when an outermost act is over, however it ended.
    """
    if (keep, forget) not in _keepers:
        _keepers.append((keep, forget))


def enter_act() -> None:
    """Say that an act begins; the audit does."""
    _depth.set(_depth.get() + 1)


def end_act() -> None:
    """Say that all of an act is written; the audit does, inside its transaction."""
    if _depth.get() == 1:
        for keep, _forget in _keepers:
            keep()


def leave_act() -> None:
    """Say that an act is over; the audit does."""
    _depth.set(_depth.get() - 1)
    if not _depth.get():
        for _keep, forget in _keepers:
            forget()


def check_in_act() -> None:
    """Refuse a write that belongs to no act.

    Raises:
        NoAct: There is none.
    """
    if not _depth.get():
        raise NoAct("a record is written outside an act: use a service, which names who and why")
