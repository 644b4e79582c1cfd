"""Decode a still whole, after its header said that this is bounded. Runs in the sandbox.

The whole picture is decoded, not a scaled one, because that proves the whole file and because
fingerprints are taken from full resolution. Each module of ``decode/stills/`` takes one family
of formats: it states ``ORDER``, ``TYPES`` (media types), ``warm``, ``samples`` (tiny pictures
that lead through all of its paths) and ``decode``.
"""

import mmap
import warnings
from collections.abc import Iterator
from typing import Protocol, cast

from PIL import Image, ImageFile

from polit.base.plugins import modules_of
from polit.decode import stills
from polit.decode.floors import OFF_PREFIX, switched_off
from polit.decode.picture import MAX_PIXELS, Item, Still, StillFrame
from polit.decode.refusal import Refused
from polit.decode.stills._pillow import UNREADABLE, refusal_of

__all__ = ["Still", "StillFrame", "decode_still", "still_plugins", "warm"]


class StillPlugin(Protocol):
    """What every module of ``decode/stills/`` offers."""

    ORDER: int
    TYPES: tuple[str, ...]

    def warm(self) -> dict[str, str]:
        """Load what it needs; return the versions of its libraries."""

    def samples(self) -> Iterator[tuple[bytes, str]]:
        """Yield tiny pictures and their types: one for each path through the decoder."""

    def decode(self, item: Item) -> Still:
        """Decode a picture of one of its types.

        Raises:
            Refused: As ``decode_still`` says.
        """


_PLUGINS = tuple(cast("StillPlugin", module) for module in modules_of(stills))
_BY_TYPE = {mime: plugin for plugin in _PLUGINS for mime in plugin.TYPES}
_WARM_BYTES = 1 << 30

_off: dict[str, str] = {}


def still_plugins() -> tuple[StillPlugin, ...]:
    """Return all plugins, in order."""
    return _PLUGINS


def warm() -> dict[str, str]:
    """Load all libraries and run every path once: nothing can be imported after the lockdown.

    Returns:
        Versions of the libraries, and a line ``off:<type>`` for each type below its floor.
    """
    warnings.simplefilter("ignore")  # a warning would read source files to show them
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    versions: dict[str, str] = {}
    for plugin in _PLUGINS:
        versions |= plugin.warm()
        for number, (sample, mime) in enumerate(plugin.samples()):
            _decode(plugin, Item(sample, mime, _WARM_BYTES))
            if number == 0:
                _try_out_broken(plugin, sample, mime)
    _off.clear()
    off = switched_off(versions)
    _off.update({mime: reason for mime, reason in off.items() if mime in _BY_TYPE})
    return versions | {OFF_PREFIX + mime: reason for mime, reason in _off.items()}


def _try_out_broken(plugin: StillPlugin, sample: bytes, mime: str) -> None:
    """Decode a sample that is cut, and one that is damaged: how that is told is loaded then."""
    at = len(sample) * 2 // 3
    damage = bytes(255 - byte for byte in sample[at : at + 4])
    for part in (sample[: at + 8], sample[:at] + damage + sample[at + 4 :]):
        try:
            _decode(plugin, Item(part, mime, _WARM_BYTES))
        except Refused:
            continue


def decode_still(untrusted: mmap.mmap, mime: str, *, memory_bytes: int) -> Still:
    """Decode a picture whole, or what there is of it.

    Args:
        untrusted: The item.
        mime: One of ``polit.decode.decodable.STILLS``.
        memory_bytes: What may be mapped for it, the item itself included.

    Raises:
        Refused: Its header breaks the limits, not one pixel can be decoded, or it needs more
            memory.
    """
    if mime in _off:
        raise Refused("decoder_off", f"the decoder is switched off: {_off[mime]}")
    plugin = _BY_TYPE.get(mime)
    if plugin is None:
        raise Refused("undecodable", f"no decoder for {mime}")
    return _decode(plugin, Item(untrusted, mime, memory_bytes))


def _decode(plugin: StillPlugin, item: Item) -> Still:
    try:
        return plugin.decode(item)
    except UNREADABLE as error:
        raise refusal_of(error) from error
