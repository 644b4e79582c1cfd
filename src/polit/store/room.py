"""A full disk, told as such: whoever writes at rest lets its callers wait for room."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from polit.base.errors import StorageFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def needs_room(what: str) -> Iterator[None]:
    """Run a block that writes.

    Args:
        what: What the room is for, for people.

    Raises:
        StorageFull: There is no room; what the block began must have been taken back by it.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(f"no room for {what}: {error.strerror}") from error
        raise
