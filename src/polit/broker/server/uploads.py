"""Files that people send through the record: kept piece by piece, never read here.

Each lies in a folder of its own, called by the upload's id, under a name made of harmless letters
(its ending may tell its format). An upload is taken on from where it broke off, and goes after it
was imported, after a day, or where others need its place; a disk that is full costs the piece that
did not fit, not the rest.
"""

import errno
import hashlib
import os
import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NewType

import msgspec

from polit.base import faults
from polit.base.clock import now_utc
from polit.base.digests import file_sha256
from polit.base.errors import BrokerRefused
from polit.broker.protocol import Code
from polit.broker.server.log import log
from polit.broker.set_protocol import UploadStatus

_KEPT_S = 24 * 3600
_IDLE_S = 15 * 60
"""An upload that nothing was added to for so long may give way to another: a session's idle end."""
_MOST_AT_A_TIME = 16
_LONGEST_NAME = 100
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_ID = re.compile(r"[0-9a-f-]{36}")
_ABOUT = "upload.json"

UploadId = NewType("UploadId", str)


class _About(msgspec.Struct, frozen=True):
    """What is known of an upload: the name that its file has here, its digest once it ended."""

    name: str
    sha256: str = ""


@dataclass(slots=True)
class _Running:
    """The digest of what arrived since this broker began."""

    received_bytes: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


class Uploads:
    """The uploads of a broker; safe for threads."""

    def __init__(
        self, folder: Path, *, max_bytes: int, wanted: Callable[[], frozenset[str]]
    ) -> None:
        """Take the folder, and what must not go.

        Args:
            folder: Where they are kept.
            max_bytes: The longest file that is taken.
            wanted: Returns the uploads that errands still need.
        """
        self._folder, self._max_bytes, self._wanted = folder, max_bytes, wanted
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}

    def begin(self, upload_id: str, untrusted_name: str) -> UploadStatus:
        """Begin an upload, or tell how much of it has arrived.

        Raises:
            BrokerRefused: ``busy`` where too many lie here, ``no_room``.
        """
        with self._lock:
            self._sweep()
            folder = self._place(upload_id)
            if (folder / _ABOUT).exists():
                return self._status(upload_id)
            if len(self._kept()) >= _MOST_AT_A_TIME and not self._sweep_idle():
                raise BrokerRefused(
                    Code.BUSY, f"{_MOST_AT_A_TIME} files wait to be imported: try again later"
                )
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                about = _About(safe_name(untrusted_name))
                (folder / about.name).touch(mode=0o600)
                self._write_about(folder, about)
            except OSError as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise _no_room(error) from error
            self._running[upload_id] = _Running()
        log("upload.begun", upload_id=upload_id)
        return UploadStatus(upload_id, 0)

    def part(self, upload_id: str, offset_bytes: int, data: bytes) -> UploadStatus:
        """Put a piece behind what has arrived.

        Raises:
            BrokerRefused: ``no_upload``, ``wrong_offset``, ``too_large`` or ``no_room``.
        """
        with self._lock:
            about, path = self._found(upload_id)
            received = path.stat().st_size
            if about.sha256 or offset_bytes != received:
                raise BrokerRefused(
                    Code.WRONG_OFFSET, f"{received} bytes have arrived: go on behind them"
                )
            if received + len(data) > self._max_bytes:
                raise BrokerRefused(
                    Code.TOO_LARGE, f"at most {self._max_bytes} bytes are taken of a file"
                )
            self._append(path, received, data)
            running = self._running.get(upload_id)
            if running is not None and running.received_bytes == received:
                running.digest.update(data)
                running.received_bytes += len(data)
        return UploadStatus(upload_id, received + len(data))

    def end(self, upload_id: str) -> UploadStatus:
        """Say that all of it has arrived; return its digest. Once ended it stays as it is.

        Raises:
            BrokerRefused: ``no_upload`` or ``no_room``.
        """
        with self._lock:
            about, path = self._found(upload_id)
            if not about.sha256:
                digest = self._digest(upload_id, path)
                try:
                    self._write_about(path.parent, _About(about.name, digest))
                except OSError as error:
                    raise _no_room(error) from error
                self._running.pop(upload_id, None)
                log("upload.ended", upload_id=upload_id, size_bytes=path.stat().st_size)
            return self._status(upload_id)

    def path_of(self, upload_id: str) -> Path:
        """Return the file of an upload that has ended.

        Raises:
            BrokerRefused: ``no_upload``: there is none, or it is not whole.
        """
        with self._lock:
            about, path = self._found(upload_id)
        if not about.sha256:
            raise BrokerRefused(Code.NO_UPLOAD, "the file has not arrived whole: send it again")
        return path

    def discard(self, upload_id: str) -> None:
        """Remove an upload, whatever there is of it."""
        with self._lock:
            self._running.pop(upload_id, None)
            shutil.rmtree(self._place(upload_id), ignore_errors=True)
        log("upload.discarded", upload_id=upload_id)

    def sweep(self) -> int:
        """Remove what is over a day old and wanted by no errand; return how many."""
        with self._lock:
            return self._sweep()

    def _sweep(self) -> int:
        oldest_s, wanted = now_utc().timestamp() - _KEPT_S, self._wanted()
        old = [
            folder for folder in self._kept()
            if folder.name not in wanted and _last_s(folder) < oldest_s
        ]  # fmt: skip
        for folder in old:
            self._running.pop(folder.name, None)
            shutil.rmtree(folder, ignore_errors=True)
            log("upload.expired", upload_id=folder.name)
        return len(old)

    def _sweep_idle(self) -> bool:
        """Remove what has lain idle longest, so that forms left unsent shut nobody out for a day.

        Returns:
            Whether something went: what arrived just now, or an errand needs, stays.
        """
        newest_s, wanted = now_utc().timestamp() - _IDLE_S, self._wanted()
        idle = [(_last_s(each), each) for each in self._kept() if each.name not in wanted]
        last_s, oldest = min(idle, default=(newest_s, self._folder))
        if last_s >= newest_s:
            return False
        self._running.pop(oldest.name, None)
        shutil.rmtree(oldest, ignore_errors=True)
        log("upload.gave_way", upload_id=oldest.name)
        return True

    def _kept(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(each for each in self._folder.iterdir() if _ID.fullmatch(each.name))

    def _place(self, upload_id: str) -> Path:
        return self._folder / upload_id

    def _found(self, upload_id: str) -> tuple[_About, Path]:
        folder = self._place(upload_id)
        try:
            about = msgspec.json.decode((folder / _ABOUT).read_bytes(), type=_About)
        except (OSError, msgspec.MsgspecError) as error:
            raise BrokerRefused(
                Code.NO_UPLOAD, "the file is not kept any more: send it again"
            ) from error
        return about, folder / about.name

    def _status(self, upload_id: str) -> UploadStatus:
        about, path = self._found(upload_id)
        return UploadStatus(upload_id, path.stat().st_size, about.sha256)

    def _digest(self, upload_id: str, path: Path) -> str:
        """Return the digest: as it came, or from the file where a broker ended in between."""
        running = self._running.get(upload_id)
        if running is not None and running.received_bytes == path.stat().st_size:
            return running.digest.hexdigest()
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return file_sha256(descriptor)
        finally:
            os.close(descriptor)

    @staticmethod
    def _write_about(folder: Path, about: _About) -> None:
        new = folder / f"{_ABOUT}.new"
        with new.open("wb") as stream:
            stream.write(msgspec.json.encode(about))
            stream.flush()
            os.fsync(stream.fileno())
        new.rename(folder / _ABOUT)

    @staticmethod
    def _append(path: Path, received: int, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags)
        try:
            view = memoryview(data)
            while view:
                faults.reach("upload.part")
                view = view[os.write(descriptor, view) :]
        except OSError as error:
            os.ftruncate(descriptor, received)
            raise _no_room(error) from error
        finally:
            os.close(descriptor)


def safe_name(untrusted_name: str) -> str:
    """Return a name that is a file's name and nothing else, and keeps the ending."""
    last = untrusted_name.replace("\\", "/").rpartition("/")[2]
    safe = _UNSAFE.sub("_", last).strip("._-")[-_LONGEST_NAME:].strip("._-")
    return safe if safe and safe != _ABOUT else "file"


def _last_s(folder: Path) -> float:
    return max(each.stat().st_mtime for each in (folder, *folder.iterdir()))


def _no_room(error: OSError) -> BrokerRefused:
    if error.errno in _FULL:
        return BrokerRefused(Code.NO_ROOM, "the server's disk is full: tell its administrator")
    return BrokerRefused(Code.FAILED, f"the file cannot be kept: {error.strerror}")
