"""Places on pages that registers above fill: a case's page knows nothing of its exhibits.

A register says in its ``AppConfig.ready()`` what it adds and where; the page asks for what was
added. Everybody may import it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Literal, get_args

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import slugify

Place = Literal[
    "case", "person", "referral", "warrant", "arrest", "child", "order", "exhibit", "home", "entry",
    "results", "stage", "task",
]  # fmt: skip
"""``home``: what waits. ``referral``: a referral's page, whose view has checked that it may be
read. ``stage``: the case page, above everything: where the case stands. ``task``: a safeguarding
task. All others: their pages, where ``case_access_of(request)`` holds. Which record it is says
``request.resolver_match``."""

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


@dataclass(frozen=True, slots=True)
class Content:
    """A section as the contents of a long page name it.

    Args:
        title: The words of its heading.
        anchor: The id of its heading.
        html: The section.
    """

    title: str
    anchor: str
    html: SafeString


_HEADING = re.compile(r'<h2 class="govuk-heading-m">(.*?)</h2>', re.DOTALL)

_sections: dict[Place, dict[str, Section]] = {place: {} for place in get_args(Place)}


def register_section(place: Place, order: int, template: str, context_of: ContextOf) -> None:
    """Add a section to a page; the same template again replaces what it was.

    Args:
        place: The page.
        order: Where it stands: people 100, children 110, referrals 120, risk 140,
            warrants 160, arrests 180, exhibits 200, examinations 300, court 700, orders 720,
            exchange 740; home alike.
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


def contents_of(sections: Iterable[SafeString]) -> tuple[Content, ...]:
    """Give the first heading of each section an id, so that a long page can lead to it.

    Args:
        sections: Rendered sections; one without a heading of the second level has an empty title.
    """
    contents = []
    for number, html in enumerate(sections, start=1):
        found = _HEADING.search(html)
        title = unescape(strip_tags(found[1])).strip() if found else ""
        anchor = f"{slugify(title) or 'section'}-{number}"
        marked = _HEADING.sub(rf'<h2 class="govuk-heading-m" id="{anchor}">\1</h2>', html, count=1)
        # Only an id made of letters, digits and hyphens was added to what was safe before.
        contents.append(Content(title, anchor, SafeString(marked)))
    return tuple(contents)
