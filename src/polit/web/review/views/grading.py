"""Answers to decisions of the gallery: decide, undo, redo."""

from collections.abc import Callable
from typing import Literal, TypeVar
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render

from polit.base.errors import DecisionRefused
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt
from polit.web.core.rules import Access, Scope
from polit.web.grading.category_schemes import category_ref
from polit.web.grading.forms import DecideForm
from polit.web.grading.queries import scheme_of
from polit.web.grading.queries.figures import items_shown
from polit.web.grading.rules import Change
from polit.web.grading.services import (
    Asking,
    Recorded,
    Wish,
    batch_redo,
    batch_undo,
    decide,
    stack_split,
)
from polit.web.items.rules import Flag, Queue
from polit.web.review.page_config import address_of
from polit.web.review.rules import REVIEWERS, REVIEWING
from polit.web.review.scope import scope_of
from polit.web.welfare.queries import session_current

Body = TypeVar("Body")

_DECIDING = Access(Scope.CASE, read=REVIEWERS, write=REVIEWERS, consults=False)
"""What is decided has audit rows of its own, which say more than that of a page."""
_SHOWN = 9
_LONGEST_QUERY = 1_000
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
    """What the page believes; the record of exposures counts."""
    batch_seen: bool = False
    queue: Literal["", "second", "sample"] = ""
    key: UUID | None = None


class _Split(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    place: int


class _Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: UUID | None = None


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
            change, body.note, body.whole_stacks, body.batch_seen, _blind(body.queue),
            Asking(_session_id(request), body.key),
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


@access(_DECIDING, methods=("POST",))
def split(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take an item out of its stack, for everybody on the case."""
    del case_id
    granted, actor = case_access_of(request), actor_of(request)
    return _answer(lambda: stack_split(actor, access=granted, place=_read(request, _Split).place))


@access(REVIEWING, methods=("POST",))
def decide_form(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Decide on the items that were chosen in the table, without script."""
    granted = case_access_of(request)
    scheme = scheme_of(granted.case)
    form = DecideForm(request.POST, scheme=scheme)
    places: list[int] = []
    must_see = False
    if form.is_valid():
        places = form.cleaned_data["places"]
        wish = _wished(request, form, scheme)

        def decided() -> Recorded:
            nonlocal must_see
            try:
                return decide(actor_of(request), access=granted, places=places, wish=wish)
            except DecisionRefused as error:
                must_see = error.code == "batch_unseen"
                raise

        done = attempt(form, decided)
        if done is not None:
            query = scope_of(QueryDict(request.POST.get("shown", "")[:_LONGEST_QUERY])).query
            return redirect(f"{address_of('table', case_id)}?{query}")
    shown = {
        "case": granted.case, "form": form, "places": places, "must_see": must_see,
        "queue": request.POST.get("queue", ""), "query": request.POST.get("shown", ""),
        "shown": items_shown(granted, places[:_SHOWN]),
    }  # fmt: skip
    return render(request, "grading/decide.html", shown)


def _wished(request: HttpRequest, form: DecideForm, scheme: str) -> Wish:
    typed = form.cleaned_data
    code = None if form.chosen_code is None else category_ref(scheme, form.chosen_code)
    change = Change(code, flags_of(typed["flags"]), unsure=typed["unsure"])
    return Wish(
        change, note=typed["note"], whole_stacks=typed["whole_stacks"],
        was_shown=request.POST.get("batch_seen") == "yes",
        blind=_blind(request.POST.get("queue", "")), asking=Asking(_session_id(request)),
    )  # fmt: skip


def _blind(queue: str) -> Queue | None:
    return Queue(queue) if queue in {Queue.SECOND.value, Queue.SAMPLE.value} else None


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
    asking = Asking(_session_id(request), _read(request, _Turn).key)
    return service(actor_of(request), access=case_access_of(request), asking=asking)


def _session_id(request: HttpRequest) -> UUID | None:
    """Return the officer's session in the case: what they decide counts in it."""
    session = session_current(user_of(request), case_access_of(request).case)
    return None if session is None else session.pk


def _read(request: HttpRequest, form: type[Body]) -> Body:
    body = request.body
    if len(body) > _MOST_BYTES:
        raise DecisionRefused("too_large", f"at most {_MOST_BYTES} bytes at once")
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DecisionRefused("bad_request", "the request cannot be read") from error


def _answer(service: Callable[[], Recorded]) -> HttpResponse:
    try:
        done = service()
    except DecisionRefused as error:
        status = 413 if error.code == "too_large" else _STATUSES.get(error.code, 400)
        return JsonResponse({"error": error.code, "message": str(error)}, status=status)
    return JsonResponse(
        {"revision": done.revision, "decision": str(done.batch or ""), "items": done.items}
    )
