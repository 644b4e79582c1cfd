"""All figures, in the order in which they are shown: one module for each group."""

from polit.web.statistics.figures import (
    arrests,
    children,
    devices,
    orders,
    referrals,
    warrants,
)
from polit.web.statistics.figures.base import Figure

FIGURES: tuple[Figure, ...] = (
    *warrants.FIGURES,
    *arrests.FIGURES,
    *children.FIGURES,
    *devices.FIGURES,
    *referrals.FIGURES,
    *orders.FIGURES,
)
"""Their codes are the keys of ``polit stats --json``."""


def figure_of(key: str) -> Figure | None:
    """Return a figure by its code, ``None`` where there is none."""
    return next((each for each in FIGURES if each.key == key), None)
