"""Values for the addresses of the gallery, made for one case."""

from collections.abc import Callable

from polit.web.cases.models import Case

SAMPLES: dict[str, Callable[[Case], object]] = {}
