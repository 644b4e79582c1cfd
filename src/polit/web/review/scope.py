"""What of a case the gallery shows: an exhibit or all of it, a queue, filters. No Django here."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Filter:
    """One list from which an officer chooses.

    Args:
        name: The parameter of the address.
        label: What it is called.
        options: Values with their words; the first holds unless another is chosen.
    """

    name: str
    label: str
    options: tuple[tuple[str, str], ...]

    def value_of(self, given: str) -> str:
        """Return a value that this filter has: the given one, or its first."""
        return given if given in dict(self.options) else self.options[0][0]


_ANY = ("", "Any")
FILTERS = (
    Filter(
        "queue", "Queue",
        (
            (PENDING, "Pending"), ("unsure", "Unsure"), ("second", "Second review"),
            ("sample", "Blind sample"), ("proposals", "Proposals"), ("mine", "Mine"),
            ("graded", "Graded"), ("all", "All"),
        ),
    ),
    Filter(
        "sort", "Order",
        (
            ("matters", "What matters first"), ("date", "Date"), ("folder", "Folder"),
            ("size", "Size"), ("likeness", "Near known material first"),
        ),
    ),
    Filter("kind", "Kind", (_ANY, ("picture", "Pictures"), ("video", "Videos"))),
    Filter(
        "verdict", "Hash sets",
        (_ANY, ("unknown", "Unknown"), ("known", "Known"), ("near", "Near"), ("alert", "Alerts")),
    ),
    Filter("stacks", "Stacks", (("", "One tile a stack"), ("no", "Every item"))),
    Filter("disputed", "Disputed", (_ANY, ("yes", "Disputed alone"))),
)  # fmt: skip
DATES = (("from", "From"), ("to", "To"))
HIDDEN = ("exhibit", "state", "folder", "camera", "size", "graded_by", "grade", "flag", "lead")
"""Filters that facets, the tree and the timeline lead to; the order's own checks judge them."""
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class ReviewScope:
    """What is shown; only what differs from the usual is kept.

    Args:
        parameters: As in the address.
    """

    parameters: Mapping[str, str]

    def value(self, name: str) -> str:
        """Return a parameter; empty where it is not set."""
        return self.parameters.get(name, "")

    @property
    def query(self) -> str:
        """The parameters as an address has them."""
        return urlencode(self.parameters)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but a queue and an exhibit was chosen."""
        return bool(set(self.parameters) - {"queue", "sort", "exhibit"})

    @property
    def words(self) -> str:
        """The queue, and whether it is of one exhibit."""
        queue = dict(FILTERS[0].options)[self.value("queue")].lower()
        where = "one exhibit" if self.value("exhibit") else "whole case"
        return f"{queue}, {where}"


def scope_of(asked: Mapping[str, str]) -> ReviewScope:
    """Return the scope that an address asks for; what no filter has is passed over."""
    found = {each.name: each.value_of(asked.get(each.name, "")) for each in FILTERS}
    found |= {name: asked.get(name, "")[:_LONGEST] for name in (*HIDDEN, *dict(DATES))}
    return ReviewScope({name: value for name, value in found.items() if value})
