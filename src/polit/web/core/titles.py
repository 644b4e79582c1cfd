"""What acts are called where people read them; a register names its own in ``ready()``."""

from collections.abc import Mapping

_titles: dict[str, str] = {}


def register_titles(titles: Mapping[str, str]) -> None:
    """Name acts: ``{"warrants.execute": "Warrant executed"}``."""
    _titles.update(titles)


def titled() -> frozenset[str]:
    """Return the acts that registers named."""
    return frozenset(_titles)


def title_of(action: str) -> str:
    """Return the words of an act of the audit; of one without words, how it is spelled."""
    verb = action.rpartition(".")[2]
    return _titles.get(action, verb.replace("_", " ").capitalize())
