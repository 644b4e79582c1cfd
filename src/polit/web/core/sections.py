"""Places on pages that registers above fill: a case's page knows nothing of its exhibits.

A register says in its ``AppConfig.ready()`` what it adds and where; the page asks for what was
added. Everybody may import it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Place = Literal["case", "exhibit", "home", "entry", "results"]
"""``case``, ``exhibit``, ``entry``, ``results``: their pages, where ``case_access_of(request)``
holds; which exhibit, entry or examination it is says ``request.resolver_match``. ``home``: what
waits."""

ContextOf = Callable[[HttpRequest], Mapping[str, object] | None]
"""What a section's template is given; ``None`` where there is nothing to show this person."""


@dataclass(frozen=True, slots=True)
class Section:
    """What one register adds to a page.

    Args:
        order: Where it stands; the least comes first.
        template: Its template, which begins with a heading of the second level.
        context_of: What the template is given.
    """

    order: int
    template: str
    context_of: ContextOf


_sections: dict[Place, dict[str, Section]] = {
    "case": {}, "exhibit": {}, "home": {}, "entry": {}, "results": {},
}  # fmt: skip


def register_section(place: Place, order: int, template: str, context_of: ContextOf) -> None:
    """Add a section to a page; the same template again replaces what it was.

    Args:
        place: The page.
        order: Where it stands: people 100, exhibits 200, examinations 300; home alike.
        template: The template's name.
        context_of: Asked once for each page shown.
    """
    _sections[place][template] = Section(order, template, context_of)


def sections_of(place: Place, request: HttpRequest) -> tuple[SafeString, ...]:
    """Return the rendered sections of a page that have something to show, in order."""
    ordered = sorted(_sections[place].values(), key=lambda each: (each.order, each.template))
    asked = [(each.template, each.context_of(request)) for each in ordered]
    return tuple(
        render_to_string(template, dict(context), request)
        for template, context in asked
        if context is not None
    )
