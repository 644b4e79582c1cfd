"""Streams an archive in this process, as the walker does, and keeps what it tells."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from polit.decode import identify
from polit.evidence.archive import HeldContent, depth_of, place_above
from polit.evidence.filesystem import Content
from polit.model.evidence import FoundEntry
from polit.sandbox import walking_messages as say
from polit.sandbox.holding import Holding
from polit.sandbox.walking_checks import decode_reply
from polit.sandbox.worker.archive_walker import ArchiveWalker
from polit.sandbox.worker.content_reader import ContentReader
from polit.sandbox.worker.walker import warm

LIMITS = say.ArchiveLimits(8, 1_000_000, 1 << 30, 64 << 20)


@dataclass(slots=True)
class Streamed:
    """What an archive gave, by places."""

    names: dict[bytes, str] = field(default_factory=dict)
    found: dict[bytes, FoundEntry] = field(default_factory=dict)
    read: dict[bytes, say.MemberRead] = field(default_factory=dict)
    closed: dict[bytes, say.ArchiveClosed] = field(default_factory=dict)
    is_complete: bool = False

    def take(self, told: say.MembersTold) -> None:
        """Keep one message; what breaks the order or comes twice is an error."""
        assert not self.is_complete
        for step, found in told.found:
            place = bytes(found.address)
            assert place not in self.found
            assert place > max(self.found, default=b"")
            self.found[place] = found
            above = self.names.get(place_above(place), "")
            self.names[place] = f"{above};{step}:{found.raw_name.decode(errors='replace')}"
        for member in told.read:
            assert member.place in self.found
            assert member.place not in self.read
            self.read[member.place] = member
        for closed in told.closed:
            assert closed.place not in self.closed
            self.closed[closed.place] = closed
        self.is_complete = told.is_complete

    def contents(self) -> dict[str, bytes]:
        """Return the SHA-256 of what could be read, by the steps that lead to it."""
        return {
            self.names[place]: member.result.sha256
            for place, member in self.read.items() if not member.result.code
        }  # fmt: skip

    def codes(self) -> set[str]:
        """Return why anything was not read or not opened."""
        unopened = {code for one in self.closed.values() for code, _ in one.unopened}
        read = {m.result.code or m.flaw for m in self.read.values()}
        return (unopened | read) - {""}

    def check(self, limits: say.ArchiveLimits = LIMITS) -> None:
        """Check that everything is accounted for and within its limits."""
        assert self.is_complete
        assert b"" in self.closed
        files = {place for place, one in self.found.items() if one.entry_type == "file"}
        assert files == set(self.read)
        assert set(self.closed) <= {b"", *self.read}
        assert len(self.found) <= limits.members
        assert max(map(depth_of, self.found), default=0) <= limits.depth + 1
        for place, closed in self.closed.items():
            assert closed.members == sum(place_above(below) == place for below in self.found)


class _Channel:
    """Takes what is told, over the same encoding and checks."""

    def __init__(self, streamed: Streamed) -> None:
        self._streamed = streamed

    def send(self, message: say.MembersTold) -> None:
        reply = decode_reply(say.frame(message)[4:])
        assert isinstance(reply, say.MembersTold)
        self._streamed.take(reply)


class _Evidence:
    """A file system with one content."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def mounted_system(self, _volume_id: int) -> "_Evidence":
        return self

    def open_content(self, _address: bytes) -> Content:
        return HeldContent(self._content)


@contextmanager
def _journal() -> Iterator[say.Journal]:
    descriptor = os.memfd_create("journal")
    os.ftruncate(descriptor, say.JOURNAL_BYTES)
    journal = say.Journal(descriptor)
    try:
        yield journal
    finally:
        journal.close()
        os.close(descriptor)


def stream(
    content: bytes,
    *,
    name: bytes = b"archive",
    mime: str = "",
    secrets: tuple[bytes, ...] = (),
    limits: say.ArchiveLimits = LIMITS,
    position: bytes = b"",
) -> Streamed:
    """Stream an archive; its type is identified where it is not given."""
    warm()
    mime = mime or identify.identify(content[: identify.HEAD_BYTES], size_bytes=len(content)).mime
    streamed = Streamed()
    setup = say.WalkSetup(
        slot_count=0, holding=Holding(), free_slots=[], volumes={}, segment_names=[],
        segment_sizes=[], is_folder=False, is_careful=True, no_atime=False, secrets=list(secrets),
    )  # fmt: skip
    job = say.ReadJob(1, 1, b"", name, len(content))
    request = say.StreamArchive(job, mime, position, [], [], [], limits)
    evidence, channel = _Evidence(content), _Channel(streamed)
    with _journal() as journal:
        reader = ContentReader(evidence, channel, journal, setup, ())  # type: ignore[arg-type]
        ArchiveWalker(evidence, reader, channel, journal, setup, request).run()  # type: ignore[arg-type]
    return streamed
