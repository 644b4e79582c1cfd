"""Takes a private copy of a package's findings: the bytes that are digested are those read."""

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

from polit.base.errors import PackageDamaged, SourceMissing, StorageFull
from polit.base.ids import new_uuid
from polit.package.layout import MANIFEST, findings_path
from polit.package.supplement import PARTS

_STEP_BYTES = 1 << 20
_SUPPLEMENT = ".supplement"


@contextmanager
def private_copy(package: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    """Copy the findings into a folder that nobody else writes to; removed at the end.

    Whoever may write where packages lie cannot change what was verified before it is read.

    Returns:
        Where the copy is, and its SHA-256 in hex.

    Raises:
        SourceMissing: There are no findings.
        PackageDamaged: They are no regular file.
        StorageFull: No room for a copy.
    """
    path = folder / f"{new_uuid()}.sqlite"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        # Held as long as the copy is used: a copy that nobody holds was left by a kill.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield path, _copy(findings_path(package), descriptor)
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def remove_left_over(folder: Path) -> None:
    """Remove copies that an import which was killed left behind; those in use stay."""
    for path in folder.glob("*.sqlite"):
        with suppress(OSError), path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)


@contextmanager
def private_supplement(supplement: Path, folder: Path) -> Iterator[Path]:
    """Copy a supplement's files into a folder that nobody else writes to; removed at the end.

    Raises:
        SourceMissing: One of them is not there.
        PackageDamaged: One is no regular file.
        StorageFull: No room for a copy.
    """
    place = folder / f"{new_uuid()}{_SUPPLEMENT}"
    place.mkdir(mode=0o700)
    held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        for name in (MANIFEST, *PARTS):
            target = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                _copy(supplement / name, target)
            finally:
                os.close(target)
        yield place
    finally:
        rmtree(place, ignore_errors=True)
        os.close(held)


def remove_left_over_supplements(folder: Path) -> None:
    """Remove copies of supplements that an import which was killed left behind."""
    for path in folder.glob(f"*{_SUPPLEMENT}"):
        with suppress(OSError):
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                rmtree(path, ignore_errors=True)
            finally:
                os.close(held)


def _copy(source: Path, target: int) -> str:
    digest = hashlib.sha256()
    reading = _open_regular(source)
    with os.fdopen(reading, "rb") as stream:
        try:
            with os.fdopen(target, "wb", closefd=False) as copy:
                while block := stream.read(_STEP_BYTES):
                    digest.update(block)
                    copy.write(block)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StorageFull("no room for a copy of what is to be taken in") from error
            raise
    return digest.hexdigest()


def _open_regular(source: Path) -> int:
    try:
        reading = os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise SourceMissing(f"the package holds no {source.name}") from error
    except OSError as error:
        raise PackageDamaged(f"the package's {source.name} is no regular file") from error
    if not stat.S_ISREG(os.fstat(reading).st_mode):
        os.close(reading)
        raise PackageDamaged(f"the package's {source.name} is no regular file")
    return reading
