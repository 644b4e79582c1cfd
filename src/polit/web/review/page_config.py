"""What the gallery's scripts are given: addresses, categories, keys, the officer's session."""

from uuid import UUID

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import CaseAccess
from polit.web.grading.category_schemes import categories_of
from polit.web.grading.queries import scheme_of
from polit.web.items.queries.sets import review_set_of
from polit.web.items.rules import Flag
from polit.web.review.keyboard import KeyChoice, keys_of
from polit.web.review.scope import ReviewScope
from polit.web.welfare.page import session_config, session_urls

_PARTS = (
    "order", "tiles", "facets", "folders", "timeline", "table", "changes", "unveil", "seen",
    "decide", "undo", "redo", "split", "figures", "progress",
)  # fmt: skip


def page_config(
    request: HttpRequest, granted: CaseAccess, scope: ReviewScope, choice: KeyChoice
) -> dict[str, object]:
    """Return the config of a page, as JSON holds it.

    Args:
        request: Whose page it is.
        granted: Access to the case.
        scope: What is shown.
        choice: The officer's keys.
    """
    case = granted.case
    return {
        "case_id": str(case.id),
        "urls": _addresses(case.id),
        "csrf": get_token(request),
        "categories": [
            {"code": each.code, "label": each.label, "key": each.key,
             "tone": "counts" if each.counts else ""}
            for each in categories_of(scheme_of(case))
        ],
        "flags": [
            {"name": each.name.lower(), "label": each.name.replace("_", " ").capitalize()}
            for each in Flag
            if each.name
        ],
        "scope": dict(scope.parameters),
        "session": session_config(user_of(request), case),
        "is_ready": review_set_of(granted) is not None,
        "keys": keys_of(choice),
        "keys_on": choice.is_on,
    }  # fmt: skip


def address_of(name: str, case_id: UUID, **more: object) -> str:
    """Return an address of the review."""
    try:
        return reverse(f"review:{name}", kwargs={"case_id": case_id, **more})
    except NoReverseMatch:
        return f"{reverse('review:gallery', kwargs={'case_id': case_id})}{name}"


def _addresses(case_id: UUID) -> dict[str, str]:
    found = {name: address_of(name, case_id) for name in _PARTS}
    return found | {"item": address_of("item", case_id, place=0)} | session_urls(case_id)
