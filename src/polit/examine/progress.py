"""What a run tells while it goes on, and what its source said of itself."""

from dataclasses import dataclass, field

from polit.base.digests import Digests
from polit.examine.matching import Alerts


@dataclass(slots=True)
class Progress:
    """Counters that a front end shows while the work goes on. No names."""

    phase: str = "opening"
    entries: int = 0
    settled: int = 0
    bytes_read: int = 0
    pictures: int = 0
    failed: int = 0
    measured_bytes: int = 0
    restarts: int = 0
    carve_bytes: int = 0
    carved_through_bytes: int = 0
    carve_began_at: float = 0.0
    carve_from_bytes: int = 0
    candidates: int = 0
    carved: int = 0
    alerts: Alerts = field(default_factory=Alerts)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What the source said of itself (untrusted text), and what measuring it gave."""

    container: str
    size_bytes: int
    stored_digests: dict[str, str]
    description: dict[str, str]
    measured: Digests | None
