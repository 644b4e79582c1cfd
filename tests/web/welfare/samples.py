"""Values for the addresses of welfare, made for one case."""

from collections.abc import Callable

from polit.web.cases.models import Case


def session_action(case: Case) -> str:
    """Name something that is done with a session."""
    del case
    return "pause"


SAMPLES: dict[str, Callable[[Case], object]] = {"session_action": session_action}
"""What the authorisation matrix asks with."""
