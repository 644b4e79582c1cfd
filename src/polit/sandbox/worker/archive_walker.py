"""Streams an archive with all that is nested in it: one pass, depth first, nothing on a disk.

An archive of the file system is read where it lies; one inside another is held in memory once it
was read, as far as there is room. Every loop is bounded by figures of the request: members, bytes
that come out, depth. What is beyond them is told as not opened, where it was met.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from polit.base import faults
from polit.base.clock import monotonic_s
from polit.base.errors import EvidenceChanged, SourceError
from polit.decode.identify import HEAD_BYTES, identify_quickly
from polit.evidence import archive
from polit.evidence.archive import HeldContent, place_below
from polit.evidence.filesystem import Content
from polit.evidence.libarchive import ArchiveDamage, Header, Reader
from polit.model.archives import ARCHIVES, COMPRESSED
from polit.model.evidence import Address, EntryType, FoundEntry
from polit.sandbox import walking_messages as say
from polit.sandbox.walking_checks import fitted, weight_bytes
from polit.sandbox.worker.archive_passwords import find_password
from polit.sandbox.worker.content_reader import ContentReader, Evidence
from polit.sandbox.worker.member_reader import UNKNOWN_BYTES, MemberReader, Read, TooMuch
from polit.sandbox.worker.walker_channel import WalkerChannel

_TOLD_AT_ONCE = 256
_TOLD_BYTES = 2 << 20
_FLUSH_S = 0.05
_SMALL_BYTES = 64 << 20
_MAX_RATIO = 200
_RATIO_SLACK_BYTES = 1 << 16
_CUT_OFF = frozenset({"damaged", "truncated", "unsupported"})


@dataclass(slots=True)
class _Archive:
    """An archive that is open."""

    content: Content
    mime: str
    place: bytes
    name: bytes
    members: int = 0
    unopened: list[tuple[str, str]] = field(default_factory=list)
    password: int = 0
    """The number in the list, from 1, of the password that opens it; 0 where none does."""

    is_over: bool = False


class ArchiveWalker:
    """Streams one archive of a file system."""

    def __init__(
        self,
        evidence: Evidence,
        contents: ContentReader,
        channel: WalkerChannel,
        journal: say.Journal,
        setup: say.WalkSetup,
        request: say.StreamArchive,
    ) -> None:
        """Make ready for one archive."""
        self._evidence, self._channel, self._journal = evidence, channel, journal
        self._request, self._secrets = request, setup.secrets
        self._is_careful = setup.is_careful
        self._wanted, self._skip = frozenset(request.wanted), frozenset(request.skip)
        self._stop = frozenset(request.stop)
        self._room_bytes = request.limits.nested_bytes
        self._members = self._out_bytes = 0
        self._place = b""
        self._reader = MemberReader(contents, self._mark)
        self._told = say.MembersTold(request.job.entry_id, [], [], [], is_complete=False)
        self._told_bytes, self._flushed_s = 0, monotonic_s()

    def run(self) -> None:
        """Tell everything."""
        job = self._request.job
        self._mark()
        whole = _Archive(HeldContent(b""), self._request.mime, b"", job.raw_name)
        try:
            whole.content = self._evidence.mounted_system(job.volume_id).open_content(
                Address(job.address)
            )
            try:
                self._stream(whole)
            finally:
                whole.content.close()
        except EvidenceChanged:
            raise
        except SourceError:
            whole.unopened.append(("unreadable", ""))
            self._close(whole)
        self._flush(is_complete=True)

    def _stream(self, one: _Archive) -> None:
        """Tell the members of an archive, and its end."""
        try:
            with self._opened(one) as reader:
                while self._goes_on(one):
                    header = reader.next_header()
                    if header is None:
                        break
                    self._take(one, reader, header)
        except ArchiveDamage as damage:
            is_zip = archive.KINDS[one.mime].step == "zip"
            code = damage.code
            one.unopened.append(
                ("cannot_decrypt" if code == "encrypted" and not is_zip else code, "")
            )
        except MemoryError:
            one.unopened.append(("memory", ""))
        self._close(one)

    @contextmanager
    def _opened(self, one: _Archive) -> Iterator[Reader]:
        self._stand_at(one.place)
        one.password = find_password(one.content, one.mime, self._secrets, self._mark)
        secret = self._secrets[one.password - 1] if one.password else None
        packed = self._packed(one) if one.mime in COMPRESSED else ""
        reader = archive.open_archive(one.content, one.mime, packed=packed, password=secret)
        try:
            yield reader
        finally:
            reader.close()

    def _packed(self, one: _Archive) -> str:
        """Return the type of what is compressed alone."""
        reader = archive.open_archive(one.content, one.mime)
        head = b""
        try:
            if reader.next_header() is not None:
                while len(head) < HEAD_BYTES and (part := reader.read()):
                    head += part
        except ArchiveDamage:
            pass  # it is met again, and told then
        finally:
            reader.close()
        kind = identify_quickly(head[:HEAD_BYTES], size_bytes=UNKNOWN_BYTES)
        return kind.mime if kind else ""

    def _goes_on(self, one: _Archive) -> bool:
        """Tell whether the next member may be asked for; note what ends the archive before it."""
        limits = self._request.limits
        place = place_below(one.place, one.members)
        self._stand_at(place)
        if place in self._stop:
            one.unopened.append(("walker_crash", ""))
        elif self._members >= limits.members:
            one.unopened.append(("too_many", ""))
        elif one.is_over or self._out_bytes > limits.out_bytes:
            one.unopened.append(("expands_too_much", ""))
        else:
            return True
        return False

    def _take(self, one: _Archive, reader: Reader, header: Header) -> None:
        name = header.text("pathname")
        if reader.format_name == "raw":
            name = archive.bare_name(one.name)
        one.members += 1
        self._members += 1
        found = archive.member_found(header, self._place, name)
        step = archive.step_of(one.mime, reader.format_name)
        if found.entry_type is EntryType.FILE:
            self._take_file(one, reader, header, (step, found))
        else:
            self._tell_found(step, found)

    def _take_file(
        self, one: _Archive, reader: Reader, header: Header, told: tuple[str, FoundEntry]
    ) -> None:
        step, found = told
        place = self._place
        is_encrypted = header.has("is_data_encrypted")
        if is_encrypted and one.password:
            found = replace(found, record=f"password-{one.password}")
        is_sized = header.size_bytes is not None
        if is_sized:
            self._tell_found(step, found)
        if place in self._skip:
            reader.pass_over()
            return
        faults.reach("walker.member", found.raw_name)
        if is_encrypted and not one.password:
            is_zip = archive.KINDS[one.mime].step == "zip"
            read = Read(say.ReadResult(0, "encrypted" if is_zip else "cannot_decrypt", ""))
        else:
            read = self._read(one, reader, header, found)
        if not is_sized:  # its length is known only now
            self._tell_found(step, replace(found, size_bytes=read.result.size_bytes))
        self._tell_read(place, read.result, read.flaw)
        if read.mime in ARCHIVES:
            self._descend(place, found.raw_name, read.mime, read.nested)

    def _read(self, one: _Archive, reader: Reader, header: Header, found: FoundEntry) -> Read:
        place = self._place
        is_told = self._is_told(place)
        name = found.raw_name
        read = self._reader.read(
            self._parts(reader),
            name=name.rpartition(b"/")[2],
            size_bytes=header.size_bytes,
            room_bytes=self._room_bytes,
            is_told=is_told,
        )
        if read.flaw == "expands_too_much" and one.mime not in _SEEKING:
            one.is_over = True
        return read

    def _descend(self, place: bytes, name: bytes, mime: str, nested: bytearray | None) -> None:
        """Open an archive inside another, or say why not."""
        inner = _Archive(HeldContent(nested or b""), mime, place, name.rpartition(b"/")[2])
        if archive.depth_of(place) >= self._request.limits.depth:
            inner.unopened.append(("too_deep", ""))
            self._close(inner)
        elif nested is None:
            inner.unopened.append(("too_large", ""))
            self._close(inner)
        else:
            self._room_bytes -= len(nested)
            self._stream(inner)
            self._room_bytes += len(nested)
            self._stand_at(place)

    def _parts(self, reader: Reader) -> Iterator[bytes]:
        """Give a member's bytes, as many as it and the whole archive may have."""
        limits = self._request.limits
        begun_bytes, given_bytes = reader.taken_bytes, 0
        while part := reader.read():
            given_bytes += len(part)
            self._out_bytes += len(part)
            taken_bytes = reader.taken_bytes - begun_bytes + _RATIO_SLACK_BYTES
            is_bomb = given_bytes > _SMALL_BYTES and given_bytes > _MAX_RATIO * taken_bytes
            if is_bomb or self._out_bytes > limits.out_bytes:
                raise TooMuch
            yield part
            self._mark()

    # What is told

    def _is_told(self, place: bytes) -> bool:
        return place > self._request.position or place in self._wanted

    def _tell_found(self, step: str, found: FoundEntry) -> None:
        if self._place <= self._request.position:
            return
        if self._told.closed:
            self._flush()  # the end of an archive goes before what follows it
        found = fitted(found)
        self._told.found.append((step, found))
        self._told_bytes += weight_bytes(found)
        self._flush_if_due(at_once=self._is_careful)

    def _tell_read(self, place: bytes, result: say.ReadResult, flaw: str = "") -> None:
        if self._is_told(place):
            self._told.read.append(say.MemberRead(place, result, flaw))
            self._flush_if_due(at_once=result.slot >= 0)

    def _close(self, one: _Archive) -> None:
        if archive.is_part(one.name):
            one.unopened = [
                ("missing_volume" if code in _CUT_OFF else code, detail)
                for code, detail in one.unopened
            ]
        self._told.closed.append(say.ArchiveClosed(one.place, one.members, one.unopened))
        self._flush_if_due()

    def _flush_if_due(self, *, at_once: bool = False) -> None:
        told = self._told
        full = len(told.found) + len(told.read) + len(told.closed) >= _TOLD_AT_ONCE
        late = monotonic_s() - self._flushed_s > _FLUSH_S
        if at_once or full or late or self._told_bytes > _TOLD_BYTES:
            self._flush()

    def _flush(self, *, is_complete: bool = False) -> None:
        told = self._told
        self._channel.send(
            say.MembersTold(told.entry_id, told.found, told.read, told.closed, is_complete)
        )
        self._told = say.MembersTold(told.entry_id, [], [], [], is_complete=False)
        self._told_bytes, self._flushed_s = 0, monotonic_s()

    def _stand_at(self, place: bytes) -> None:
        self._place = place
        self._mark()

    def _mark(self) -> None:
        self._journal.stand_at(self._request.job.entry_id, self._place, self._out_bytes)


_SEEKING = frozenset(ARCHIVES - COMPRESSED.keys() - {"application/x-tar"})
"""Archives in which a member can be passed over without reading it, or is bounded by its size."""
