"""Wall clock and monotonic clock: the one place where polit reads the time."""

import os
import time
from datetime import UTC, datetime


def now_utc() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Return seconds on a clock that never goes back; only differences mean something."""
    return time.monotonic()


def sleep_s(seconds: float) -> None:
    """Do nothing for so long; a signal handler still runs."""
    time.sleep(seconds)


def instant_text(instant: datetime) -> str:
    """Return an aware instant as RFC 3339 in UTC, whole seconds, ending in ``Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stand_in_utc() -> None:
    """Have this process know no zone but UTC, for libraries that ask where the host stands."""
    os.environ["TZ"] = "UTC0"
    time.tzset()
