"""The rows that pass between the ledger of a package and the run that fills it."""

from dataclasses import dataclass, field

from polit.base.digests import Digests
from polit.model.evidence import ContentState, EntryType, FoundEntry
from polit.model.matching import Match
from polit.model.media import Identification, MediaFacts, MediaTag, PerceptualHash

_NO_DIGESTS = Digests(0, b"", b"", b"")
_LISTABLE = frozenset({ContentState.READABLE, ContentState.NONE})


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder: ``kind`` ``root``, ``folder``, ``orphans`` or ``carved``; ``path`` raw bytes."""

    folder_id: int
    volume_id: int
    entry_id: int | None
    path: bytes
    address: bytes
    kind: str
    deleted: bool
    rank: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as it is written: what was found, where it stands, and its rank in the queue."""

    found: FoundEntry
    locator: str
    path: str
    rank: int

    @property
    def is_descended(self) -> bool:
        """Whether names are to be listed below it."""
        return self.found.entry_type is EntryType.FOLDER and self.found.content in _LISTABLE

    def folder_below(self, folder: FolderRow, entry_id: int) -> FolderRow:
        """Return this entry as a folder to list, not yet numbered."""
        prefix = folder.path + b"/" if folder.path else b""
        return FolderRow(
            folder_id=0,
            volume_id=folder.volume_id,
            entry_id=entry_id,
            path=prefix + self.found.raw_name,
            address=self.found.address,
            kind="folder",
            deleted=folder.deleted or self.found.state != "live",
            rank=self.rank,
        )

    def settled(self, entry_id: int) -> "ResultRow | None":
        """Return the result of an entry that needs no reading, ``None`` where one is to come."""
        found = self.found
        if found.entry_type is EntryType.LINK:
            return ResultRow(entry_id, "skipped", "link")
        if self.is_descended or found.content is ContentState.READABLE:
            return None
        return ResultRow(entry_id, "skipped", found.content.value)

    def columns(self, entry_id: int, folder: FolderRow) -> tuple[object, ...]:
        """Return the values of the ``entries`` table, in its order.

        Plain values only: SQLite's binding asks an adapter about anything else, at a cost.
        """
        found, times = self.found, self.found.times
        return (
            entry_id, folder.volume_id, folder.entry_id, None, self.locator, self.path,
            found.raw_name, found.record, found.address, found.entry_type.value,
            found.state.value, found.content.value, int(found.overwritten), found.size_bytes,
            found.link_target or None, times.created_ns, times.modified_ns, times.accessed_ns,
            times.changed_ns, times.deleted_ns, self.rank,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadRow:
    """An entry whose content is still to be read."""

    entry_id: int
    volume_id: int
    locator: str
    raw_name: bytes
    address: bytes
    size_bytes: int
    path: str
    state: str
    overwritten: bool
    within_id: int | None = None
    """The entry of the file system in which it lies, if it lies in an archive."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """How one entry ended. ``reason`` is a code of ``polit.model.outcome``."""

    entry_id: int
    outcome: str
    reason: str | None = None
    digests: Digests | None = None
    identification: Identification | None = None
    extension_agrees: bool | None = None

    def columns(self) -> tuple[object, ...]:
        """Return the values of the ``results`` table, in its order."""
        digests = self.digests or _NO_DIGESTS
        kind = self.identification
        agrees = self.extension_agrees
        return (
            self.entry_id,
            self.outcome,
            self.reason,
            digests.size_bytes,
            digests.md5 or None,
            digests.sha1 or None,
            digests.sha256 or None,
            kind.mime if kind else None,
            kind.kind.value if kind else None,
            kind.basis if kind else None,
            None if agrees is None else int(agrees),
        )


@dataclass(frozen=True, slots=True)
class MediaRow:
    """How decoding one content ended, and what it says of itself."""

    sha256: bytes
    outcome: str
    reason: str | None
    attempts: int
    decoder: str | None = None
    facts: MediaFacts | None = None
    hashes: tuple[PerceptualHash, ...] = ()
    has_pictures_inside: bool = False

    @property
    def tags(self) -> tuple[MediaTag, ...]:
        """What else it says of itself."""
        return self.facts.tags if self.facts else ()

    def columns(self) -> tuple[object, ...]:
        """Return the values of the ``media`` table, in its order."""
        start = (self.sha256, self.outcome, self.reason, self.attempts, self.decoder)
        facts = self.facts
        if facts is None:
            return (*start, *(None,) * 17, 0)
        taken, position = facts.taken, facts.position
        return (
            *start,
            facts.width_px, facts.height_px, facts.orientation, facts.frames, facts.duration_ms,
            ",".join(facts.flaws) or None,
            facts.make or None, facts.model or None, facts.serial or None,
            *((taken.wall_clock, taken.basis, taken.offset_min, taken.source) if taken
              else (None,) * 4),
            *((position.latitude_e7, position.longitude_e7, position.altitude_mm, position.source)
              if position else (None,) * 4),
            int(self.has_pictures_inside),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MediaOutcome:
    """How decoding a content ended, as later entries with the same content need it."""

    outcome: str
    reason: str | None
    has_pictures_inside: bool = False


@dataclass(frozen=True, slots=True)
class DerivativeRow:
    """Where one encrypted derivative lies, and the digest of its plaintext.

    ``story`` is 0 for the picture itself, else the place in the storyboard from 1, and
    ``at_ms`` where that stands in the video.
    """

    sha256: bytes
    role: str
    story: int
    at_ms: int | None
    media_type: str
    width_px: int
    height_px: int
    size_bytes: int
    plaintext_sha256: bytes
    pack: str
    offset_bytes: int
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class EmbeddedRow:
    """Something that a holder holds, as an entry of its own, with its result.

    Args:
        locator: The holder's, and the steps below it.
        path: The holder's path and the names below it.
        raw_name: Its own name as stored.
        size_bytes: How long it is.
        parent: The place in its group of the member that holds it, ``None`` for the holder
            that the group belongs to.
        result: How it ended; the entry id is not yet known and stands as 0.
        problem: What went wrong with it; its entry id is filled in.
        unopened: ``(code, detail)`` of what was not opened inside it.
        members: How many members it holds itself, ``None`` where it was not opened.
    """

    locator: str
    path: str
    raw_name: bytes
    size_bytes: int
    parent: int | None
    result: "ResultRow"
    problem: "ProblemRow | None" = None
    unopened: tuple[tuple[str, str], ...] = ()
    members: int | None = None


@dataclass(frozen=True, slots=True)
class HolderGroup:
    """A holder that a file system names, and everything that was found inside it."""

    holder: ReadRow
    members: int
    unopened: tuple[tuple[str, str], ...]
    embedded: tuple[EmbeddedRow, ...]


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """Something that went wrong at a place."""

    locator: str
    entry_id: int | None
    stage: str
    code: str
    detail: str
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class ClosedArchive:
    """An archive that was streamed to its end; ``is_whole`` with everything nested in it."""

    entry_id: int
    members: int
    is_whole: bool


@dataclass(slots=True)
class ResultBatch:
    """Results that are committed together, or not at all.

    ``members`` are entries of archives, as columns; ``queued`` archives that were read, with
    their types; ``unopened`` what was not opened, by its entry, with code and detail.
    """

    results: list[ResultRow]
    media: list[MediaRow]
    derivatives: list[DerivativeRow]
    problems: list[ProblemRow]
    groups: list[HolderGroup]
    matches: list[Match]
    members: list[tuple[object, ...]]
    queued: list[tuple[int, str]]
    closed: list[ClosedArchive]
    unopened: list[tuple[int, str, str]]
    slack: list[tuple[int, int, int]] = field(default_factory=list)
    """``(volume_id, offset_bytes, length_bytes)`` of what lies behind contents."""

    @classmethod
    def empty(cls) -> "ResultBatch":
        """Return a batch without rows."""
        return cls([], [], [], [], [], [], [], [], [], [])

    def __len__(self) -> int:
        """How many rows the batch holds."""
        embedded = sum(len(group.embedded) for group in self.groups)
        found = len(self.media) + len(self.problems) + len(self.matches)
        found += len(self.members) + len(self.queued) + len(self.closed) + len(self.unopened)
        return len(self.results) + found + embedded
