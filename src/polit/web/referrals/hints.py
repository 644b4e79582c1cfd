"""Whom the registers above found out a referral is about, so that nobody types it again.

A register says in its ``AppConfig.ready()`` what it knows; the form that opens a case asks.
"""

from collections.abc import Callable, Iterable

from polit.web.people.rules import PersonDetails
from polit.web.referrals.models import Referral

SubscribersOf = Callable[[Referral], Iterable[PersonDetails]]
"""Return whom a referral's accounts belong to, the latest known first."""

_sources: dict[str, SubscribersOf] = {}


def register_subscribers(register: str, source: SubscribersOf) -> None:
    """Add what a register found out; the same register again replaces what it was."""
    _sources[register] = source


def subscribers_of(referral: Referral) -> tuple[PersonDetails, ...]:
    """Return whom the accounts of a referral belong to, as the registers above know it."""
    return tuple(each for name in sorted(_sources) for each in _sources[name](referral))
