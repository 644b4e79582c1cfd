"""Names of further files that an image needs: base names, in its own folder, never a path.

What an image says of them is hostile: a folder that it names is dropped, and what is left must
be a plain name. Reading which are wanted is the work of ``containers/_*_facts.py``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.base.text import visible

MAXIMUM_FILES = 256
"""An image of more parts than that is a lie: VMware splits at 2 GB, to 62 TB in theory alone."""
MAXIMUM_DEPTH = 32
"""So many parents behind one another; Hyper-V and VMware advise against more than a few."""
_MAXIMUM_NAME_BYTES = 255


@dataclass(frozen=True, slots=True)
class Companion:
    """A further file that an image needs.

    Args:
        names: Base names that it may have, the likeliest first, at least one.
        why: What it is for, such as ``its parent``; for messages.
        is_parent: Whether it is an image of its own that this one builds on.
    """

    names: tuple[str, ...]
    why: str
    is_parent: bool


def base_name(untrusted_path: str) -> str:
    r"""Return the last part of a stated path of any system, empty where it is no file name.

    Args:
        untrusted_path: A name, a path or a ``file:`` address, with ``/`` or ``\`` in it.
    """
    name = re.split(r"[/\\]", untrusted_path.removeprefix("file:").rstrip("\0"))[-1]
    encoded = name.encode("utf-8", errors="surrogateescape")
    if name in {"", ".", ".."} or "\0" in name or len(encoded) > _MAXIMUM_NAME_BYTES:
        return ""
    return name


def companion(
    untrusted_paths: Iterable[str], why: str, *, of: str, is_parent: bool = False
) -> Companion:
    """Return a companion under the base names of stated paths.

    Raises:
        SourceUnreadable: None of them gives a name.
    """
    names = tuple(dict.fromkeys(name for path in untrusted_paths if (name := base_name(path))))
    if not names:
        raise SourceUnreadable(
            f"{visible(of)} needs a further file ({why}) and gives no name that can be one: "
            "join or convert it with the tool that made it"
        )
    return Companion(names, why, is_parent)


def match_name(names: Iterable[str], wanted: Companion) -> str | None:
    """Return the file name that a companion has, or ``None`` where it is not there.

    Args:
        names: What there is. Case matters only where two differ in nothing else.
        wanted: What is looked for.
    """
    there = sorted(names)
    folded = {name.casefold(): name for name in reversed(there)}
    for name in wanted.names:
        if name in there:
            return name
    for name in wanted.names:
        if (found := folded.get(name.casefold())) is not None:
            return found
    return None
