"""Whose word on which hash set counts today: of a package, and of its supplements after it.

A source that asked all hash sets that were enabled replaces what was said before it: a set that
was switched off since must not go on settling anything. One that asked sets by their names adds
to it, and is the latest word on those sets. The package itself is the first source. Used by the
engine and by the record, so that both count alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Saying:
    """Which hash sets a source asked.

    Args:
        sets: Their digests.
        all_sets: Whether they were all that were enabled; of the package itself it is the same.
    """

    sets: frozenset[str]
    all_sets: bool


def counting_sets(sayings: Sequence[Saying]) -> tuple[frozenset[str], ...]:
    """Return for each source the hash sets of which its word counts today.

    Args:
        sayings: The package's, then its supplements' in their order.
    """
    latest: dict[str, int] = {}
    for place, saying in enumerate(sayings):
        if saying.all_sets:
            latest.clear()
        latest.update(dict.fromkeys(saying.sets, place))
    return tuple(
        frozenset(one for one in saying.sets if latest.get(one) == place)
        for place, saying in enumerate(sayings)
    )
