"""The rows that pass between the ledger of a package and the run that fills it."""

from dataclasses import dataclass

from polit.base.digests import Digests
from polit.model.evidence import ContentState, EntryType, FoundEntry
from polit.model.media import Identification

_NO_DIGESTS = Digests(0, b"", b"", b"")
_LISTABLE = frozenset({ContentState.READABLE, ContentState.NONE})


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder to list. ``kind`` is ``root``, ``folder`` or ``orphans``; ``path`` raw bytes."""

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
            entry_id, folder.volume_id, folder.entry_id, self.locator, self.path,
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
    """How decoding one content ended."""

    sha256: bytes
    outcome: str
    reason: str | None
    attempts: int
    width_px: int | None = None
    height_px: int | None = None
    decoder: str | None = None


@dataclass(frozen=True, slots=True)
class DerivativeRow:
    """Where one encrypted derivative lies, and the digest of its plaintext."""

    sha256: bytes
    role: str
    media_type: str
    width_px: int
    height_px: int
    size_bytes: int
    plaintext_sha256: bytes
    pack: str
    offset_bytes: int
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """Something that went wrong at a place."""

    locator: str
    entry_id: int | None
    stage: str
    code: str
    detail: str
    attempts: int = 1


@dataclass(slots=True)
class ResultBatch:
    """Results that are committed together, or not at all."""

    results: list[ResultRow]
    media: list[MediaRow]
    derivatives: list[DerivativeRow]
    problems: list[ProblemRow]

    @classmethod
    def empty(cls) -> "ResultBatch":
        """Return a batch without rows."""
        return cls([], [], [], [])

    def __len__(self) -> int:
        """How many rows the batch holds."""
        return len(self.results) + len(self.media) + len(self.problems)
