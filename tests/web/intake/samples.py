"""Values for the addresses of the intake, made for one case."""

from collections.abc import Callable

from polit.web.cases.models import Case


def package_action(case: Case) -> str:
    """Name an action."""
    del case
    return "withdraw"


SAMPLES: dict[str, Callable[[Case], object]] = {"package_action": package_action}
