"""Pictures inside things: what documents, mails and caches hold becomes entries of its own.

One holder is open at a time. What it holds is identified where it was opened, measured here,
decoded like any other content, and opened in turn where it holds things itself. A holder and
everything inside it are settled together, when all of it is decided: a run that is killed
meets the whole of it again.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from polit.base.digests import Digests
from polit.base.text import name_text
from polit.examine.deciding import Decisions
from polit.examine.matching import Known
from polit.examine.progress import Progress
from polit.examine.settling import Settlement
from polit.model.locator import escape_value
from polit.package.rows import (
    EmbeddedRow,
    HolderGroup,
    MediaOutcome,
    ProblemRow,
    ReadRow,
    ResultRow,
)
from polit.run.held import Held, hold_bytes
from polit.run.local import RETRIED, DecodeTask, LocalFleet, Opened, OpenTask, Reopened
from polit.sandbox.client import DecodeFailure
from polit.sandbox.facts import Member, OpenedMember

_MAX_DEPTH = 8
_MAX_MEMBERS = 10_000
_MAX_BYTES = 1 << 30
_BYTES_UNDER_WAY, _MEMBERS_UNDER_WAY = 64 << 20, 256
_UNREAD = Digests(0, b"", b"", b"")
_NAMED = frozenset({"attachment", "file", "thumbs"})
"""Steps whose value is a name that somebody gave."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An entry of a file system and how it ends, but for what lies inside it."""

    row: ReadRow
    result: ResultRow

    @property
    def digests(self) -> Digests:
        """The digests of its content."""
        return self.result.digests or _UNREAD

    @property
    def sha256(self) -> bytes:
        """The digest of its content."""
        return self.digests.sha256

    @property
    def mime(self) -> str:
        """The type of its content."""
        return self.result.identification.mime if self.result.identification else ""

    def failed(self, reason: str) -> ResultRow:
        """Return its result as a failure that keeps what is known of the content."""
        return replace(self.result, outcome="failed", reason=reason)


@dataclass(slots=True, eq=False)
class _Node:
    """Something found inside a holder.

    Its bytes are kept for as long as it may have to be opened; in a memory file, of which a
    process can only have so many, no longer than a decoder needs them.
    """

    index: int
    member: Member
    digests: Digests
    parent: int | None
    depth: int
    data: bytes
    known: Known
    held: Held | None = None
    stage: str = "decode"
    reason: str | None = None
    detail: str = ""
    attempts: int = 1
    is_dropped: bool = False
    unopened: list[tuple[str, str]] = field(default_factory=list)
    members: int | None = None


@dataclass(slots=True, eq=False)
class _Opening:
    """A content of a file system with everything inside it, while that is found out."""

    waiting: list[Settled]
    nodes: list[_Node] = field(default_factory=list)
    queue: deque[int] = field(default_factory=deque)
    unopened: list[tuple[str, str]] = field(default_factory=list)
    limits: set[str] = field(default_factory=set)
    members: int = 0
    failure: tuple[str, str, int] | None = None
    first_node: int = 0
    first_unopened: int = 0
    first_limits: frozenset[str] = frozenset()
    is_open: bool = True
    size_bytes: int = 0
    undecided: int = 0
    unopened_count: int = 0


class Holders:
    """The holders under way."""

    def __init__(
        self,
        fleet: LocalFleet,
        settlement: Settlement,
        progress: Progress,
        decisions: Decisions,
    ) -> None:
        """Begin with none."""
        self._fleet, self._settlement, self._progress = fleet, settlement, progress
        self._decisions = decisions
        self._openings: dict[bytes, _Opening] = {}
        self._bytes_under_way = self._members_under_way = 0

    def open(self, settled: Settled, held: Held, *, is_urgent: bool = False) -> None:
        """Open a content, an urgent one before others; its bytes are released when that is done."""
        if settled.sha256 in self._openings:
            self._fleet.release(held)
            self.join(settled)
            return
        self._openings[settled.sha256] = _Opening([settled])
        self._fleet.open(OpenTask(settled.sha256, settled.mime, held, is_urgent=is_urgent))

    def join(self, settled: Settled) -> None:
        """Settle an entry like the other one with its content, which is being opened."""
        self._openings[settled.sha256].waiting.append(settled)

    def leave(self, settled: Settled, unopened: tuple[str, str]) -> None:
        """Settle a holder that is not opened, and say why."""
        self._settlement.settle(settled.result)
        self._settlement.settle_holder(HolderGroup(settled.row, 0, (unopened,), ()))
        self._progress.settled += 1

    def go_on(self) -> None:
        """Ask the open holder for more, when not too much is under way."""
        is_room = self._members_under_way < _MEMBERS_UNDER_WAY
        if is_room and self._bytes_under_way < _BYTES_UNDER_WAY:
            self._fleet.go_on()

    def begin_again(self, event: Reopened) -> None:
        """Forget what a holder gave before it was lost: it is opened once more."""
        opening = self._openings[event.task.key]
        for node in opening.nodes[opening.first_node :]:
            node.is_dropped, node.data = True, b""
            opening.size_bytes -= node.digests.size_bytes
            opening.undecided -= node.held is not None
        del opening.nodes[opening.first_node :]
        opening.queue = deque(i for i in opening.queue if i < opening.first_node)
        unopened = self._unopened_of(opening, event.task)
        opening.unopened_count -= len(unopened) - opening.first_unopened
        del unopened[opening.first_unopened :]
        opening.limits = set(opening.first_limits)

    def take(self, event: Opened) -> None:
        """Take some of what a holder holds, or why it could not be opened."""
        task, result = event.task, event.result
        opening = self._openings[task.key]
        if isinstance(result, DecodeFailure):
            self._take_failure(opening, task, result)
        else:
            self._add(opening, task, _within_limits(opening, result.members))
            for part in result.unopened:
                self._leave_closed(opening, task, (part.code, part.detail))
        if isinstance(result, DecodeFailure) or result.is_complete:
            self._close(opening, task)

    def _take_failure(self, opening: _Opening, task: OpenTask, failure: DecodeFailure) -> None:
        """A holder that breaks its reader fails; one that only cannot be read is done, unread."""
        if failure.code not in RETRIED:
            self._leave_closed(opening, task, (failure.code, failure.detail))
        elif task.parent is None:
            opening.failure = (failure.code, failure.detail, task.attempts)
        else:
            node = opening.nodes[task.parent]
            node.stage, node.reason = "open", failure.code
            node.detail, node.attempts = failure.detail, task.attempts

    def _leave_closed(self, opening: _Opening, task: OpenTask, part: tuple[str, str]) -> None:
        """Note what was not opened; of a holder and all inside it together only so many."""
        if opening.unopened_count >= _MAX_MEMBERS:
            opening.limits.add("too_many")
        else:
            opening.unopened_count += 1
            self._unopened_of(opening, task).append(part)

    def _unopened_of(self, opening: _Opening, task: OpenTask) -> list[tuple[str, str]]:
        return opening.unopened if task.parent is None else opening.nodes[task.parent].unopened

    def _add(self, opening: _Opening, task: OpenTask, members: Sequence[OpenedMember]) -> None:
        """Look up what was found, and queue what has to be decoded or opened."""
        depth = 1 if task.parent is None else opening.nodes[task.parent].depth + 1
        found = [_digests(opened.data) for opened in members]
        looked_up = zip(members, found, self._settlement.look_up(found), strict=True)
        for opened, digests, known in looked_up:
            member = opened.member
            follow = "" if known.is_set_aside else member.follow
            data = opened.data if follow else b""
            node = _Node(len(opening.nodes), member, digests, task.parent, depth, data, known)
            opening.nodes.append(node)
            if follow == "open":
                self._queue(opening, node)
            elif follow:
                self._decode(opening, node)

    def _queue(self, opening: _Opening, node: _Node) -> None:
        if node.depth >= _MAX_DEPTH:
            node.unopened.append(("too_deep", f"below {_MAX_DEPTH} others"))
            node.data = b""
        else:
            opening.queue.append(node.index)

    def _decode(self, opening: _Opening, node: _Node) -> None:
        sha256, mime = node.digests.sha256, node.member.mime
        held = node.held = hold_bytes(node.data)
        opening.undecided += 1
        self._bytes_under_way += held.held_bytes
        self._members_under_way += 1

        def finish(outcome: MediaOutcome, detail: str, attempts: int) -> None:
            self._take_decision(opening, node, outcome, (detail, attempts))

        self._decisions.keep_original(sha256, mime, held)
        decided = self._decisions.known(sha256)
        if decided is not None:
            finish(decided, "", 1)
        elif self._decisions.is_under_way(sha256):
            self._decisions.wait(sha256, finish)
        else:
            task = DecodeTask(sha256, mime, held, node.known.is_urgent)
            self._decisions.decide(task, finish)

    def _take_decision(
        self, opening: _Opening, node: _Node, outcome: MediaOutcome, told: tuple[str, int]
    ) -> None:
        self._bytes_under_way -= node.digests.size_bytes
        self._members_under_way -= 1
        self._release(node)
        if node.is_dropped:  # the opening goes on without it, or may have ended
            return
        opening.undecided -= 1
        node.reason = outcome.reason
        node.detail, node.attempts = told
        if outcome.has_pictures_inside:
            self._queue(opening, node)
        else:
            node.data = b""
        if not opening.is_open:
            self._next(opening)

    def _close(self, opening: _Opening, task: OpenTask) -> None:
        """Note that a holder has given all it holds; go on with the next one inside."""
        members = len(opening.nodes) - opening.first_node
        if task.parent is None:
            opening.members = members
            self._fleet.release(task.held)
        else:
            opening.nodes[task.parent].members = members
            self._release(opening.nodes[task.parent])
        opening.is_open = False
        self._next(opening)

    def _next(self, opening: _Opening) -> None:
        if opening.queue:
            index = opening.queue.popleft()
            node = opening.nodes[index]
            opening.is_open = True
            opening.first_node, opening.first_unopened = len(opening.nodes), len(node.unopened)
            opening.first_limits = frozenset(opening.limits)
            node.held, node.data = hold_bytes(node.data), b""
            key = opening.waiting[0].sha256
            self._fleet.open(OpenTask(key, node.member.mime, node.held, index))
        elif not opening.undecided:
            self._finish(opening)

    def _release(self, node: _Node) -> None:
        if node.held is not None:
            self._fleet.release(node.held)
            node.held = None

    def _finish(self, opening: _Opening) -> None:
        """Settle every entry that holds this content, each with entries of its own inside."""
        del self._openings[opening.waiting[0].sha256]
        unopened = (*opening.unopened, *((code, "") for code in sorted(opening.limits)))
        for settled in opening.waiting:
            row, result, problem = settled.row, settled.result, None
            if opening.failure:
                code, detail, attempts = opening.failure
                result = settled.failed(code)
                problem = ProblemRow(row.locator, row.entry_id, "open", code, detail, attempts)
                self._progress.failed += 1
            self._settlement.settle(result, problem)
            embedded = _embedded(row, opening.nodes)
            self._settlement.settle_holder(HolderGroup(row, opening.members, unopened, embedded))
            self._progress.entries += len(embedded)
            self._progress.failed += sum(row.result.outcome == "failed" for row in embedded)
            self._progress.settled += 1 + len(embedded)
            self._settlement.commit_if_due()  # thousands may wait, each with thousands inside


def _within_limits(opening: _Opening, members: Iterable[OpenedMember]) -> list[OpenedMember]:
    """Return those that become entries: what does not is neither looked up nor announced."""
    kept: list[OpenedMember] = []
    for opened in members:
        if len(opening.nodes) + len(kept) >= _MAX_MEMBERS:
            opening.limits.add("too_many")
        elif opening.size_bytes + len(opened.data) > _MAX_BYTES:
            opening.limits.add("too_large")
        else:
            opening.size_bytes += len(opened.data)
            kept.append(opened)
    return kept


def _digests(data: bytes) -> Digests:
    return Digests(
        len(data),
        hashlib.md5(data, usedforsecurity=False).digest(),
        hashlib.sha1(data, usedforsecurity=False).digest(),
        hashlib.sha256(data).digest(),
    )


def _embedded(holder: ReadRow, nodes: list[_Node]) -> tuple[EmbeddedRow, ...]:
    rows: list[EmbeddedRow] = []
    for node in nodes:
        above = holder if node.parent is None else rows[node.parent]
        rows.append(_row(node, above.locator, above.path))
    return tuple(rows)


def _row(node: _Node, locator: str, path: str) -> EmbeddedRow:
    member = node.member
    steps = "".join(f";{kind}:{escape_value(value)}" for kind, value in member.steps)
    names = "".join("/" + _spoken(kind, value) for kind, value in member.steps)
    outcome = "done" if node.reason is None else "failed"
    result = ResultRow(
        0, outcome, node.reason, node.digests, member.identification, member.extension_agrees
    )
    if node.known.is_set_aside:
        result = replace(result, outcome="skipped", reason="known_good")
    problem = None
    if node.reason is not None:
        problem = ProblemRow(
            locator + steps, None, node.stage, node.reason, node.detail, node.attempts
        )
    return EmbeddedRow(
        locator=locator + steps,
        path=path + names,
        raw_name=member.name or member.steps[-1][1],
        size_bytes=node.digests.size_bytes,
        parent=node.parent,
        result=result,
        problem=problem,
        unopened=tuple(node.unopened),
        members=node.members,
    )


def _spoken(kind: str, value: bytes) -> str:
    """Return a step inside a holder as people say it; the locator has it exactly."""
    if kind == "zip":  # a path inside the document
        return "/".join(name_text(part) for part in value.split(b"/"))
    return name_text(value) if kind in _NAMED else f"{kind} {name_text(value)}"
