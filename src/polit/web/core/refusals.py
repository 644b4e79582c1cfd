"""Pages of what went wrong. They say what to do next, and nothing of what was asked or found."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

_TOO_LARGE = (RequestDataTooBig, TooManyFilesSent)
_BARE = frozenset({400, 403, 404, 405, 413, 429, 500})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be understood, or was too large."""
    status = 413 if isinstance(exception, _TOO_LARGE) else 400
    return refusal(request, status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose proof of origin is missing; the reason is nobody's business."""
    del reason
    return HttpResponse(render_to_string("403_csrf.html", request=request), status=403)


def refusal(request: HttpRequest, status: int) -> HttpResponse:
    """Return the page of a status."""
    return HttpResponse(render_to_string(f"{status}.html", request=request), status=status)


class RefusalPagesMiddleware:
    """Gives an answer without a word (a method not allowed, too many tries) its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the site."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        response = self._get_response(request)
        is_empty = isinstance(response, HttpResponse) and not response.content
        if response.status_code not in _BARE or not is_empty:
            return response
        page = refusal(request, response.status_code)
        for name, value in response.headers.items():
            if name not in {"Content-Type", "Content-Length"}:
                page.headers[name] = value
        return page
