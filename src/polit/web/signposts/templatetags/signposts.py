"""The signposts for somebody, for ``{% include "signposts/for.html" with audience="family" %}``."""

from django import template

from polit.web.signposts.models import Signpost
from polit.web.signposts.queries import signposts_for
from polit.web.signposts.rules import Audience

register = template.Library()


@register.simple_tag
def signposts_of(audience: str) -> list[Signpost]:
    """Return the signposts for an audience, a code of ``Audience``; one query."""
    return signposts_for(Audience(audience))


@register.simple_tag
def audience_heading(audience: str) -> str:
    """Return what stands above the signposts for an audience."""
    return Audience(audience).heading
