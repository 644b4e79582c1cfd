"""What pages of others show of the review: the way into the gallery, from an exhibit's results."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.media.asked import package_asked
from polit.web.review.rules import REVIEWERS


def results_review(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the way to the review of the package of the address, for whoever reviews."""
    match = request.resolver_match
    if match is None or not user_of(request).roles & REVIEWERS:
        return None
    granted = case_access_of(request)
    package = package_asked(request, match.kwargs["examination_id"])
    return {"case": granted.case, "number": package.number}
