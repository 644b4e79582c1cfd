"""The volumes of a package as a page shows them: a tree, with what opened each and what it gave."""

from collections.abc import Iterable
from dataclasses import dataclass

from polit.model import codes
from polit.package.carving_account import uncarved_reason
from polit.web.media.models import Carving, Volume
from polit.web.media.volume_names import LAYERS

DEEPEST_SHOWN = 8
_AREAS = {
    "unallocated": "unallocated space",
    "slack": "slack",
    "whole": "all of it",
}


@dataclass(frozen=True, slots=True)
class ShownSearch:
    """An area that was carved, or was not.

    Args:
        area: Which bytes, in words.
        size_bytes: How many there are.
        searched_bytes: How many of them were searched.
        reason: Why it was not searched further, empty where it was.
        carved: How many pictures and videos became entries.
        found_again: How many candidates the package held already.
        undecoded: How many no decoder shows anything of.
    """

    area: str
    size_bytes: int
    searched_bytes: int
    reason: str
    carved: int
    found_again: int
    undecoded: int


@dataclass(frozen=True, slots=True)
class ShownVolume:
    """One volume of the tree.

    Args:
        name: Where it is, with the volumes that it lies in.
        depth: In how many others it lies, at most ``DEEPEST_SHOWN``.
        holds: What it is: its type, file system, layer.
        opened_by: Which kind of key opened its layer, empty where none did.
        locator: Its place, as every entry of it bears it.
        offset_bytes: Where it begins in the source; ``None`` where it lies in another.
        size_bytes: How long it is.
        state: How far it was examined.
        is_examined: Whether its names are listed, or what it holds is.
        reason: Why it was not examined, empty where it was.
        searches: What was carved in it.
    """

    name: str
    depth: int
    holds: str
    opened_by: str
    locator: str
    offset_bytes: int | None
    size_bytes: int
    state: str
    is_examined: bool
    reason: str
    searches: tuple[ShownSearch, ...]


def volume_tree(volumes: Iterable[Volume], searches: Iterable[Carving]) -> list[ShownVolume]:
    """Return volumes so that each stands before those inside it.

    Args:
        volumes: In the order of their numbers; one names only such as came before it.
        searches: What was carved in them.
    """
    found = list(volumes)
    ways: dict[int, tuple[int, ...]] = {}
    for volume in found:
        ways[volume.pk] = (*ways.get(volume.parent_id or 0, ()), volume.pk)
    carved: dict[int, list[ShownSearch]] = {}
    for search in searches:
        carved.setdefault(search.volume_id, []).append(_search(search))
    holding = {volume.parent_id for volume in found}
    return [
        _volume(volume, len(ways[volume.pk]) - 1, carved.get(volume.pk, []), volume.pk in holding)
        for volume in sorted(found, key=lambda each: ways[each.pk])
    ]


def _volume(
    volume: Volume, depth: int, searches: list[ShownSearch], is_holder: bool
) -> ShownVolume:
    state = codes.VOLUME_STATES.value(volume.state)
    layer = LAYERS.get(volume.layer, volume.layer)
    holds = [volume.description, volume.filesystem, f"holds: {layer}" if layer else ""]
    return ShownVolume(
        name=volume.title,
        depth=min(depth, DEEPEST_SHOWN),
        holds=", ".join(filter(None, holds)),
        opened_by=volume.opened_by,
        locator=volume.locator,
        offset_bytes=None if depth else volume.offset_bytes,
        size_bytes=volume.size_bytes,
        state=_state(state, volume, is_holder=is_holder),
        is_examined=state == "walked",
        reason=volume.reason,
        searches=tuple(searches),
    )


def _state(state: str, volume: Volume, *, is_holder: bool) -> str:
    if state != "walked":
        return {"not_examined": "Not examined"}.get(state, "Not examined to its end")
    if is_holder and not volume.filesystem:
        return "Opened: see what it holds"
    return "Examined"


def _search(search: Carving) -> ShownSearch:
    area = codes.CARVING_AREAS.value(search.area)
    return ShownSearch(
        area=_AREAS[area],
        size_bytes=max(search.size_bytes, search.searched_bytes),
        searched_bytes=search.searched_bytes,
        reason=uncarved_reason(search.reason) if search.reason else "",
        carved=search.carved,
        found_again=search.found_again,
        undecoded=search.undecoded,
    )
