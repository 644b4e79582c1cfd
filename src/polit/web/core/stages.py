"""Where a case stands: registers say when it reached each stage, the case page shows the days.

A register says in its ``AppConfig.ready()`` which stages it knows. Everybody may import it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

WhenReached = Callable[[Sequence[UUID]], Mapping[UUID, datetime]]
"""Return by case when it first reached a stage; a case that has not is left out. It is asked for
one case or for thousands, in a number of queries that does not grow with them, and asks for no
access: the caller has made sure that the cases may be read."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a case, from referral to result.

    Args:
        code: Its code, such as ``warrant_granted``.
        order: Where it stands; the least comes first.
        label: What people read: "Warrant granted".
        when: When cases first reached it.
    """

    code: str
    order: int
    label: str
    when: WhenReached


_stages: dict[str, Stage] = {}


def register_stage(code: str, order: int, label: str, when: WhenReached) -> None:
    """Add a stage; the same code again replaces what it was.

    Args:
        code: Its code.
        order: Where it stands: received 100, risk assessed 200, enquiry answered 300, warrant
            granted 400, executed 500, arrested 600, devices examined 700, charged 800,
            result 900.
        label: What people read.
        when: When cases first reached it.
    """
    _stages[code] = Stage(code, order, label, when)


def stages() -> tuple[Stage, ...]:
    """Return the stages in order."""
    return tuple(sorted(_stages.values(), key=lambda each: (each.order, each.code)))
