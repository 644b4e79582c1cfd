"""The store's log: who imported, switched off or removed which set or key, when and why.

One line of canonical JSON an act, only ever appended, synced before the act counts. A line that
a kill cut short is no act. Imported by ``polit.match`` alone.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from polit.base import faults
from polit.base.canonical import canonical_json
from polit.base.clock import instant_text, now_utc
from polit.base.errors import HashSetDamaged, UsageError
from polit.base.text import says_something
from polit.match.set_document import KEY_BYTES
from polit.store.room import needs_room

LOG = "log.jsonl"
_KEY_DIGITS = {name: 2 * length for name, length in KEY_BYTES.items()} | {"pdq": 64}
_KEY = re.compile(r"(md5|sha1|sha256|pdq):([0-9a-fA-F]+)")


class Act(StrEnum):
    """What was done to a set, to a key in whatever set, or on behalf of a provider."""

    IMPORT = "import"
    DISABLE = "disable"
    ENABLE = "enable"
    REMOVE = "remove"
    UPDATE = "update"
    TRUST = "trust"


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the log.

    Args:
        at: RFC 3339 in UTC.
        by: Who did it.
        act: What was done.
        reason: Why; empty for an import. Of an update, when its provider issued it.
        set_sha256: Of which set, or empty.
        set_name: What the set, or the provider, is called.
        key: Of which key, ``algorithm:hex``, or empty.
    """

    at: str
    by: str
    act: Act
    reason: str
    set_sha256: str = ""
    set_name: str = ""
    key: str = ""


def is_key(text: str) -> bool:
    """Tell whether text states a key, right or wrong, rather than the name of a set."""
    return text.partition(":")[0] in _KEY_DIGITS and ":" in text


def key_text(text: str) -> str:
    """Return a key in the form that the log keeps, ``algorithm:hex`` in lower case.

    Raises:
        UsageError: It is no key, or of the wrong length.
    """
    match = _KEY.fullmatch(text.strip())
    if match is None or len(match[2]) != _KEY_DIGITS[match[1]]:
        raise UsageError(f"{text!r} is no key: write md5:HEX, sha1:HEX, sha256:HEX or pdq:HEX")
    return f"{match[1]}:{match[2].lower()}"


def changes_read(folder: Path) -> tuple[Change, ...]:
    """Return the log of a store, in its order.

    Raises:
        HashSetDamaged: A line is none that polit wrote.
    """
    try:
        raw = (folder / LOG).read_bytes()
    except FileNotFoundError:
        return ()
    whole = raw[: raw.rfind(b"\n") + 1].splitlines()
    try:
        return tuple(msgspec.json.decode(line, type=Change) for line in whole)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HashSetDamaged(f"{folder / LOG} has a line that is no act: {error}") from error


def change_add(folder: Path, act: Act, *, by: str, reason: str, about: Change) -> Change:
    """Write an act, durable before this returns.

    Args:
        folder: The store.
        act: What was done.
        by: Who did it.
        reason: Why.
        about: The set or key; the rest of it is passed over.

    Raises:
        UsageError: Nobody is named, or no reason is given where one has to be.
        StorageFull: There is no room; the act does not count.
    """
    if not says_something(by):
        raise UsageError("an act on hash sets names who did it")
    if act is not Act.IMPORT and not says_something(reason):
        raise UsageError(f"a reason has to be given to {act} a hash set or key")
    change = Change(
        instant_text(now_utc()), by, act, reason, about.set_sha256, about.set_name, about.key
    )
    with _locked(folder) as descriptor, needs_room("the log of hash sets"):
        _append(descriptor, canonical_json(msgspec.to_builtins(change)) + b"\n")
    return change


def keys_off(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the acts that switched off what is off now, ordered by key."""
    off: dict[str, Change] = {}
    for change in changes:
        if change.key and change.act is Act.DISABLE:
            off[change.key] = change
        elif change.key:
            off.pop(change.key, None)
    return tuple(off[key] for key in sorted(off))


def keys_off_sha256(off: tuple[Change, ...]) -> str:
    """Return the digest of a list of keys that are off, empty for none."""
    if not off:
        return ""
    return hashlib.sha256(canonical_json([change.key for change in off])).hexdigest()


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    is_new = not (folder / LOG).exists()
    descriptor = os.open(folder / LOG, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
        if is_new:
            sync_folder(folder)
    finally:
        os.close(descriptor)


def _append(descriptor: int, line: bytes) -> None:
    size_bytes = os.fstat(descriptor).st_size
    whole_bytes = _whole_bytes(descriptor, size_bytes)
    if whole_bytes != size_bytes:
        os.ftruncate(descriptor, whole_bytes)
    try:
        view = memoryview(line)
        while view:
            faults.reach("hashsets.log")
            view = view[os.write(descriptor, view) :]
        faults.reach("hashsets.log_sync")
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, whole_bytes)
        raise


def _whole_bytes(descriptor: int, size_bytes: int) -> int:
    """Return where the last whole line ends: what a kill cut short is cut off."""
    raw = os.pread(descriptor, size_bytes, 0)
    return raw.rfind(b"\n") + 1


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        faults.reach("hashsets.sync_folder")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
