"""Where a digest was seen: registers above say it, those below ask.

A register says in its ``AppConfig.ready()`` where it knows digests from. Everybody may import it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from polit.web.core.due import Waiting


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place where a digest was seen.

    Args:
        digest: The digest that was asked for, hex.
        reference: The case's reference.
        url: Where it is shown.
        text: Where exactly, in words: the exhibit's reference.
    """

    digest: str
    reference: str
    url: str
    text: str


SightingsOf = Callable[[Waiting, frozenset[str]], Iterable[Sighting]]
"""Return where SHA-256 digests (hex) were seen in what this reader may see: their cases alone. A
bounded number of queries and of rows."""

_sources: dict[str, SightingsOf] = {}


def register_sightings(register: str, source: SightingsOf) -> None:
    """Add where a register knows digests from; the same register again replaces what it was."""
    _sources[register] = source


def sightings_of(user: Waiting, sha256s: frozenset[str]) -> tuple[Sighting, ...]:
    """Return where digests were seen, by case and place; nothing is asked for no digest."""
    if not sha256s:
        return ()
    found = {each for name in sorted(_sources) for each in _sources[name](user, sha256s)}
    return tuple(sorted(found, key=lambda each: (each.reference, each.text, each.digest)))
