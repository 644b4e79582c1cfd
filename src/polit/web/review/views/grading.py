"""Answers to decisions of the gallery: decide, undo, redo."""

from collections.abc import Callable
from typing import Literal, TypeVar
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse

from polit.base.errors import DecisionRefused
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.rules import Access, Scope
from polit.web.grading.category_schemes import category_ref
from polit.web.grading.queries import scheme_of
from polit.web.grading.rules import Change, Rung
from polit.web.grading.services import Recorded, Wish, batch_redo, batch_undo, decide
from polit.web.items.rules import Flag
from polit.web.review.rules import REVIEWERS

Body = TypeVar("Body")

_DECIDING = Access(Scope.CASE, read=REVIEWERS, write=REVIEWERS, consults=False)
"""What is decided has audit rows of its own, which say more than that of a page."""
_MOST_BYTES = 64 << 10
_STATUSES = {"frozen": 409, "batch_unseen": 409, "nothing": 409}


class _Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    places: list[int]
    code: str | None = None
    flags_set: list[str] = []
    flags_clear: list[str] = []
    tags: list[str] = []
    note: str = ""
    unsure: bool = False
    whole_stacks: bool = False
    rung: Literal["tile", "grey160", "colour160", "full_grey", "full"] = "tile"
    batch_seen: bool = False
    queue: Literal["", "second", "sample"] = ""


class _Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


@access(_DECIDING, methods=("POST",))
def decide_places(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Decide on places of the case's review."""
    del case_id
    granted = case_access_of(request)

    def decided() -> Recorded:
        body = _read(request, _Decide)
        scheme = scheme_of(granted.case)
        code = None if body.code is None else category_ref(scheme, body.code)
        change = Change(
            code, flags_of(body.flags_set), flags_of(body.flags_clear), tuple(body.tags),
            body.unsure,
        )  # fmt: skip
        wish = Wish(
            change, Rung(body.rung), body.note, body.whole_stacks, body.batch_seen,
            body.queue == "second",
        )  # fmt: skip
        return decide(actor_of(request), access=granted, places=body.places, wish=wish)

    return _answer(decided)


@access(_DECIDING, methods=("POST",))
def undo(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take back the officer's own last batch in the case."""
    del case_id
    return _answer(lambda: _compensated(request, batch_undo))


@access(_DECIDING, methods=("POST",))
def redo(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Bring back the batch that the officer took back last."""
    del case_id
    return _answer(lambda: _compensated(request, batch_redo))


def flags_of(names: list[str]) -> int:
    """Return the bits of flags by their names.

    Raises:
        DecisionRefused: One is none.
    """
    bits = 0
    for name in names:
        flag = Flag.__members__.get(name.upper())
        if flag is None:
            raise DecisionRefused("bad_flags", "there is no such flag")
        bits |= flag
    return bits


def _compensated(request: HttpRequest, service: Callable[..., Recorded]) -> Recorded:
    _read(request, _Nothing)
    return service(actor_of(request), access=case_access_of(request))


def _read(request: HttpRequest, form: type[Body]) -> Body:
    body = request.body
    if len(body) > _MOST_BYTES:
        raise DecisionRefused("too_large", f"at most {_MOST_BYTES} bytes at once")
    try:
        return msgspec.json.decode(body, type=form)
    except msgspec.MsgspecError as error:
        raise DecisionRefused("bad_request", "the request cannot be read") from error


def _answer(service: Callable[[], Recorded]) -> HttpResponse:
    try:
        done = service()
    except DecisionRefused as error:
        status = 413 if error.code == "too_large" else _STATUSES.get(error.code, 400)
        return JsonResponse({"error": error.code, "message": str(error)}, status=status)
    return JsonResponse(
        {"revision": done.revision, "decision": str(done.batch), "items": done.items}
    )
