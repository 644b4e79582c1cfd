"""The coordinator's end of the walker: requests out, checked replies in, restarts after faults.

Non-blocking: an event loop calls ``poll`` when ``fileno`` is readable and at least once a
second. The walker is killed when its journal stands still for longer than it may; the place
where it stood is returned with the loss, so that exactly that entry is skipped.
"""

import os
import select
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from polit.base.clock import monotonic_s
from polit.base.errors import SandboxError
from polit.evidence.segments import Segment
from polit.sandbox import walking_messages as say
from polit.sandbox.holding import Holding
from polit.sandbox.isolate import Zygote
from polit.sandbox.limits import Profile
from polit.sandbox.message_types import Message
from polit.sandbox.walking_checks import decode_reply

if TYPE_CHECKING:
    from polit.sandbox.isolate import Child


@dataclass(frozen=True, slots=True)
class WalkSource:
    """What a walker is handed: the segments of an image, or one folder's descriptor."""

    segments: tuple[Segment, ...]
    is_folder: bool
    no_atime: bool


@dataclass(frozen=True, slots=True)
class WalkPatience:
    """How long the walker may stand still, in seconds.

    Args:
        silence_s: Without any sign of life (a read of the source, a step in its journal).
        step_s: At one and the same place of its journal, alive or not.
    """

    silence_s: float = 60.0
    step_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class WalkerLost:
    """The walker died or was killed. ``code`` is ``walker_crash`` or ``walker_timeout``."""

    code: str
    detail: str
    position: say.Position


class Walker:
    """One walker slot: a process that is replaced whenever it is lost."""

    def __init__(
        self,
        zygote: Zygote,
        source: WalkSource,
        *,
        slots: Sequence[int],
        holding: Holding,
        patience: WalkPatience,
        secrets: Sequence[bytes] = (),
    ) -> None:
        """Start a walker on a source.

        Args:
            zygote: A zygote of the walker's role.
            source: The evidence descriptors; they stay open in this process.
            slots: Memory files that media contents are put into, by slot number.
            holding: Which contents are put into them.
            patience: When a walker counts as hung.
            secrets: Passwords and keys of what is encrypted in the source.
        """
        self._secrets = list(secrets)
        self._zygote, self._source, self._patience = zygote, source, patience
        self._slots, self._holding = tuple(slots), holding
        self._journal_fd = os.memfd_create("polit-journal", os.MFD_CLOEXEC)
        os.ftruncate(self._journal_fd, say.JOURNAL_BYTES)
        self._journal = say.Journal(self._journal_fd)
        self.is_careful = False
        self._start(range(len(slots)), {})

    def restart(self, free_slots: Sequence[int], volumes: Mapping[int, say.PlacedVolume]) -> None:
        """Replace a lost walker by a careful one.

        It mounts the given volumes again when they are asked for, and does one thing at a
        time, so that its journal tells exactly what a further loss is due to.
        """
        self.is_careful = True
        self._start(free_slots, volumes)

    def move(
        self, zygote: Zygote, free_slots: Sequence[int], volumes: Mapping[int, say.PlacedVolume]
    ) -> None:
        """Go on as a child of another zygote; what was asked of the present one is lost."""
        self._child.kill()
        self._child.close()
        self._zygote = zygote
        self._start(free_slots, volumes)

    @property
    def pid(self) -> int:
        """The process id of the walker."""
        return self._child.pid

    def fileno(self) -> int:
        """The channel, for an event loop."""
        return self._child.channel.fileno()

    def send(self, request: Message) -> None:
        """Queue a request; it goes out now as far as the channel takes it."""
        self._outbox += say.frame(request)
        self._flush()

    def poll(self) -> list[say.Reply | WalkerLost]:
        """Return what has come in. ``WalkerLost`` is always the last, and asks for a restart."""
        replies: list[say.Reply | WalkerLost] = []
        try:
            self._flush()
            open_still = self._receive()
            while (body := say.take_frame(self._inbox)) is not None:
                replies.append(decode_reply(body))
        except SandboxError as error:
            replies.append(self._lose("walker_crash", str(error)))
            return replies
        if not open_still:
            replies.append(self._lose("walker_crash", ""))
        elif (code := self._stuck()) is not None:
            replies.append(self._lose("walker_timeout", code))
        return replies

    def close(self) -> None:
        """Stop the walker and give its memory back."""
        self._child.kill()
        self._child.close()
        self._journal.close()
        os.close(self._journal_fd)

    def _start(self, free_slots: Sequence[int], volumes: Mapping[int, say.PlacedVolume]) -> None:
        setup = say.WalkSetup(
            slot_count=len(self._slots),
            holding=self._holding,
            free_slots=list(free_slots),
            volumes=dict(volumes),
            segment_names=[segment.name for segment in self._source.segments],
            segment_sizes=[segment.size_bytes for segment in self._source.segments],
            is_folder=self._source.is_folder,
            is_careful=self.is_careful,
            no_atime=self._source.no_atime,
            secrets=self._secrets,
        )
        self._journal.enter(say.IDLE, 0)
        is_folder = self._source.is_folder
        evidence = [segment.descriptor for segment in self._source.segments]
        profile = Profile.WALKER_FOLDER if is_folder else Profile.WALKER_IMAGE
        self._child: Child = self._zygote.spawn(
            profile,
            fds=[self._journal_fd, *self._slots, *(evidence if is_folder else ())],
            arguments=msgspec.msgpack.encode(setup),
        )
        if not is_folder:
            self._hand_over(evidence)
        self._child.channel.setblocking(False)
        self._inbox, self._outbox = bytearray(), bytearray()
        self._seen = self._journal.position()
        self._alive_at = self._moved_at = monotonic_s()

    def _hand_over(self, descriptors: Sequence[int]) -> None:
        """Send the evidence; an image may have more segments than one message carries."""
        for start in range(0, len(descriptors), say.DESCRIPTORS_AT_ONCE):
            part = descriptors[start : start + say.DESCRIPTORS_AT_ONCE]
            socket.send_fds(self._child.channel, [say.HANDED_OVER], part)

    def _flush(self) -> None:
        while self._outbox:
            try:
                sent = self._child.channel.send(self._outbox)
            except BlockingIOError:
                return
            except OSError:
                self._outbox.clear()
                return
            del self._outbox[:sent]

    def _receive(self) -> bool:
        """Take what has arrived; tell whether the channel is still open."""
        while True:
            try:
                data = self._child.channel.recv(1 << 18)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            self._inbox += data
            if len(self._inbox) > 2 * say.MAX_MESSAGE_BYTES:
                return True

    def _stuck(self) -> str | None:
        now, position = monotonic_s(), self._journal.position()
        if position.beats != self._seen.beats or position.operation in say.RESTING:
            self._alive_at = now
        if replace(position, beats=0) != replace(self._seen, beats=0):
            self._moved_at = now
        self._seen = position
        if position.operation in say.RESTING:
            self._moved_at = now
        if now - self._alive_at > self._patience.silence_s:
            return f"no sign of life for {self._patience.silence_s:g} s"
        if now - self._moved_at > self._patience.step_s:
            return f"at the same place for {self._patience.step_s:g} s"
        return None

    def _lose(self, code: str, detail: str) -> WalkerLost:
        self._child.kill()
        status = self._child.exit_status()
        position = self._journal.position()
        self._child.close()
        return WalkerLost(code, detail or status, position)


def wait_readable(descriptors: Sequence[int], timeout_s: float) -> None:
    """Sleep until one of the descriptors is readable, or the time is up."""
    poller = select.poll()
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    poller.poll(int(timeout_s * 1000))
