"""The lease of a package: one examiner at a time, told by a lock on a file in it."""

import fcntl
import os
from pathlib import Path

from polit.base.errors import PackageBusy
from polit.package.layout import LOCK, MANIFEST


def take_lease(package: Path) -> int:
    """Take the lease; it ends with the descriptor that is returned, or with the process.

    Raises:
        PackageBusy: Another process holds it.
    """
    descriptor = os.open(package / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise PackageBusy(
            f"{package} is being examined by another process: wait for it, or stop it"
        ) from error
    return descriptor


def check_unsealed(package: Path) -> None:
    """Refuse to write into a package that was sealed between a first look and the lease.

    Raises:
        PackageBusy: It is sealed; nothing of it was touched.
    """
    if (package / MANIFEST).exists():
        raise PackageBusy(f"{package} has just been sealed by another process: show or verify it")
