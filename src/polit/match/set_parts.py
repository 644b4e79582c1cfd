"""The files of a set's folder: made durable, and digested.

Imported by ``polit.match`` alone.
"""

import os
from pathlib import Path

from polit.base import faults
from polit.base.digests import file_sha256
from polit.match.filling import MARK, NEAR_RAW
from polit.match.set_document import DOCUMENT, SetPart
from polit.match.switches import sync_folder

PASSING = (*NEAR_RAW.values(), MARK)
"""Files of an import that the finished set does not hold."""


def digest_parts(folder: Path) -> tuple[SetPart, ...]:
    """Return the parts in a set's folder with their digests, by path."""
    parts = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name in PASSING or name.startswith(DOCUMENT):
            continue
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            parts.append(SetPart(name, os.fstat(descriptor).st_size, file_sha256(descriptor)))
        finally:
            os.close(descriptor)
    return tuple(parts)


def sync_files(folder: Path) -> None:
    """Make every file in a folder durable, and its names."""
    for path in sorted(folder.iterdir()):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                faults.reach("hashsets.part_sync")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    sync_folder(folder)
