"""Contents and holders under way, without processes: nothing is lost, nothing ends a run."""

import hashlib
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

import pytest
from hash_sets import listed

from polit.base.digests import Digests
from polit.base.errors import StorageFull
from polit.examine.contents import Contents
from polit.examine.deciding import Decisions
from polit.examine.matching import Matching
from polit.examine.progress import Progress
from polit.examine.settling import Settlement
from polit.match.hashsets import HashSets
from polit.match.matcher import Matcher
from polit.model.matching import MatchTerms, SetStatus
from polit.model.media import DecodedMedia, MediaFacts, MediaKind, PixelBlock
from polit.package.rows import HolderGroup, ReadRow, ResultBatch, ResultRow
from polit.run.held import Held, hold_bytes
from polit.run.local import Decoded, DecodeTask, Opened, OpenTask, Reopened, line_up
from polit.sandbox import walking_messages as say
from polit.sandbox.client import DecodeFailure
from polit.sandbox.facts import Member, OpenedBatch, OpenedMember, Unopened

if TYPE_CHECKING:
    from polit.package.derivatives import DerivativeWriter
    from polit.package.write import Ledger
    from polit.run.local import LocalFleet

PIXELS = PixelBlock(1, 1, 1, b"\0")
DOCUMENT, JPEG = "application/pdf", "image/jpeg"


@dataclass
class FakeFleet:
    """Queues what it is asked, and counts the bytes that are held."""

    decoding: deque[DecodeTask] = field(default_factory=deque)
    opening: deque[OpenTask] = field(default_factory=deque)
    held: int = 0
    asked_to_go_on: int = 0

    def hold(self, result: say.ReadResult) -> Held:
        self.held += 1
        return hold_bytes(b"file" + bytes(result.slot))

    def release(self, held: Held) -> None:
        self.held -= 1
        os.close(held.descriptor)

    def decode(self, task: DecodeTask) -> None:
        self.decoding.append(task)

    def open(self, task: OpenTask) -> None:
        self.opening.append(task)

    def go_on(self) -> None:
        self.asked_to_go_on += 1


class FakeLedger:
    """Keeps what is committed."""

    def __init__(self) -> None:
        self.batches: list[ResultBatch] = []

    def append(self, batch: ResultBatch) -> None:
        self.batches.append(batch)

    def media_outcome(self, sha256: bytes) -> None:
        del sha256


class FakeDerivatives:
    """Takes no pixels."""

    def sync(self) -> None:
        """Do nothing."""

    def add(self, made: object) -> object:
        return made


def _never_full(error: StorageFull) -> None:
    raise error


class Run:
    """One run, driven by hand."""

    def __init__(self, matcher: Matcher | None = None) -> None:
        self.fleet, self.ledger = FakeFleet(), FakeLedger()
        self.settlement = Settlement(
            cast("Ledger", self.ledger),
            cast("DerivativeWriter", FakeDerivatives()),
            Matching(matcher, decode_known_good=False),
            on_full=_never_full,
        )
        fleet, progress = cast("LocalFleet", self.fleet), Progress()
        decisions = Decisions(fleet, self.settlement, progress, opens_holders=True, vault=None)
        self.contents = Contents(fleet, self.settlement, progress, decisions)

    def read(self, entry_id: int, data: bytes, mime: str) -> None:
        """Have a file read."""
        at = f"volume:0@0;fat:/{entry_id}"
        self.contents.reading[entry_id] = ReadRow(
            entry_id, 1, at, b"a", b"", 9, "/a", "live", False
        )
        kind = MediaKind.STILL if mime == JPEG else MediaKind.DOCUMENT
        self.contents.take_results([
            say.ReadResult(
                entry_id=entry_id, code="", detail="", size_bytes=len(data),
                sha256=hashlib.sha256(data).digest(),
                mime=mime, kind=kind, basis="signature", slot=0,
            )
        ])  # fmt: skip

    def decode(self, *, inside: bool = False) -> None:
        """Let the next decoding end."""
        facts = MediaFacts(1, 1)
        made = DecodedMedia(facts, PIXELS, PIXELS, "d", has_pictures_inside=inside)
        self.contents.take_decoded(Decoded(self.fleet.decoding.popleft(), made))

    def give(self, *members: OpenedMember, unopened: int = 0, is_complete: bool = True) -> OpenTask:
        """Let the holder that is open give something."""
        task = self.fleet.opening[0]
        parts = (Unopened("encrypted", ""),) * unopened
        self.contents.take_opened(Opened(task, OpenedBatch(members, parts, is_complete)))
        if is_complete:
            self.fleet.opening.popleft()
        return task

    def groups(self) -> list[HolderGroup]:
        """Return what was found inside holders."""
        self.settlement.commit()
        return [group for batch in self.ledger.batches for group in batch.groups]

    def results(self) -> list[ResultRow]:
        """Return the results of entries, in the order in which they came."""
        self.settlement.commit()
        return [row for batch in self.ledger.batches for row in batch.results]

    def settled(self) -> list[int]:
        """Return the entries that have a result."""
        self.settlement.commit()
        return sorted(row.entry_id for batch in self.ledger.batches for row in batch.results)


def member(data: bytes, mime: str = JPEG, number: int = 1) -> OpenedMember:
    """Return a member of a holder."""
    kind = MediaKind.STILL if mime == JPEG else MediaKind.DOCUMENT
    steps = (("object", b"%d" % number),)
    follow: Literal["decode", "open"] = "decode" if mime == JPEG else "open"
    told = Member(steps, b"", 0, len(data), mime, kind, "signature", None, follow)
    return OpenedMember(told, data)


@pytest.fixture
def ran() -> Run:
    return Run()


def test_a_picture_inside_a_document_and_beside_it_is_opened_for_both(ran: Run) -> None:
    ran.read(1, b"document", DOCUMENT)
    ran.give(member(b"picture"))
    ran.read(2, b"picture", JPEG)
    ran.read(3, b"picture", JPEG)
    ran.decode(inside=True)
    assert not ran.fleet.decoding
    while ran.fleet.opening:
        ran.give(member(b"thumbnail"))
        while ran.fleet.decoding:
            ran.decode()
    assert ran.settled() == [1, 2, 3]
    assert [(g.holder.entry_id, len(g.embedded)) for g in ran.groups()] == [(1, 2), (2, 1), (3, 1)]
    assert ran.fleet.held == -4  # four members brought memories of their own


def test_a_member_of_a_lost_opening_that_is_decoded_late_ends_nothing(ran: Run) -> None:
    ran.read(1, b"document", DOCUMENT)
    task = ran.give(member(b"picture"), is_complete=False)
    ran.contents.take_opened(Reopened(task))
    ran.contents.take_opened(Opened(task, DecodeFailure("crash", "SIGSEGV")))
    ran.decode(inside=True)
    assert ran.settled() == [1]
    assert [len(group.embedded) for group in ran.groups()] == [0]
    assert ran.fleet.held == -1


def test_a_holder_that_is_opened_once_more_gives_the_same(ran: Run) -> None:
    ran.read(1, b"document", DOCUMENT)
    task = ran.give(member(b"picture"), member(b"p2", number=2), unopened=3, is_complete=False)
    ran.decode(inside=True)
    ran.contents.take_opened(Reopened(task))
    ran.give(member(b"picture"), member(b"p2", number=2), unopened=3)
    ran.decode()
    ran.give(member(b"thumbnail"))
    ran.decode()
    (group,) = ran.groups()
    assert [row.locator.rpartition(";")[2] for row in group.embedded] == ["object:1", "object:2",
                                                                        "object:1"]  # fmt: skip
    assert (group.members, len(group.unopened)) == (2, 3)


def test_thousands_of_small_members_hold_few_descriptors(ran: Run) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counted, not walked
    ran.read(1, b"document", DOCUMENT)
    for start in range(0, 2048, 256):
        batch = [member(b"d%d" % n, DOCUMENT, n) for n in range(start, start + 256)]
        ran.give(*batch, is_complete=False)
    ran.give(*[member(b"p%d" % n, number=n) for n in range(256)], is_complete=False)
    assert len(os.listdir("/proc/self/fd")) - before <= 258  # noqa: PTH208
    asked = ran.fleet.asked_to_go_on
    ran.contents.take_opened(Opened(ran.fleet.opening[0], OpenedBatch((), (), False)))
    assert ran.fleet.asked_to_go_on == asked
    ran.decode()
    assert ran.fleet.asked_to_go_on == asked + 1
    while ran.fleet.decoding:
        ran.decode()
    ran.give()
    while ran.fleet.opening:
        ran.give()
    assert len(ran.groups()[0].embedded) == 2304
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_what_was_not_opened_is_counted_to_a_limit(ran: Run) -> None:
    ran.read(1, b"document", DOCUMENT)
    ran.give(*[member(b"d%d" % n, DOCUMENT, n) for n in range(100)])
    while ran.fleet.opening:
        ran.give(unopened=256)
    (group,) = ran.groups()
    inside = sum(len(row.unopened) for row in group.embedded)
    assert inside == 10_000
    assert group.unopened == (("too_many", ""),)


def test_waiting_copies_of_a_full_holder_are_committed_in_turn(ran: Run) -> None:
    for number in range(1, 9):
        ran.read(number, b"document", DOCUMENT)
    ran.give(*[member(b"d%d" % n, DOCUMENT, n) for n in range(2000)])
    while ran.fleet.opening:
        ran.give()
    assert len(ran.groups()) == 8
    assert max(len(batch) for batch in ran.ledger.batches) < 3 * 2001


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    """Return a matcher of a known-good set and one that alerts."""
    store = tmp_path_factory.mktemp("sets") / "store"
    listed(store, "good", [b"good", b"good letter", b"both"], status=SetStatus.KNOWN_GOOD)
    listed(store, "wanted", [b"wanted", b"both"], status=SetStatus.ALERT)
    with HashSets(store).open_enabled() as sets:
        yield Matcher(sets, MatchTerms())


@pytest.fixture
def asking(known: Matcher) -> Run:
    return Run(known)


@pytest.mark.parametrize(("data", "mime"), [(b"good", JPEG), (b"good letter", DOCUMENT)])
def test_known_good_is_set_aside_and_its_bytes_given_back(
    asking: Run, data: bytes, mime: str
) -> None:
    asking.read(1, data, mime)

    assert not asking.fleet.decoding
    assert not asking.fleet.opening
    assert asking.fleet.held == 0
    (row,) = asking.results()
    assert (row.outcome, row.reason) == ("skipped", "known_good")
    assert row.digests is not None
    assert row.digests.sha256 == hashlib.sha256(data).digest()


def test_what_alerts_is_decoded_before_others_though_a_set_calls_it_good(asking: Run) -> None:
    asking.read(1, b"holiday", JPEG)
    asking.read(2, b"both", JPEG)

    assert [task.is_urgent for task in asking.fleet.decoding] == [False, True]
    assert asking.settlement.alerts.text() == (
        "ALERT: 1 content matches hash sets (0 of them categorised)"
    )


def test_a_document_that_alerts_is_opened_before_others(asking: Run) -> None:
    for number, data in enumerate((b"letter", b"both", b"another letter", b"wanted")):
        asking.read(number, data, DOCUMENT)
    inside = OpenTask(b"letter", DOCUMENT, asking.fleet.opening[0].held, parent=3)

    waiting: deque[OpenTask] = deque()
    for task in (*asking.fleet.opening, inside):
        line_up(waiting, task)

    order = [hashlib.sha256(data).digest() for data in (b"both", b"wanted", b"letter",
                                                        b"another letter")]  # fmt: skip
    assert [task.key for task in waiting] == [b"letter", *order]


def test_members_beyond_the_limit_are_not_announced(
    asking: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polit.examine.holders._MAX_MEMBERS", 1)
    asking.read(1, b"letter", DOCUMENT)
    asking.give(member(b"wanted", number=1), member(b"both", number=2))
    asking.decode()

    (group,) = asking.groups()
    assert (len(group.embedded), group.unopened) == (1, (("too_many", ""),))
    assert asking.settlement.alerts.total == 1


def test_members_are_set_aside_or_urgent_like_files(asking: Run) -> None:
    asking.read(1, b"letter", DOCUMENT)
    asking.give(member(b"good", number=1), member(b"wanted", number=2),
                member(b"good letter", DOCUMENT, 3))  # fmt: skip

    assert [task.is_urgent for task in asking.fleet.decoding] == [True]
    asking.decode()
    (group,) = asking.groups()
    assert [(row.result.outcome, row.result.reason) for row in group.embedded] == [
        ("skipped", "known_good"), ("done", None), ("skipped", "known_good"),
    ]  # fmt: skip
    assert not asking.fleet.opening


def test_a_match_is_written_once_for_all_copies_of_a_batch(asking: Run) -> None:
    for number in range(1, 4):
        asking.read(number, b"good", JPEG)
    asking.settlement.commit()

    (batch,) = asking.ledger.batches
    assert len(batch.matches) == 1
    assert len(batch.results) == 3


def test_a_plan_may_decode_what_is_known_good(known: Matcher) -> None:
    matching = Matching(known, decode_known_good=True)

    (found,) = matching.exact([Digests(4, b"", b"", hashlib.sha256(b"good").digest())])

    assert (found.is_set_aside, len(found.matches)) == (False, 1)
