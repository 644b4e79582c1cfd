"""The files of a set's folder: made durable, and digested.

Imported by ``polit.match`` alone.
"""

import os
from collections.abc import Callable
from pathlib import Path

from polit.base import faults
from polit.base.digests import file_sha256
from polit.match.filling import MARK, NEAR_RAW
from polit.match.set_document import DOCUMENT, SetPart
from polit.match.switches import sync_folder

PASSING = (*NEAR_RAW.values(), MARK)
"""Files of an import that the finished set does not hold."""


def digest_parts(
    folder: Path, watch: Callable[[int], None] = lambda _: None
) -> tuple[SetPart, ...]:
    """Return the parts in a set's folder with their digests, by path.

    Args:
        folder: The set's folder.
        watch: Told from time to time how many bytes of all parts are done.
    """
    parts: list[SetPart] = []
    meter = _Meter(watch)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name in PASSING or name.startswith(DOCUMENT):
            continue
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            meter.before_bytes = sum(part.size_bytes for part in parts)
            sha256 = file_sha256(descriptor, meter.told)
            parts.append(SetPart(name, os.fstat(descriptor).st_size, sha256))
        finally:
            os.close(descriptor)
    return tuple(parts)


class _Meter:
    """Adds what is done of one file to what the files before it have."""

    def __init__(self, watch: Callable[[int], None]) -> None:
        self._watch, self.before_bytes = watch, 0

    def told(self, done_bytes: int) -> None:
        self._watch(self.before_bytes + done_bytes)


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
