"""Carving: candidates from bytes that no file owns become entries where a decoder shows something.

The walker looks for candidates and reads them; here they are judged. One whose content a file of
the source has is found again, and no entry. One that nothing can be seen of is counted. The rest
are written as entries that are still to be read, and are then read like any other: from there on
nothing is special about them.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from polit.base.digests import Digests
from polit.evidence.carved_places import pack_places
from polit.examine.deciding import Decisions
from polit.examine.matching import Known
from polit.examine.progress import Progress
from polit.examine.rank import OTHER
from polit.examine.settling import Settlement
from polit.model.evidence import ContentState, EntryState, EntryType, FoundEntry
from polit.model.media import MediaKind
from polit.package.carving_rows import FOLDER, CarvingArea, CarvingRows, CarvingStep
from polit.package.rows import EntryRow, MediaOutcome, ProblemRow
from polit.package.write import Ledger
from polit.run.held import Held
from polit.run.local import DecodeTask, LocalFleet
from polit.sandbox import carving_messages as told
from polit.sandbox import walking_messages as say
from polit.sandbox.walking import WalkerLost

_MEDIA = frozenset({MediaKind.STILL, MediaKind.VIDEO})
_ENTRY, _AGAIN, _UNDECODED = "entry", "again", "undecoded"
_REFUSED_KEPT = 100_000
_EXTENTS_NAMED = 16
_ENDINGS = {
    "image/gif": "gif",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/avif": "avif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/x-msvideo": "avi",
    "video/3gpp": "3gp",
    "video/x-m4v": "m4v",
}


@dataclass(slots=True, eq=False)
class _Candidate:
    result: say.ReadResult
    places: list[tuple[int, int]]
    pieces: int
    held: Held | None
    verdict: str = ""


@dataclass(slots=True, eq=False)
class _Batch:
    reply: told.Carved
    candidates: list[_Candidate]

    @property
    def is_judged(self) -> bool:
        return all(candidate.verdict for candidate in self.candidates)


class Carving:
    """The search under way: one area at a time, its candidates judged in their order."""

    def __init__(
        self,
        ledger: Ledger,
        fleet: LocalFleet,
        settlement: Settlement,
        decisions: Decisions,
        progress: Progress,
        *,
        max_restarts: int,
    ) -> None:
        """Begin with none."""
        self._ledger, self._fleet, self._settlement = ledger, fleet, settlement
        self._decisions, self._progress = decisions, progress
        self._max_restarts = max_restarts
        self._rows = CarvingRows(ledger)
        self._area: CarvingArea | None = None
        self._batches: deque[_Batch] = deque()
        self._refused: dict[bytes, None] = {}
        self._search_id = 0
        self._others_bytes = 0
        self._lost: list[int] = []
        self._told: tuple[int, Sequence[told.Taken]] = (0, ())

    @property
    def is_under_way(self) -> bool:
        """Whether an area is being searched, or candidates of it are being judged."""
        return self._area is not None

    def begin(self) -> bool:
        """Note what is to be searched, and what the package holds; tell whether there is any."""
        of_all, done = self._rows.begin()
        self._progress.carve_bytes = of_all
        self._progress.carved_through_bytes = self._progress.carve_from_bytes = done
        return done < of_all

    def ask_next(self) -> bool:
        """Ask for the candidates of the next area; tell whether there is one."""
        area = self._area = self._rows.next_area()
        if area is None:
            return False
        self._lost = []
        done = self._progress.carved_through_bytes
        self._others_bytes = done - area.before_bytes - area.next_bytes
        self._told = (area.next_bytes, area.taken)
        self._ask()
        return True

    def _ask(self) -> None:
        area = self._area
        if area is None:
            return
        self._search_id += 1
        following, taken = self._told
        self._fleet.walker.send(
            told.Carve(
                search_id=self._search_id,
                volume_id=area.volume_id,
                ranges=list(area.ranges),
                start_bytes=following,
                taken=list(taken),
                skip=self._lost,
            )
        )

    def take(self, reply: told.Carved) -> None:
        """Judge candidates that came in."""
        found = [
            _Candidate(one.result, one.places, one.pieces, self._hold(one))
            for one in reply.candidates
        ]
        if self._area is None or reply.search_id != self._search_id:
            for candidate in found:
                self._release(candidate)
            return
        self._told = (reply.next_bytes, reply.taken)
        self._progress.candidates += len(found)
        through = self._area.before_bytes + reply.next_bytes
        self._progress.carved_through_bytes = self._others_bytes + through
        self._batches.append(_Batch(reply, found))
        known = self._settlement.knows([_digests(candidate.result) for candidate in found])
        for candidate, what_is_known in zip(found, known, strict=True):
            self._judge(candidate, what_is_known)
        self._settle_judged()

    def charge(self, lost: WalkerLost) -> None:
        """Charge the walker's loss to the place where it stood; nothing that begins there counts.

        Call ``ask_again`` when there is a new walker.
        """
        area, position = self._area, lost.position
        if area is None:
            return
        places = {say.READING: position.item, say.CARVING: position.index}
        place = places.get(position.operation, self._told[0])
        self._lost.append(place)
        detail = f"{area.area}: lost at its byte {area.before_bytes + place} ({lost.detail})"
        self._ledger.add_problem(ProblemRow(area.locator, None, "carve", lost.code, detail))
        self._progress.failed += 1

    def ask_again(self) -> None:
        """Go on with the search after a loss, or leave the area where there were too many."""
        following, taken = self._told
        if len(self._lost) <= self._max_restarts:
            self._ask()
            return
        over = told.Carved(self._search_id, [], following, following, list(taken),
                           done=True, code="walker_crash")  # fmt: skip
        self._batches.append(_Batch(over, []))
        self._settle_judged()

    # Candidates

    def _hold(self, candidate: told.Candidate) -> Held | None:
        return self._fleet.hold(candidate.result) if candidate.result.slot >= 0 else None

    def _release(self, candidate: _Candidate) -> None:
        if candidate.held is not None:
            self._fleet.release(candidate.held)
            candidate.held = None

    def _judge(self, candidate: _Candidate, known: Known) -> None:
        result = candidate.result
        if result.code and result.code != "too_large":
            self._decide(candidate, _UNDECODED)
        elif self._rows.holds(result.sha256):
            self._decide(candidate, _AGAIN)
        elif known.is_urgent or known.is_set_aside:
            self._decide(candidate, _ENTRY)
        elif result.kind not in _MEDIA or candidate.held is None:
            self._decide(candidate, _UNDECODED)
        else:
            self._try_out(candidate, candidate.held)

    def _try_out(self, candidate: _Candidate, held: Held) -> None:
        sha256 = candidate.result.sha256

        def finish(outcome: MediaOutcome, _detail: str, _attempts: int) -> None:
            if outcome.reason is not None:
                self._refuse(sha256)
            self._decide(candidate, _ENTRY if outcome.reason is None else _UNDECODED)
            self._settle_judged()

        decided = self._decisions.known(sha256)
        if decided is not None or sha256 in self._refused:
            is_seen = decided is not None and decided.reason is None
            self._decide(candidate, _ENTRY if is_seen else _UNDECODED)
        elif self._decisions.is_under_way(sha256):
            self._release(candidate)
            self._decisions.wait(sha256, finish)
        else:
            self._decisions.try_out(DecodeTask(sha256, candidate.result.mime, held), finish)

    def _decide(self, candidate: _Candidate, verdict: str) -> None:
        candidate.verdict = verdict
        self._release(candidate)

    def _refuse(self, sha256: bytes) -> None:
        if len(self._refused) >= _REFUSED_KEPT:
            self._refused.clear()
        self._refused[sha256] = None

    # Rows

    def _settle_judged(self) -> None:
        while self._batches and self._batches[0].is_judged and self._area is not None:
            batch = self._batches.popleft()
            self._settle(self._area, self._step(self._area, batch))
            if batch.reply.done:
                self._area = None

    def _settle(self, area: CarvingArea, step: CarvingStep) -> None:
        def settle() -> None:
            self._rows.settle(area, step)

        self._settlement.until_room(settle)
        self._progress.carved += len(step.entries)
        self._progress.entries += len(step.entries)

    def _step(self, area: CarvingArea, batch: _Batch) -> CarvingStep:
        reply = batch.reply
        by = {verdict: [one for one in batch.candidates if one.verdict == verdict]
              for verdict in (_ENTRY, _AGAIN, _UNDECODED)}  # fmt: skip
        return CarvingStep(
            next_bytes=reply.next_bytes,
            taken=reply.taken,
            is_done=reply.done,
            reason=reply.code,
            entries=[
                carved_entry(area.locator, one.result, one.places, pieces=one.pieces)
                for one in by[_ENTRY]
            ],
            passed_over=reply.passed_over,
            candidates=len(batch.candidates),
            found_again=len(by[_AGAIN]),
            undecoded=len(by[_UNDECODED]),
            undecoded_bytes=sum(one.result.size_bytes for one in by[_UNDECODED]),
        )


def _digests(result: say.ReadResult) -> Digests:
    return Digests(result.size_bytes, result.md5, result.sha1, result.sha256)


def carved_entry(
    volume: str, result: say.ReadResult, places: Sequence[tuple[int, int]], *, pieces: int
) -> EntryRow:
    """Return a candidate as an entry: named by where it begins, found again by its places.

    What was put together says so in its name, which follows it wherever it is shown.

    Args:
        volume: The locator of the volume that it belongs to.
        result: What reading it gave.
        places: ``(offset_bytes, length_bytes)`` in the source, in the order of the content.
        pieces: Of how many pieces the carver put it together; 1 where it is of one piece.
    """
    joined = f" joined of {pieces}" if pieces > 1 else ""
    name = f"{places[0][0]}{joined}.{_ENDINGS.get(result.mime, 'bin')}"
    named = ",".join(f"{offset}+{length}" for offset, length in places[:_EXTENTS_NAMED])
    if len(places) > _EXTENTS_NAMED:
        named += f",~{len(places) - _EXTENTS_NAMED}"
    found = FoundEntry(
        raw_name=name.encode(),
        entry_type=EntryType.FILE,
        state=EntryState.CARVED,
        content=ContentState.READABLE,
        address=pack_places(places),
        record=f"joined:{pieces}" if pieces > 1 else "",
        size_bytes=sum(length for _, length in places),
    )
    return EntryRow(found, f"{volume};carved:{named}", f"{FOLDER.decode()}/{name}", OTHER)
