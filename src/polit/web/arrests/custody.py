"""The clocks of somebody in custody, from the steps that were recorded. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from polit.base.errors import UsageError
from polit.web.arrests.law import CustodyLaw
from polit.web.arrests.rules import EXTENSIONS, CustodyKind, GivenCustody


@dataclass(frozen=True, slots=True)
class Step:
    """One step in custody that holds.

    Args:
        kind: Which.
        occurred_at: When.
        until_at: Until when detention was extended.
    """

    kind: CustodyKind
    occurred_at: datetime
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CustodyClocks:
    """Where the clocks of a detention stand.

    Args:
        relevant_at: From when the limit counts; ``None`` while no arrival is recorded.
        authorised_at: When detention was first authorised.
        next_review_at: When the next review is due; ``None`` where none is.
        limit_at: When detention without charge must end; ``None`` where no clock runs.
        limit_label: Under whose authority.
        limit_statute: The act and section.
        ended_at: When custody ended.
    """

    relevant_at: datetime | None = None
    authorised_at: datetime | None = None
    next_review_at: datetime | None = None
    limit_at: datetime | None = None
    limit_label: str = ""
    limit_statute: str = ""
    ended_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Whether somebody is in custody now, as far as is recorded."""
        began = self.relevant_at is not None or self.authorised_at is not None
        return began and self.ended_at is None


def custody_clocks(
    law: CustodyLaw, steps: Sequence[Step], outcome_at: datetime | None = None
) -> CustodyClocks:
    """Return where the clocks stand.

    Args:
        law: The clocks in use.
        steps: The steps that hold, in any order.
        outcome_at: When the arrest had its first outcome: by then detention without charge ended.
    """
    relevant_at = _first(steps, CustodyKind.ARRIVAL)
    authorised_at = _first(steps, CustodyKind.AUTHORISED)
    release_at = _first(steps, CustodyKind.RELEASE)
    ends = [each for each in (release_at, outcome_at) if each is not None]
    if ends:
        return CustodyClocks(relevant_at, authorised_at, ended_at=min(ends))
    limit_at, label, statute = _limit(law, steps, relevant_at)
    return CustodyClocks(
        relevant_at, authorised_at, _next_review(law, steps, authorised_at), limit_at, label,
        statute,
    )  # fmt: skip


def check_step(
    law: CustodyLaw, given: GivenCustody, steps: Sequence[Step], arrested_at: datetime
) -> None:
    """Refuse a step that cannot have been one.

    Raises:
        UsageError: It lies before the arrest, comes a second time, extends what did not begin, or
            extends it longer than the law allows.
    """
    if given.occurred_at < arrested_at:
        raise UsageError("nothing in custody happened before the arrest: check the two times")
    held = {each.kind for each in steps}
    once = {CustodyKind.ARRIVAL, CustodyKind.AUTHORISED, CustodyKind.RELEASE}
    if given.kind in once & held:
        raise UsageError(f"{given.kind.label.lower()}: that is recorded already: correct it")
    if given.kind is CustodyKind.REVIEW and CustodyKind.AUTHORISED not in held:
        raise UsageError("record first that detention was authorised")
    if (given.until_at is not None) != (given.kind in EXTENSIONS):
        raise UsageError("an extension says until when, and nothing else does")
    if given.until_at is not None:
        _check_extension(law, given, given.until_at, _first(steps, CustodyKind.ARRIVAL))


def _check_extension(
    law: CustodyLaw, given: GivenCustody, until_at: datetime, relevant_at: datetime | None
) -> None:
    if relevant_at is None:
        raise UsageError("record first when the suspect arrived at the station: limits count so")
    limit = law.limit(given.kind.value)
    ends = [relevant_at + timedelta(hours=limit.hours)]
    if limit.period_hours is not None:
        ends.append(given.occurred_at + timedelta(hours=limit.period_hours))
    if not given.occurred_at < until_at <= min(ends):
        raise UsageError(
            f"{limit.label.lower()}: it ends after it was given, and at most {limit.hours} hours "
            f"after the relevant time ({limit.statute})"
        )


def _first(steps: Sequence[Step], kind: CustodyKind) -> datetime | None:
    return min((each.occurred_at for each in steps if each.kind is kind), default=None)


def _next_review(
    law: CustodyLaw, steps: Sequence[Step], authorised_at: datetime | None
) -> datetime | None:
    if authorised_at is None:
        return None
    reviews = [each.occurred_at for each in steps if each.kind is CustodyKind.REVIEW]
    if not reviews:
        return authorised_at + timedelta(hours=law.first_review_hours)
    return max(reviews) + timedelta(hours=law.further_review_hours)


def _limit(
    law: CustodyLaw, steps: Sequence[Step], relevant_at: datetime | None
) -> tuple[datetime | None, str, str]:
    extended = [(each.until_at, each.kind) for each in steps if each.until_at is not None]
    if extended:
        until_at, kind = max(extended)
        limit = law.limit(kind.value)
        return until_at, limit.label, limit.statute
    if relevant_at is None:
        return None, "", ""
    limit = law.limit(CustodyKind.AUTHORISED.value)
    return relevant_at + timedelta(hours=limit.hours), limit.label, limit.statute
