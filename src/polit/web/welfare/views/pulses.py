"""What the page of a session asks and says by itself, as JSON: the state, hiding, idling."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse

from polit.base.clock import now_utc
from polit.base.errors import UsageError, ViewingRefused
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import Actor, actor_of
from polit.web.core.rules import Access, Scope
from polit.web.welfare import queries, services
from polit.web.welfare.models import ReviewSession
from polit.web.welfare.rules import REVIEWING

_PART = Access(Scope.CASE, read=REVIEWING.read, write=REVIEWING.write, consults=False)
_MOST_BYTES = 4096
Body = TypeVar("Body")


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """A request that says nothing more."""


class _Idle(msgspec.Struct, forbid_unknown_fields=True):
    """Whether nobody is there, or somebody is again."""

    idle: bool = True


class _Break(msgspec.Struct, forbid_unknown_fields=True):
    """Whether a break begins, or ends."""

    resume: bool = False


class _End(msgspec.Struct, forbid_unknown_fields=True):
    """Whether the light lane is passed over."""

    passes_over_light: bool = False


@access(_PART)
def session_state(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Tell where the session stands; ``?there=yes`` says that the officer is at the screen.

    A page asks with ``X-Polit-Poll``, so that asking does not keep anybody signed in.
    """
    del case_id
    running = queries.session_current(user_of(request), case_access_of(request).case)
    if running is None:
        return JsonResponse({"session": None})
    now = now_utc()
    if request.GET.get("there") == "yes":
        services.session_touch(running, now)
        running.refresh_from_db(fields=["seen_at"])
    return JsonResponse({"session": queries.session_state(running, now)})


@access(_PART, methods=("POST",))
def session_hide(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep that everything was hidden at once."""
    del case_id
    return _answer(request, _Nothing, lambda actor, running, _body:
                   services.session_hide(actor, session=running))  # fmt: skip


@access(_PART, methods=("POST",))
def session_idle(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep that nobody is at the screen, or somebody is again."""
    del case_id

    def do(actor: Actor, running: ReviewSession, body: _Idle) -> ReviewSession:
        move = services.session_idle if body.idle else services.session_back
        return move(actor, session=running)

    return _answer(request, _Idle, do)


@access(_PART, methods=("POST",))
def session_break(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Begin a break, or end it."""
    del case_id

    def do(actor: Actor, running: ReviewSession, body: _Break) -> ReviewSession:
        move = services.session_resume if body.resume else services.session_pause
        return move(actor, session=running)

    return _answer(request, _Break, do)


@access(_PART, methods=("POST",))
def session_end(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """End the session."""
    del case_id

    def do(actor: Actor, running: ReviewSession, body: _End) -> ReviewSession:
        return services.session_end(
            actor, session=running, passes_over_light=body.passes_over_light
        )

    return _answer(request, _End, do)


def _answer(
    request: HttpRequest,
    form: type[Body],
    do: Callable[[Actor, ReviewSession, Body], ReviewSession],
) -> HttpResponse:
    """Do one thing with the session that runs, and tell where it stands then."""
    running = queries.session_current(user_of(request), case_access_of(request).case)
    if running is None:
        return _refused(409, "no_session", "Begin a session first.")
    if len(request.body) > _MOST_BYTES:
        return _refused(413, "too_large", "This says too much.")
    try:
        body = msgspec.json.decode(request.body or b"{}", type=form)
    except msgspec.MsgspecError:
        return _refused(400, "bad_request", "This cannot be read.")
    try:
        changed = do(actor_of(request), running, body)
    except ViewingRefused as refused:
        return _refused(409, refused.code, str(refused))
    except UsageError as error:
        return _refused(409, "not_now", str(error))
    now = now_utc()
    state = None if changed.ended_at else queries.session_state(changed, now)
    return JsonResponse({"session": state})


def _refused(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": code, "message": message}, status=status)
