"""Headers of every answer: nothing is kept, nothing is told, nothing is shared."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

_SENSORS = (
    "accelerometer",
    "autoplay",
    "bluetooth",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
)
PERMISSIONS = ", ".join(
    [f"{name}=()" for name in _SENSORS]
    + ["publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
)
"""What a page of ours may ask of the browser: passkeys, and nothing else."""

_ALWAYS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": PERMISSIONS,
    "X-Robots-Tag": "noindex, nofollow",
}
# Not cookies: browsers clear those of the whole domain, and with them other systems' sessions.
_LEAVE_NOTHING = '"cache", "storage"'


class PrivacyHeadersMiddleware:
    """The outermost part of the site: it sees every answer, also errors and redirects."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the site."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request and complete the answer's headers."""
        response = self._get_response(request)
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        if not _is_static_file(request, response):
            # Whatever a view says: a page that may be stored can be read by the next person.
            response.headers["Cache-Control"] = "no-store"
        if getattr(request, "signed_out", False):
            response.headers["Clear-Site-Data"] = _LEAVE_NOTHING
        return response


@receiver(user_logged_out)
def _remember_sign_out(request: HttpRequest | None, **_rest: Any) -> None:
    if request is not None:
        request.signed_out = True  # type: ignore[attr-defined]  # read by the middleware


def _is_static_file(request: HttpRequest, response: HttpResponseBase) -> bool:
    is_found = response.status_code in {200, 206, 304}
    return is_found and request.path_info.startswith(settings.STATIC_URL)
