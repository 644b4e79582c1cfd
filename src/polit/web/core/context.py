"""What every page knows: its theme, the version, whom to turn to, the way out."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from polit import __version__
from polit.base import settings
from polit.web.core.marked import mark_text

THEMES = ("light", "dark")
"""What may be chosen; nothing chosen follows the system."""


def page_context(request: HttpRequest) -> dict[str, str]:
    """Return what the base template shows."""
    return {
        "theme": theme_of(request),
        "polit_version": __version__,
        "synthetic_mark": mark_text(),
        "welfare_contact": settings.text("POLIT_WELFARE_CONTACT"),
        "appearance_url": _address("appearance"),
        "account_url": _address("accounts:own"),
        "sign_out_url": _address("account_logout"),
    }


def theme_of(request: HttpRequest) -> str:
    """Return the theme that was chosen, empty for the system's."""
    session = getattr(request, "session", None)
    chosen = session.get("theme", "") if session is not None else ""
    return chosen if chosen in THEMES else ""


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
