"""Archives made by Python's own writers and by other tools, for tests of what is streamed."""

import io
import subprocess
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

Items = Iterable[tuple[str, bytes]]


def zipped(items: Items) -> bytes:
    """Return a ZIP, deflated."""
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in items:
            archive.writestr(zipfile.ZipInfo(name, (2020, 2, 2, 2, 2, 2)), content, 8)
    return room.getvalue()


def tarred(items: Items, mode: str = "w") -> bytes:
    """Return a tar, compressed as the mode says."""
    room = io.BytesIO()
    with tarfile.open(fileobj=room, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in items:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), 1_600_000_000
            archive.addfile(member, io.BytesIO(content))
    return room.getvalue()


def run_tool(place: Path, words: str, made: str, items: Items) -> bytes:
    """Have a tool make an archive of files in a new folder, and return its bytes."""
    folder = place / made.replace(".", "-")
    folder.mkdir()
    names = []
    for name, content in items:
        (folder / name).write_bytes(content)
        names.append(name)
    subprocess.run([*words.split(), made, *names], cwd=folder, check=True, capture_output=True)
    return (folder / made).read_bytes()
