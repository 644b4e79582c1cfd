"""Copies of checkpoints for somebody else to keep: a folder, better on another machine.

A copy is written aside, synced, renamed and its folder synced. One that is there already must be
the same: two checkpoints of one size are a fork of the log, and the signer stops.
"""

import os
from pathlib import Path

from polit.base import faults
from polit.base.errors import IntegrityError
from polit.store.keys import sync_folder
from polit.store.room import needs_room
from polit.web.audit.verify_audit import note_name, note_names

_ASIDE = ".new"
_READABLE = 0o644


def witnessed_sizes(folder: Path) -> list[int]:
    """Return the sizes of all copies, ascending; the folder is made where it is missing."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return [int(name.partition(".")[0]) for name in note_names(folder)]


def witness_note(folder: Path, size: int, note: str) -> None:
    """Keep a copy of a checkpoint; one that is there already is compared.

    Raises:
        IntegrityError: The witness holds another checkpoint of this size.
        StorageFull: There is no room for it.
    """
    path, data = folder / note_name(size), note.encode()
    if path.exists():
        if path.read_bytes() != data:
            raise IntegrityError(f"{path} is another checkpoint of the same size: the log forked")
        return
    aside = folder / f"{_ASIDE}-{note_name(size)}"
    with needs_room("a copy of a checkpoint"):
        with aside.open("wb") as stream:
            faults.reach("witness.write")
            stream.write(data)
            stream.flush()
            faults.reach("witness.sync")
            os.fchmod(stream.fileno(), _READABLE)  # whatever the umask: verifiers read it
            os.fsync(stream.fileno())
        faults.reach("witness.rename")
        aside.rename(path)
        faults.reach("witness.sync_folder")
        sync_folder(folder)
