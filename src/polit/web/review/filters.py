"""Reads from an address which items of a review are wanted. What has no form is refused."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from polit.base.errors import UsageError
from polit.model import codes
from polit.web.items.rules import Flag, ItemState, ItemWanted, Queue, Size, Sort
from polit.web.matching.rules import Verdict

_EPOCH = date(1970, 1, 1).toordinal()
_MOST_DIGITS = 18
_KINDS = {"picture": codes.KINDS.number("still"), "video": codes.KINDS.number("video")}
_SLUGS = {each.slug: int(each) for each in Verdict}
_VERDICTS = {
    "unknown": frozenset({0}),
    "known": frozenset(_SLUGS.values()),
    "near": frozenset({int(Verdict.NEAR_ALERT), int(Verdict.NEAR)}),
    "alert": frozenset({int(Verdict.ALERT), int(Verdict.NEAR_ALERT)}),
}
"""What several verdicts are called together; one alone goes by its own name."""
Value = TypeVar("Value")


def wanted_of(asked: Mapping[str, str], *, user_id: UUID) -> ItemWanted:
    """Return what an address asks for; empty values ask for all.

    Args:
        asked: The query of the address.
        user_id: Who asks; the queue ``mine`` is what they decided last.

    Raises:
        UsageError: A value has not its form.
    """
    queue = _one(asked, "queue", Queue)
    lead = _one(asked, "lead", number_of) or 0
    if queue is None:
        queue = Queue.ALL if lead else Queue.PENDING
    graded_by = _one(asked, "graded_by", lambda text: _user(text, user_id))
    return ItemWanted(
        queue=queue,
        exhibit=_one(asked, "exhibit", number_of),
        kind=_one(asked, "kind", _KINDS.__getitem__),
        verdicts=_one(asked, "verdict", _verdicts),
        state=_one(asked, "state", _named(ItemState)),
        folder=_one(asked, "folder", number_of),
        from_day=_one(asked, "from", _day),
        to_day=_one(asked, "to", _day),
        camera=_one(asked, "camera", number_of),
        size=_one(asked, "size", Size),
        grade=_one(asked, "grade", number_of),
        flag=_one(asked, "flag", _named(Flag)),
        graded_by=user_id if queue is Queue.MINE else graded_by,
        is_disputed=_one(asked, "disputed", _yes_or_no) or False,
        lead=lead,
        is_stacked=_one(asked, "stacks", _yes_or_no) is not False,
        sort=_one(asked, "sort", Sort) or Sort.MATTERS,
    )


def places_of(text: str, *, most: int) -> tuple[int, ...]:
    """Return the places of a list with commas between, each once, in their order.

    Raises:
        UsageError: There are none, too many, or one is no number.
    """
    if len(text) > most * (_MOST_DIGITS + 1):
        raise UsageError(f"ask for at most {most} items")
    places = tuple(dict.fromkeys(number_of(each) for each in text.split(",") if each))
    if not 1 <= len(places) <= most:
        raise UsageError(f"ask for 1 to {most} items")
    return places


def _one(asked: Mapping[str, str], name: str, read: Callable[[str], Value]) -> Value | None:
    text = asked.get(name, "")
    if not text:
        return None
    try:
        return read(text)
    except (ValueError, KeyError) as error:
        raise UsageError(f"{name}: the address has no such value") from error


def number_of(text: str) -> int:
    """Return a number of an address.

    Raises:
        UsageError: It is none.
    """
    if len(text) > _MOST_DIGITS or not (text.isascii() and text.isdecimal()):
        raise UsageError("the address has something else where a number belongs")
    return int(text)


def _yes_or_no(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - _EPOCH


def _user(text: str, user_id: UUID) -> UUID:
    return user_id if text == "me" else UUID(text)


def _verdicts(text: str) -> frozenset[int]:
    return _VERDICTS[text] if text in _VERDICTS else frozenset({_SLUGS[text]})


def _named(kind: type[Any]) -> Callable[[str], Any]:
    """Return how a member is read from its name in small letters."""

    def read(text: str) -> Enum:
        if text != text.lower():
            raise KeyError(text)
        return kind[text.upper()]  # type: ignore[no-any-return]  # members of the kind

    return read
