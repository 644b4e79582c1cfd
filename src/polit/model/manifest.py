"""The manifest: what a sealed package says of itself. Its canonical form is what is signed."""

from dataclasses import dataclass

from polit.model.matching import HashSetFacts, MatchCounts
from polit.model.outcome import NotExamined, ProblemCount, Tally


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the package: relative path, size, SHA-256 in lower-case hex."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Host:
    """The machine that examined, and where its clock comes from."""

    name: str
    system: str
    machine: str
    clock_source: str


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """The source as it was handed over and as it was found.

    Args:
        container: ``raw``, ``ewf``, ``folder`` …
        names: The files of the image in order, or the folder.
        sizes_bytes: Their sizes, in the same order.
        missing: Numbers of segments that should be there and are not.
        size_bytes: The decoded size, 0 for a folder.
        description: What an image's header says, by key (untrusted text, keys too).
    """

    container: str
    names: tuple[str, ...]
    sizes_bytes: tuple[int, ...]
    missing: tuple[int, ...]
    size_bytes: int
    description: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Acquisition:
    """Digests of the source: as stated by a person, as stored in it, and as measured.

    ``agrees`` is ``None`` where nothing could be compared.
    """

    stated: tuple[str, ...]
    stored: dict[str, str]
    measured: dict[str, str]
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class IsolationFacts:
    """What the start-up self-test found: level, and what each attack came to.

    Of several sessions the one that held least stands for the run.
    """

    level: str
    landlock_abi: int
    attacks: dict[str, bool]


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One session of a run: when it began, who examined, and how isolated."""

    started_at: str
    examiner: str
    isolation_level: str


@dataclass(frozen=True, slots=True)
class Integrity:
    """What does not hold in the source.

    Args:
        bad_ranges: Ranges that could not be read as they were acquired.
        bad_bytes: Their bytes.
        container_problems: Checksums, tables, chains and segments of the image that are wrong.
        unread_sectors: Ranges that the imager could not read when it made the image.
    """

    bad_ranges: int
    bad_bytes: int
    container_problems: int
    unread_sectors: int

    @property
    def holds(self) -> bool:
        """Whether the image is what was acquired; sectors unread then are another matter."""
        return not (self.bad_ranges or self.container_problems)


@dataclass(frozen=True, slots=True)
class Signature:
    """An Ed25519 signature (RFC 8032) over the canonical manifest without this field."""

    algorithm: str
    public_key: str
    value: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a reader needs to know of a package, and to check it without any key.

    ``access_times_may_change`` tells whether reading may have set access times of the evidence.
    ``failed_stages`` counts what was not examined because mounting, walking, listing or
    measuring failed as a whole, beside the entries that failed.
    """

    format: int
    package_id: str
    case: str
    exhibit: str
    examiner: str
    authority: str
    host: Host
    source: SourceFacts
    acquisition: Acquisition
    integrity: Integrity
    device_clock_offset_s: int
    device_time_zone: str
    versions: dict[str, str]
    plan: dict[str, object]
    plan_sha256: str
    isolation: IsolationFacts
    started_at: str
    ended_at: str
    sessions: int
    sessions_detail: tuple[SessionFacts, ...]
    access_times_may_change: bool
    walker_restarts: int
    faults_planted: bool
    tally: Tally
    kinds: dict[str, int]
    problems: tuple[ProblemCount, ...]
    not_examined: tuple[NotExamined, ...]
    hash_sets: tuple[HashSetFacts, ...]
    matches: MatchCounts
    time_limited: tuple[str, ...]
    failed_stages: int
    bytes_read: int
    rows_sha256: str
    parts: tuple[Part, ...]
    recipients: tuple[str, ...]
    wrapped_key: str
    signature: Signature | None = None

    @property
    def is_complete(self) -> bool:
        """Whether nothing failed, and no digest that was stated went without comparison."""
        uncompared = self.acquisition.stated and self.acquisition.agrees is None
        return not (self.tally.failed or self.failed_stages or uncompared)
