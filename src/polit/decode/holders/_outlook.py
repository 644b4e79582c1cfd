"""Attachments of an Outlook message (.msg), and of the messages that are attached to it.

Steps: ``attachment:<name>``, one for each message on the way. Source: MS-OXMSG 2.2, MS-OXPROPS.
"""

from collections.abc import Iterator

from polit.decode.found import Found, Part, Steps, Unopened, judge
from polit.decode.holders._compound import Compound, Path, path_bytes
from polit.decode.identify import HEAD_BYTES

_ATTACHMENT = "__attach_version1.0_#"
_PROPERTY = "__substg1.0_"
_DATA, _OBJECT = "37010102", "3701000D"
# Long file name, file name, display name: in UTF-16, then in the code page of the sender.
_NAMES = ("3707001F", "3704001F", "3001001F", "3707001E", "3704001E", "3001001E")
_MAX_DEPTH = 6


def is_message(compound: Compound) -> bool:
    """Tell whether a compound file is a message."""
    return any(path[-1].startswith((_PROPERTY, "__properties_version1")) for path in compound.paths)


def attachments_of(compound: Compound, folder: Path = (), steps: Steps = ()) -> Iterator[Part]:
    """Give the attachments of the message in a storage, in the order of the directory."""
    if len(steps) >= _MAX_DEPTH:
        yield Unopened("too_deep", f"below {_MAX_DEPTH} messages")
        return
    depth = len(folder)
    names = dict.fromkeys(
        path[depth] for path in compound.below(folder) if path[depth].startswith(_ATTACHMENT)
    )
    for name in names:
        yield from _attachment(compound, (*folder, name), steps)


def _attachment(compound: Compound, folder: Path, above: Steps) -> Iterator[Part]:
    name = _name(compound, folder)
    number = folder[-1].removeprefix(_ATTACHMENT).lstrip("0") or "0"
    steps = (*above, ("attachment", name or f"number {number}".encode()))
    stream = compound.read((*folder, _PROPERTY + _DATA))
    if stream is not None:
        yield Found(steps, stream.data, name, is_attached=True)
        if not stream.is_whole:
            yield Unopened("truncated")
        return
    inner = (*folder, _PROPERTY + _OBJECT)
    yield from attachments_of(compound, inner, steps)
    for path in compound.below(inner):
        if not path[len(inner)].startswith(("__", _PROPERTY)):
            data = compound.content(path)
            if judge(data[:HEAD_BYTES], len(data)) == "sought":
                yield Found((*steps, ("stream", path_bytes(path[len(inner) :]))), data)


def _name(compound: Compound, folder: Path) -> bytes:
    for name in _NAMES:
        raw = compound.content((*folder, _PROPERTY + name))
        if raw:
            text = raw.decode("utf-16-le", "replace") if name.endswith("F") else ""
            return text.rstrip("\0").encode() or raw.rstrip(b"\0")
    return b""
