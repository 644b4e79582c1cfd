"""The leaflet of signposts for an audience, as a PDF."""

from dataclasses import dataclass

from polit.web.core.pdf import render_pdf
from polit.web.signposts.queries import signposts_for
from polit.web.signposts.rules import Audience


@dataclass(frozen=True, slots=True)
class LeafletEntry:
    """One signpost as it is printed."""

    name: str
    purpose: str
    telephone: str
    website: str
    hours: str


@dataclass(frozen=True, slots=True)
class Leaflet:
    """What a leaflet holds; it names nobody and no case."""

    title: str
    entries: tuple[LeafletEntry, ...]


def leaflet_pdf(audience: Audience) -> bytes:
    """Return the leaflet for somebody."""
    entries = tuple(
        LeafletEntry(each.name, each.purpose, each.telephone, each.website, each.hours)
        for each in signposts_for(audience)
    )
    return render_pdf("signposts", Leaflet(audience.heading, entries))
