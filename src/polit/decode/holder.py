"""What holds pictures: documents, mail, caches, pictures themselves. Only sandboxed workers open.

**Plugins.** Each module of ``polit.decode.holders`` that does not begin with ``_`` states:

- ``ORDER``: an int of its own; plugins are asked in this order;
- ``NAME``: its name;
- ``MIMES``: the types it may be asked about;
- ``takes(untrusted) -> bool``: whether it reads these bytes, answered cheaply;
- ``find(untrusted) -> Iterator[Part]``: what is inside, lazily, in an order that the bytes alone
  decide. It may raise ``Refused`` before it gives anything, and any exception later: what was
  given stays;
- ``samples() -> Iterator[bytes]``: tiny holders that together run all of its code, once, before
  the lockdown.

Nothing is extracted to a disk: a name is data, never a path.
"""

import mmap
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol, cast

import olefile
import pypdf

from polit.base.plugins import modules_of
from polit.decode import holders, identify
from polit.decode.found import MAX_MEMBERS, Found, Part, Steps, Unopened, judge
from polit.decode.refusal import Refused

MAX_MEMBER_BYTES = 256 << 20
MAX_TOTAL_BYTES = 1 << 30
MAX_VALUE_BYTES = 1024
"""A longer name is cut: 1,024 bytes tell a person enough, and a list of them must stay short."""


class HolderModule(Protocol):
    """What a module of ``polit.decode.holders`` offers."""

    ORDER: int
    NAME: str
    MIMES: frozenset[str]

    def takes(self, untrusted: mmap.mmap) -> bool:
        """Tell whether it reads these bytes."""

    def find(self, untrusted: mmap.mmap) -> Iterator[Part]:
        """Give what is inside."""

    def samples(self) -> Iterator[bytes]:
        """Give tiny holders that run all of its code."""


_plugins: tuple[HolderModule, ...] = ()


def holder_plugins() -> tuple[HolderModule, ...]:
    """Return every reader of holders, in the order in which they are asked."""
    global _plugins  # noqa: PLW0603 - found once, before the lockdown
    _plugins = _plugins or cast("tuple[HolderModule, ...]", modules_of(holders))
    return _plugins


def warm() -> dict[str, str]:
    """Run every reader once: nothing can be imported after the lockdown.

    Returns:
        The versions of their libraries.
    """
    for plugin in holder_plugins():
        for sample in plugin.samples():
            with mmap.mmap(-1, len(sample)) as untrusted:
                untrusted[:] = sample
                for mime in sorted(plugin.MIMES):
                    for part in open_holder(untrusted, mime):
                        if isinstance(part, Found):
                            judge(part.data[: identify.HEAD_BYTES], len(part.data))
    return {"olefile": olefile.__version__, "pypdf": pypdf.__version__}


def open_holder(untrusted: mmap.mmap, mime: str) -> Iterator[Part]:
    """Give what a holder holds, lazily, within the limits.

    Args:
        untrusted: The whole holder.
        mime: What it was identified as.

    Yields:
        Members with steps that no other member has, in an order that the bytes alone decide.

    Raises:
        Refused: They are encrypted; before anything is given.
        MemoryError: It needs more than the process may map.
    """
    for plugin in holder_plugins():
        if mime in plugin.MIMES and plugin.takes(untrusted):
            yield from _limited(_mended(plugin.find(untrusted)))
            return
    yield Unopened("unsupported", mime)


def _mended(parts: Iterator[Part]) -> Iterator[Part]:
    """What was given before a reader failed stays given; the rest is damaged."""
    count = 0
    try:
        for part in parts:
            yield part
            count += 1
    except MemoryError:
        raise
    except Refused as refusal:
        if not count:
            raise
        yield Unopened(refusal.code, refusal.detail)
    except Exception as error:  # noqa: BLE001 - the item is hostile, its readers are third parties'
        # The class alone: what libraries say of an error may hold addresses or names.
        yield Unopened("damaged", type(error).__name__)


def _limited(parts: Iterator[Part]) -> Iterator[Part]:
    given: dict[Steps, int] = {}
    unopened = members = total_bytes = 0
    for part in parts:
        if isinstance(part, Unopened):
            unopened += 1
            if unopened >= MAX_MEMBERS:
                yield Unopened("too_many", f"more than {MAX_MEMBERS}")
                return
            yield part
            continue
        if len(part.data) > MAX_MEMBER_BYTES or total_bytes + len(part.data) > MAX_TOTAL_BYTES:
            yield Unopened("too_large", f"{len(part.data)} bytes")
            continue
        if members >= MAX_MEMBERS:
            yield Unopened("too_many", f"more than {MAX_MEMBERS}")
            return
        members += 1
        total_bytes += len(part.data)
        yield _told_apart(part, given)


def _told_apart(part: Found, given: dict[Steps, int]) -> Found:
    steps = tuple((kind, value[:MAX_VALUE_BYTES]) for kind, value in part.steps)
    count = given[steps] = given.get(steps, 0) + 1
    if count > 1:
        steps = (*steps, ("same", b"%d" % count))
    return replace(part, steps=steps, name=part.name[:MAX_VALUE_BYTES])
