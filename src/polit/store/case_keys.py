"""Keys of cases: made, opened and destroyed. Whoever destroys one makes its originals unreadable.

A case's key is 32 random bytes, wrapped to the installation's age identity, in the file
``keys/cases/<name>.age`` of the data directory. Whoever uses it holds a shared lock on that file,
so that it cannot be destroyed while originals are being sealed under it. What was erased, when and
why stands beside it in ``<name>.erased.json``; that record is written first, and from then on the
key counts as destroyed, whatever a kill left of it.
"""

import contextlib
import fcntl
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import msgspec
import pyrage

from polit.base import faults
from polit.base.clock import instant_text, monotonic_s, now_utc, sleep_s
from polit.base.errors import (
    AuthorityError,
    PackageBusy,
    SourceMissing,
    SourceUnreadable,
    UsageError,
)
from polit.base.ids import random_bytes
from polit.store.cipher import KEY_BYTES
from polit.store.keys import Keys, sync_folder, write_new

_KEY_SUFFIX, _RECORD_SUFFIX = ".age", ".erased.json"
_MAX_NAME_BYTES = 240
_LOCK_WAIT_S = 20.0
_LOCK_TURN_S = 0.02
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Erasure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That the originals of a case were erased: when, and why. Not what they were."""

    case: str
    at: str
    reason: str


def case_name(case: str) -> str:
    """Return the safe name of a case: reversible, one path component, valid on every system.

    Raises:
        UsageError: The reference is empty, no text, or makes a name of over 240 bytes.
    """
    try:
        name = quote(case, safe=" ()+-._")
    except UnicodeEncodeError as error:
        raise UsageError(f"--case is {case!r}: give plain text") from error
    if not case.strip() or len(name) > _MAX_NAME_BYTES:
        raise UsageError(
            f"--case makes a name of {len(name)} bytes: give a reference that makes 1 to "
            f"{_MAX_NAME_BYTES} (characters outside ASCII take six or more)"
        )
    # "." and ".." are places, not names; what begins with a dot is hidden.
    return name if name[0] != "." else "%2E" + name[1:]


def case_of(name: str) -> str:
    """Return the case's reference from its safe name."""
    return unquote(name)


def is_case_name(name: str) -> bool:
    """Tell whether a name is the one that ``case_name`` makes, and not another way to write it."""
    with contextlib.suppress(UsageError):
        return case_name(case_of(name)) == name
    return False


@dataclass(slots=True)
class CaseKey:
    """An opened key, and the lock that keeps it from being destroyed.

    Args:
        name: The case's safe name.
        secret: The key.
        is_alone: Nobody else uses it, and nobody can until ``share``.
    """

    name: str
    secret: bytes
    is_alone: bool
    _lock: int

    def share(self) -> None:
        """Let others use it too.

        Raises:
            PackageBusy: It was destroyed in that very moment.
        """
        if self.is_alone:
            self.is_alone = False
            _lock(self._lock, fcntl.LOCK_SH, self.name)

    def close(self) -> None:
        """Give the lock back; harmless when given back already."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def take_case_key(folder: Path, keys: Keys, case: str) -> CaseKey:
    """Open the key of a case for keeping originals; make it with the first of them.

    Args:
        folder: The data directory.
        keys: What the key is wrapped to.
        case: The case's reference.

    Raises:
        UsageError: The case's originals were erased.
        AuthorityError: The key is wrapped to another installation.
    """
    name, place = case_name(case), _place(folder)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync_folder(place.parent)
    if erasure_of(folder, case) is None and not _key_path(folder, name).exists():
        wrapped = pyrage.encrypt(random_bytes(KEY_BYTES), [keys.identity.to_public()])
        write_new(_key_path(folder, name), wrapped)
    return open_case_key(folder, keys, case, alone=True)


def open_case_key(folder: Path, keys: Keys, case: str, *, alone: bool = False) -> CaseKey:
    """Open the key of a case.

    Args:
        folder: The data directory.
        keys: What the key is wrapped to.
        case: The case's reference.
        alone: Have it alone where nobody else uses it.

    Raises:
        UsageError: The case's originals were erased.
        SourceMissing: This installation has no key of that case.
        SourceUnreadable: The key file is damaged.
        AuthorityError: The key is wrapped to another installation.
        PackageBusy: Another process holds it for longer than an opening takes.
    """
    name = case_name(case)
    check_not_erased(folder, case)
    lock = _open_key_file(_key_path(folder, name), case)
    try:
        is_alone = alone and _can_lock(lock, fcntl.LOCK_EX)
        if not is_alone:
            _lock(lock, fcntl.LOCK_SH, case)
        # Again, now that it cannot be destroyed any more.
        check_not_erased(folder, case)
        return CaseKey(name, _unwrap(lock, keys, case), is_alone, lock)
    except BaseException:
        os.close(lock)
        raise


def erasure_of(folder: Path, case: str) -> Erasure | None:
    """Return when and why a case's originals were erased, ``None`` where they were not."""
    path = _record_path(folder, case_name(case))
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(data, type=Erasure)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise SourceUnreadable(f"{path} is damaged: restore it") from error


def check_not_erased(folder: Path, case: str) -> None:
    """Refuse a case whose originals were erased.

    Raises:
        UsageError: They were.
    """
    erased = erasure_of(folder, case)
    if erased is not None:
        raise UsageError(
            f"the originals of case {case!r} were erased at {erased.at}: its key is destroyed, "
            "and no other is made under this reference"
        )


def has_case_key(folder: Path, case: str) -> bool:
    """Tell whether this installation has a key of a case."""
    return _key_path(folder, case_name(case)).exists()


def destroy_case_key(folder: Path, case: str, *, reason: str) -> Erasure:
    """Destroy a case's key, for good; go on where an earlier call was interrupted.

    Returns:
        The record: of an earlier call, where there was one.

    Raises:
        SourceMissing: This installation has no key of that case, and never erased it.
        SourceUnreadable: Something else stands in the key file's place.
        PackageBusy: The key is in use.
    """
    name = case_name(case)
    path, record = _key_path(folder, name), _record_path(folder, name)
    try:
        lock = _open_key_file(path, case)
    except SourceMissing:
        known = erasure_of(folder, case)
        if known is None:
            raise
        return known
    try:
        if not _can_lock(lock, fcntl.LOCK_EX):
            raise PackageBusy(f"the key of case {case!r} is in use: stop what examines it first")
        # Asked under the lock: another call may have ended between the opening and here.
        known = erasure_of(folder, case)
        if known is None:
            known = Erasure(case, instant_text(now_utc()), reason)
            write_new(record, msgspec.json.encode(known) + b"\n")
        with contextlib.suppress(FileNotFoundError):
            _overwrite(path)
            faults.reach("keys.unlink")
            path.unlink()
        sync_folder(path.parent)
    finally:
        os.close(lock)
    return known


def _place(folder: Path) -> Path:
    return folder / "keys" / "cases"


def _key_path(folder: Path, name: str) -> Path:
    return _place(folder) / (name + _KEY_SUFFIX)


def _record_path(folder: Path, name: str) -> Path:
    return _place(folder) / (name + _RECORD_SUFFIX)


def _open_key_file(path: Path, case: str) -> int:
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError as error:
        raise SourceMissing(
            f"this installation has no key of case {case!r}: its originals open where they were "
            "kept"
        ) from error
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be opened: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceUnreadable(f"{path} is no file: restore the key from a copy")
    return descriptor


def _unwrap(descriptor: int, keys: Keys, case: str) -> bytes:
    wrapped = os.pread(descriptor, 1 << 16, 0)
    try:
        secret = pyrage.decrypt(wrapped, [keys.identity])
    except (pyrage.DecryptError, ValueError) as error:
        raise AuthorityError(
            f"the key of case {case!r} is damaged, or wrapped to another installation: restore it "
            "from a copy"
        ) from error
    if len(secret) != KEY_BYTES:
        raise SourceUnreadable(f"the key of case {case!r} is no key: restore it from a copy")
    return secret


def _overwrite(path: Path) -> None:
    """Write over a file before it is unlinked: what a disk may still keep is another matter."""
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        faults.reach("keys.overwrite")
        os.pwrite(descriptor, random_bytes(os.fstat(descriptor).st_size), 0)
        faults.reach("keys.overwrite_sync")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _can_lock(descriptor: int, kind: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        return True
    return False


def _lock(descriptor: int, kind: int, case: str) -> None:
    deadline_s = monotonic_s() + _LOCK_WAIT_S
    while not _can_lock(descriptor, kind):
        if monotonic_s() > deadline_s:
            raise PackageBusy(f"the key of case {case!r} is held by another process: wait for it")
        sleep_s(_LOCK_TURN_S)
