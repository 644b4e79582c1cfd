"""Limits, breaks, lanes and the words of consent: policy is data, in versioned files."""

from dataclasses import dataclass
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "review-welfare"
KINDS = ("still", "video", "sound", "text")
"""What can be uncovered; ``text`` is what chats will be counted as."""
KIND_LABELS = {"still": "Pictures", "video": "Videos", "sound": "Sound", "text": "Texts"}


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of work, which a session is in.

    Args:
        code: What is stored, never changed.
        label: What people read.
        note: What to expect, in one neutral line.
        kinds: What may be uncovered in it.
        is_worst: Whether no session ends on it.
        is_light: Whether a session may end on it after the worst.
        in_induction: Whether those who are new may enter it.
    """

    code: str
    label: str
    note: str
    kinds: tuple[str, ...]
    is_worst: bool
    is_light: bool
    in_induction: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agrees to before they begin, in one version."""

    version: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of a force, in one version; all times in seconds.

    Args:
        scheme: The force or country.
        version: Counts up from 1.
        break_after_s: Work after which a break is due.
        break_s: How long a break is at least.
        warn_s: Work of a day after which one is told.
        stop_s: Work of a day after which viewing ends.
        light_s: How much of it is kept for something lighter than the worst lane.
        idle_s: After how long without a hand everything is covered, where nobody chose.
        idle_least_s: The least that may be chosen.
        idle_most_s: The most that may be chosen.
        cool_after_hide_s: How long nothing is uncovered after hiding everything.
        heavy_views: Full-size views of the worst lane after which one cools down.
        cool_after_heavy_s: For how long.
        same_look_s: Uncovered again within this time, it is still the same look.
        induction_weeks: How long somebody is new, from their first session.
        induction_warn_s: ``warn_s`` of who is new.
        induction_stop_s: ``stop_s`` of who is new.
        lanes: The lanes, in the order in which they are offered.
        consent: The words of consent.
    """

    scheme: str
    version: int
    break_after_s: int
    break_s: int
    warn_s: int
    stop_s: int
    light_s: int
    idle_s: int
    idle_least_s: int
    idle_most_s: int
    cool_after_hide_s: int
    heavy_views: int
    cool_after_heavy_s: int
    same_look_s: int
    induction_weeks: int
    induction_warn_s: int
    induction_stop_s: int
    lanes: tuple[Lane, ...]
    consent: Consent

    @property
    def name(self) -> str:
        """As a session keeps it."""
        return f"{self.scheme}-{self.version}"

    def lane(self, code: str) -> Lane:
        """Return a lane.

        Raises:
            UsageError: There is none of that code.
        """
        found = next((each for each in self.lanes if each.code == code), None)
        if found is None:
            raise UsageError("choose a lane from the list")
        return found

    @property
    def light_lane(self) -> Lane:
        """The lane to end on."""
        return next(each for each in self.lanes if each.is_light)


@lru_cache(maxsize=32)
def policy_of(name: str) -> Policy:
    """Return the policy that a session was kept under."""
    return law_read(_KIND, name, Policy)


def current_policy() -> Policy:
    """Return the policy in use, as ``POLIT_REVIEW_WELFARE`` names it."""
    return policy_of(settings.text("POLIT_REVIEW_WELFARE", "england-wales-1"))
