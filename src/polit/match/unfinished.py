"""Imports that are under way: one at a time in a store, and what those left that never ended.

Imported by ``polit.match`` and the command line.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from polit.base.errors import HashSetsBusy, HashSetUnknown
from polit.match.hashsets import IMPORTING, HashSets
from polit.match.switches import sync_folder
from polit.store.room import needs_room

_LOCK = "lock"
_LEAST_DIGITS = 4


def import_discard(store: HashSets, text: str) -> str:
    """Take away what an import left that was begun and will not be finished.

    Args:
        store: The store.
        text: What the import is called, or at least four digits of its beginning.

    Returns:
        What it is called.

    Raises:
        HashSetUnknown: None, or more than one, is called so.
        HashSetsBusy: Another process imports, perhaps this one.
    """
    with importing(store.folder):
        found = [each for each in store.unfinished_names() if each.startswith(text)]
        if len(found) != 1 or len(text) < _LEAST_DIGITS:
            raise HashSetUnknown(
                f"{'several' if len(found) > 1 else 'no'} unfinished imports are called {text!r}: "
                "'polit hashset list' names all, by at least four digits"
            )
        shutil.rmtree(store.folder / IMPORTING / found[0])
        sync_folder(store.folder / IMPORTING)
    return found[0]


@contextmanager
def importing(folder: Path) -> Iterator[None]:
    """Be the one process that imports into a store, for a block.

    Raises:
        HashSetsBusy: Another process does.
    """
    with needs_room("the store of hash sets"):
        (folder / IMPORTING).mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(folder / IMPORTING / _LOCK, flags, 0o600)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise HashSetsBusy(
            f"another process imports into {folder}: wait for it, or stop it"
        ) from error
