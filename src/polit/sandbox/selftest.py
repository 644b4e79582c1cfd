"""The start-up self-test: attack the sandbox, and say at which level it holds.

Every attack runs in a process with the very same lockdown, driven by the very same client, as
those that get evidence; after each one the next item must decode. What the report says is
stored with every result.
"""

import io
import os
import select
import socket
import struct
import tempfile
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from polit.base.clock import monotonic_s
from polit.base.errors import SandboxError
from polit.base.ids import new_uuid
from polit.model.media import DecodedMedia
from polit.sandbox.attack_list import ATTACKS, VIEWED
from polit.sandbox.client import (
    DecodeFailure,
    DecodeJob,
    Decoder,
    read_only_copy,
)
from polit.sandbox.isolate import Child, Role, Zygote, start_zygote
from polit.sandbox.limits import ItemLimits, Profile
from polit.sandbox.lockdown import LockdownFacts
from polit.sandbox.protocol import AttackTargets, encode_json
from polit.sandbox.views import RenderView

_SLOTS = (Profile.DECODER, Profile.DECODER, Profile.WALKER_IMAGE, Profile.WALKER_FOLDER)
_TICK_S = 0.01
_NOBODYS_PORT = 1
_PATIENT = ItemLimits(base_s=10.0, per_mib_s=0.0, wall_factor=6.0)
_HASTY = {
    "loop": ItemLimits(base_s=0.05, per_mib_s=0.0, wall_factor=1200.0),
    "sleep": ItemLimits(base_s=0.05, per_mib_s=0.0, wall_factor=4.0),
}


@dataclass(frozen=True, slots=True)
class AttackResult:
    """What one attack came to.

    Args:
        name: ``profile.attack``, unique in a report.
        contained: It was, and the next item decoded.
        outcome: What happened, in words.
    """

    name: str
    contained: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class IsolationReport:
    """How far the sandbox holds on this machine.

    Args:
        level: ``full``: every attack contained, with Landlock, seccomp and without root's
            powers. ``none``: neither Landlock nor seccomp. ``reduced``: all else.
        results: In a fixed order.
        landlock_abi: The kernel's Landlock version, 0 where absent.
        seccomp: Whether calls are filtered.
        uid_dropped: Whether no process kept root's powers.
    """

    level: str
    results: tuple[AttackResult, ...]
    landlock_abi: int
    seccomp: bool
    uid_dropped: bool


def run_selftest(zygote: Zygote | None = None) -> IsolationReport:
    """Attack the sandbox and report; takes about a second.

    Args:
        zygote: A running zygote of the decoder's role; one is started where none is given.

    Raises:
        SandboxError: The sandbox cannot be started at all, or did not survive.
    """
    with ExitStack() as stack:
        if zygote is None:
            zygote = start_zygote(Role.DECODER)
            stack.callback(zygote.close)
        stage = stack.enter_context(_set_stage(zygote))
        slots = [_Slot(stage, profile, queue) for profile, queue in _shares()]
        for slot in slots:
            stack.callback(slot.close)
        _run(slots)
        results = {result.name: result for slot in slots for result in slot.results}
        results |= {result.name: result for result in stage.aftermath()}
        return _report([slot.facts for slot in slots], results)


def _shares() -> list[tuple[Profile, deque[str]]]:
    """Share each profile's attacks among its slots."""
    shares = []
    for index, profile in enumerate(_SLOTS):
        mine = [at for at, other in enumerate(_SLOTS) if other is profile]
        names = list(ATTACKS[profile])[mine.index(index) :: len(mine)]
        shares.append((profile, deque(["facts", *names])))
    return shares


def _run(slots: Sequence["_Slot"]) -> None:
    working = [slot for slot in slots if slot.advance()]
    while working:
        select.select([slot.decoder for slot in working], [], [], _TICK_S)
        working = [slot for slot in working if slot.advance()]


def _report(facts: list[LockdownFacts], results: dict[str, AttackResult]) -> IsolationReport:
    abi = min(fact.landlock_abi for fact in facts)
    seccomp = all(fact.seccomp for fact in facts)
    dropped = all(fact.uid_dropped for fact in facts)
    whole = all(result.contained for result in results.values())
    level = "full" if whole and abi and seccomp and dropped else "reduced"
    if not abi and not seccomp:
        level = "none"
    ordered = tuple(results[name] for name in sorted(results))
    return IsolationReport(level, ordered, abi, seccomp, dropped)


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where attacks take place: targets that would notice, an item, and a harmless picture."""

    zygote: Zygote
    folder: Path
    folder_descriptor: int
    sibling: Child
    item: int
    item_bytes: bytes
    picture: int
    picture_bytes: bytes

    def aftermath(self) -> Iterator[AttackResult]:
        """Look at what no attack may have touched."""
        self.zygote.collect()
        kept = self.folder / "kept"
        unharmed = {
            "item": os.pread(self.item, len(self.item_bytes) + 1, 0) == self.item_bytes,
            "folder": sorted(path.name for path in self.folder.iterdir()) == ["kept", "link"],
            "file": kept.exists() and kept.read_bytes() == b"kept",
            "sibling": self.sibling.is_running,
        }
        for name, well in unharmed.items():
            yield AttackResult(f"after.{name}", well, "unharmed" if well else "harmed")


@contextmanager
def _set_stage(zygote: Zygote) -> Iterator[_Stage]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="polit-selftest-")))
        (folder / "kept").write_bytes(b"kept")
        (folder / "link").symlink_to("/etc/passwd")
        folder_descriptor = _owned(stack, os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
        abstract_name = f"polit-selftest-{new_uuid()}"
        port = _listen(stack, abstract_name)
        idle = _owned(stack, os.memfd_create("polit-idle", os.MFD_CLOEXEC))
        sibling = zygote.spawn_attacker(Profile.WALKER_IMAGE, fds=[idle])
        stack.callback(sibling.close)
        targets = AttackTargets(
            folder=str(folder),
            tcp_port=port,
            abstract_name=abstract_name,
            sibling_pid=sibling.pid,
            parent_pid=zygote.pid,
        )
        item_bytes, picture_bytes = encode_json(targets), _picture()
        yield _Stage(
            zygote=zygote,
            folder=folder,
            folder_descriptor=folder_descriptor,
            sibling=sibling,
            item=_memory_file(stack, item_bytes),
            item_bytes=item_bytes,
            picture=_memory_file(stack, picture_bytes),
            picture_bytes=picture_bytes,
        )


def _owned(stack: ExitStack, descriptor: int) -> int:
    stack.callback(os.close, descriptor)
    return descriptor


def _memory_file(stack: ExitStack, content: bytes) -> int:
    """Return a read-only descriptor of a memory file."""
    writable = os.memfd_create("polit-selftest", os.MFD_CLOEXEC)
    with open(writable, "wb") as stream:  # noqa: PTH123 - a descriptor
        stream.write(content)
        stream.flush()
        return _owned(stack, read_only_copy(writable))


def _listen(stack: ExitStack, abstract_name: str) -> int:
    """Listen where attacks knock: a refusal must come from the sandbox, not from silence.

    A process that gave up the network (``lockdown.give_up_network``) cannot listen there, and
    nothing that it starts can knock: the attacks are run against a port without a listener.
    """
    local = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
    local.bind("\0" + abstract_name)
    local.listen()
    try:
        listener = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    except PermissionError:
        return _NOBODYS_PORT
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return int(listener.getsockname()[1])


def _picture() -> bytes:
    """A grey PNG of 8 x 8 px (PNG specification, third edition, section 5)."""
    stream = io.BytesIO()
    stream.write(b"\x89PNG\r\n\x1a\n")
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress((b"\0" + b"\x80" * 8) * 8)),
        (b"IEND", b""),
    ):
        stream.write(struct.pack(">I", len(data)) + kind + data)
        stream.write(struct.pack(">I", zlib.crc32(kind + data)))
    return stream.getvalue()


class _AttackForker:
    """Forks attackers where a decoder slot asks for decoders."""

    def __init__(self, stage: _Stage, profile: Profile) -> None:
        self._zygote = stage.zygote
        self._profile = profile
        self._folder = [stage.folder_descriptor] if profile is Profile.WALKER_FOLDER else []

    @property
    def versions(self) -> dict[str, str]:
        return self._zygote.versions

    def spawn(
        self,
        profile: Profile,
        *,
        fds: Sequence[int] = (),
        arguments: bytes = b"",
        memory_bytes: int | None = None,
    ) -> Child:
        del profile, arguments, memory_bytes
        return self._zygote.spawn_attacker(self._profile, fds=[*fds, *self._folder])


class _Slot:
    """One decoder slot that gets attacks and, after each, a picture."""

    def __init__(self, stage: _Stage, profile: Profile, queue: deque[str]) -> None:
        self._stage = stage
        self._profile = profile
        self._queue = queue
        self._attack = ""
        self._outcome = ""
        self._job = 0
        self.decoder = Decoder(_AttackForker(stage, profile), _PATIENT)
        self.facts = LockdownFacts(landlock_abi=0, seccomp=False, uid_dropped=False)
        self.results: list[AttackResult] = []

    def advance(self) -> bool:
        """Go on as far as possible without waiting; False when all is done."""
        while True:
            now_s = monotonic_s()
            if self.decoder.busy:
                result = self.decoder.poll(now_s)
                if result is None:
                    return True
                if not isinstance(result, DecodedMedia | DecodeFailure):
                    raise SandboxError("an answer to what nobody asked for")
                self._take(result)
            elif self._outcome:
                self._start("image/png", now_s)
            elif self._queue:
                self._attack = self._queue.popleft()
                self._start(f"attack/{self._attack}", now_s)
            else:
                return False

    def close(self) -> None:
        self.decoder.close()

    def _start(self, mime: str, now_s: float) -> None:
        stage, attacks = self._stage, mime != "image/png"
        self._job += 1
        job = DecodeJob(
            job_id=self._job,
            descriptor=stage.item if attacks else stage.picture,
            size_bytes=len(stage.item_bytes if attacks else stage.picture_bytes),
            mime=mime,
            limits=_HASTY.get(self._attack) if attacks else None,
            view=RenderView(8) if attacks and self._attack in VIEWED else None,
        )
        self.decoder.start(job, now_s=now_s)

    def _take(self, result: DecodedMedia | DecodeFailure) -> None:
        if not self._outcome:
            self._outcome = _outcome(result)
            return
        decoded = isinstance(result, DecodedMedia)
        outcome, self._outcome = self._outcome, ""
        if self._attack == "facts":
            self.facts = _facts(outcome)
            return
        expected = ATTACKS[self._profile][self._attack]
        contained = outcome in expected or outcome.partition(" ")[0] in expected
        after = "" if decoded else f", then the next item: {_outcome(result)}"
        self.results.append(
            AttackResult(
                f"{self._profile}.{self._attack}", contained and decoded, f"{outcome}{after}"
            )
        )


def _outcome(result: DecodedMedia | DecodeFailure) -> str:
    """Return what happened: what an attacker said, a signal, or the client's judgement."""
    if isinstance(result, DecodedMedia):
        return "believed"
    if result.code in ("undecodable", "crash"):
        return result.detail
    return result.code


def _facts(outcome: str) -> LockdownFacts:
    _, _, text = outcome.partition(" ")
    try:
        return msgspec.json.decode(text, type=LockdownFacts)
    except msgspec.MsgspecError as error:
        raise SandboxError(f"a sandboxed process does not come up: {outcome}") from error
