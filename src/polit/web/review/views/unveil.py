"""The one door through which pictures leave, and how long they stood on the screen."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from polit.base.errors import BodyTooLarge, PictureUnshown, UsageError, ViewingRefused
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.broker import broker
from polit.web.review.rules import UNVEILING, SeenTold, UnveilWanted
from polit.web.review.services.unveiling import Look, Unveiled, pictures_unveil
from polit.web.review.views.answers import (
    answer_json,
    answer_packed,
    answer_refusal,
    read_json,
)
from polit.web.welfare.queries import session_current
from polit.web.welfare.services import exposures_seen

_STATUS = {
    "no_item": 404, "no_original": 404, "no_picture": 404, "no_sound": 404, "erased": 409,
    "undecodable": 409, "damaged": 409,
}  # fmt: skip
"""Of what was not shown; all else is 503: it may be there in a moment."""


@access(UNVEILING, methods=("POST",))
def unveil(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Unveil pictures: one event that is committed, then their bytes, once."""
    del case_id
    try:
        shown = _unveiled(request, read_json(request, UnveilWanted))
    except BodyTooLarge as error:
        return answer_refusal("too_large", str(error), status=413)
    except ViewingRefused as error:
        return answer_refusal(error.code, str(error), status=409)
    except PictureUnshown as error:
        return answer_refusal(error.code, str(error), status=_STATUS.get(error.code, 503))
    except UsageError as error:
        return answer_refusal("bad_request", str(error), status=400)
    return answer_packed(_header(shown), [each.part.data for each in shown.parts])


@access(UNVEILING, methods=("POST",))
def seen(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep how long pixels stood on the screen; the officer's own exposures alone."""
    del case_id
    try:
        told = read_json(request, SeenTold)
        pairs = [(UUID(exposure), ms) for exposure, ms in told.seen]
        kept = exposures_seen(actor_of(request), pairs, case=case_access_of(request).case)
    except BodyTooLarge as error:
        return answer_refusal("too_large", str(error), status=413)
    except (UsageError, ValueError) as error:
        return answer_refusal("bad_request", str(error), status=400)
    return answer_json({"seen": kept})


def _unveiled(request: HttpRequest, wanted: UnveilWanted) -> Unveiled:
    granted = case_access_of(request)
    session = session_current(user_of(request), granted.case)
    if session is None:
        raise ViewingRefused("no_session", "begin a session first: what for, and which lane")
    look = Look(actor_of(request), granted, session, wanted)
    return pictures_unveil(look, broker=broker())


def _header(shown: Unveiled) -> dict[str, object]:
    return {
        "exposures": [each and str(each) for each in shown.exposures],
        "parts": [
            {
                "place": each.place,
                "media_type": each.part.media_type,
                "bytes": len(each.part.data),
                "width_px": each.part.width_px,
                "height_px": each.part.height_px,
                "at_ms": each.part.at_ms,
                "of_width_px": each.part.of_width_px,
                "of_height_px": each.part.of_height_px,
                "error": each.part.code,
            }
            for each in shown.parts
        ],
    }
