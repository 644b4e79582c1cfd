"""A running examination, followed: what it found so far in the gallery's grid, marked provisional.

The items are the case's own, so that one door unveils them and decisions on them are decisions;
only their order and their tiles come from here.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import Code
from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.core.broker import broker
from polit.web.core.found import or_404
from polit.web.examinations.models import Examination
from polit.web.examinations.queries import examination_get
from polit.web.items.queries.followed import (
    followed_changes,
    followed_count,
    followed_digests,
    followed_order,
)
from polit.web.items.queries.tiles import MOST_TILES
from polit.web.items.services.following import following_read
from polit.web.review.filters import places_of
from polit.web.review.page_config import page_config
from polit.web.review.rules import PART_OF_PAGE, REVIEWING
from polit.web.review.scope import ReviewScope
from polit.web.review.views.data import number_asked, packed, packed_tiles, told
from polit.web.review.views.gallery import bar_of, chosen_keys

_ALL = "all"
_NOTHING = "Nothing has been found so far: load the page again in a while."
_GONE = "The broker does not answer. What was read before is shown; tiles come once it answers."
_LEFT_OUT = frozenset({"stack", "tree", "timeline"})
"""What needs a package in the record."""


@access(REVIEWING)
def running(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Show the grid of a running examination, and read on in it."""
    granted = case_access_of(request)
    examination = or_404(lambda: examination_get(granted, examination_id))
    if not examination.standing.is_followed:
        return redirect("examinations:page", case_id=case_id, examination_id=examination_id)
    trouble = _read_on(examination)
    is_all = request.GET.get("queue") == _ALL
    scope = ReviewScope({"queue": _ALL} if is_all else {})
    config = page_config(request, granted, scope, chosen_keys(request))
    urls = config["urls"]
    assert isinstance(urls, dict)
    config |= {"urls": urls | _addresses(examination), "is_ready": True, "provisional": True}
    shown = {
        "case": granted.case,
        "examination_id": examination_id,
        "exhibit": examination.exhibit.reference,
        "scope_words": "a running examination",
        "trouble": trouble,
        "config": config,
        "other_url": request.path if is_all else f"{request.path}?queue={_ALL}",
        "other_words": "Open items alone" if is_all else "All items",
        **bar_of(_LEFT_OUT),
    }
    return render(request, "review/running.html", shown)


@access(PART_OF_PAGE)
@told
def order(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Return what was read of a running examination, in its order, as packed arrays."""
    del case_id
    granted, _ = _followed(request, examination_id)
    is_open = request.GET.get("queue") != _ALL
    found = followed_order(granted, examination_id, is_open=is_open)
    header: dict[str, object] = {
        "count": len(found.places),
        "read": followed_count(granted, examination_id),
        "revision": found.revision,
    }
    return packed(header, found)


@access(PART_OF_PAGE)
@told
def tiles(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Return safe tiles of a running examination: the broker reads them beside its writer."""
    del case_id
    granted, examination = _followed(request, examination_id)
    places = places_of(request.GET.get("places", ""), most=MOST_TILES)
    digests = followed_digests(granted, examination_id, places)
    opened: dict[str, bytes] = {}
    if digests:
        try:
            opened = broker().provisional_tiles(
                str(examination.order_id), list(digests.values()),
                case_reference=granted.case.reference,
            )  # fmt: skip
        except (BrokerGone, BrokerRefused) as error:
            return JsonResponse({"error": "broker", "message": str(error)}, status=503)
    by_place = {place: opened[sha256] for place, sha256 in digests.items() if sha256 in opened}
    return packed_tiles(places, by_place)


@access(PART_OF_PAGE)
@told
def changes(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Read on, and return what was decided since a revision and how many items there are now."""
    del case_id
    granted, examination = _followed(request, examination_id)
    since = number_asked(request, "since") or 0
    if examination.standing.is_followed:
        _read_on(examination)
    revision, items = followed_changes(granted, examination_id, since)
    count = followed_count(granted, examination_id)
    return JsonResponse({"revision": revision, "items": items, "count": count})


def _followed(request: HttpRequest, examination_id: UUID) -> tuple[CaseAccess, Examination]:
    granted = case_access_of(request)
    return granted, or_404(lambda: examination_get(granted, examination_id))


def _read_on(examination: Examination) -> str:
    """Read on; return what stood in the way, in words, empty for nothing."""
    try:
        following_read(examination, broker=broker())
    except BrokerRefused as error:
        return _NOTHING if error.code == Code.NO_PACKAGE else str(error)
    except BrokerGone:
        return _GONE
    return ""


def _addresses(examination: Examination) -> dict[str, str]:
    at = {"case_id": examination.case_id, "examination_id": examination.pk}
    return {
        name: reverse(f"review:running_{name}", kwargs=at) for name in ("order", "tiles", "changes")
    }
