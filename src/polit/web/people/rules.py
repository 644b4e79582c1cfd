"""Roles of people in a case, who may read a child, and facts that go together. No Django here."""

import unicodedata
from calendar import isleap
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Access, Role, Scope

ADULT_YEARS = 18
"""Children Act 1989 s.105 and Protection of Children Act 1978 s.7(6): younger is a child."""
AGE_MAX_YEARS = 120

READING = Access(Scope.CASE, read=CASE_ROLES)
WRITING = Access(Scope.CASE, read=CHILD_READERS, write=CHILD_READERS)
"""Who writes of people reads children: nobody edits what they may not see."""
SPLITTING = Access(
    Scope.CASE, read=frozenset({Role.SUPERVISOR}), write=frozenset({Role.SUPERVISOR})
)
ACROSS = Access(Scope.ROLE, read=CHILD_READERS)
"""A person's page over all cases; the view asks which of them the reader has access to."""


class PersonRole(StrEnum):
    """What a person is in one case; the same person may be something else in another."""

    SUSPECT = "suspect"
    CHILD = "child"
    HOUSEHOLD = "household"
    PROFESSIONAL = "professional"
    WITNESS = "witness"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The role in words."""
        return "Household member" if self is PersonRole.HOUSEHOLD else self.value.capitalize()


class Sex(StrEnum):
    """Sex as recorded, where it is."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The sex in words."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What is known of a person; everything may be unknown.

    Args:
        given_name: First and middle names.
        family_name: The family name.
        also_known_as: Other names, one a line.
        born_on: The date of birth; then no age is estimated.
        estimated_age_years: The age as somebody estimates it.
        estimated_on: The day of the estimate.
        sex: A value of ``Sex``, or empty.
        gender: In the person's own words.
        addresses: One a line.
    """

    given_name: str = ""
    family_name: str = ""
    also_known_as: str = ""
    born_on: date | None = None
    estimated_age_years: int | None = None
    estimated_on: date | None = None
    sex: str = ""
    gender: str = ""
    addresses: str = ""


@dataclass(frozen=True, slots=True)
class PlaceInCase:
    """What a person is in a case.

    Args:
        role: Their role.
        since: Since when, where that is known.
        note: What else; empty for nothing.
    """

    role: PersonRole
    since: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class GivenIdentifier:
    """An identifier or account as it was given.

    Args:
        kind: A code of the scheme in use.
        value: As it was written.
        service: The service that it belongs to, for the kinds that have one.
    """

    kind: str
    value: str
    service: str = ""


def check_details(details: PersonDetails, today: date) -> None:
    """Refuse facts that contradict each other.

    Raises:
        UsageError: A date of birth lies ahead or stands beside an estimated age; an estimate
            has no day, or a day no estimate; the age is no person's; the sex is unknown.
    """
    if details.born_on is not None and details.estimated_age_years is not None:
        raise UsageError("give the date of birth or an estimated age, not both")
    if (details.estimated_age_years is None) != (details.estimated_on is None):
        raise UsageError("an estimated age and the day of the estimate go together")
    if any(day is not None and day > today for day in (details.born_on, details.estimated_on)):
        raise UsageError("neither a birth nor an estimate lies in the future")
    if not 0 <= (details.estimated_age_years or 0) <= AGE_MAX_YEARS:
        raise UsageError(f"an age is 0 to {AGE_MAX_YEARS} years")
    if details.sex and details.sex not in {sex.value for sex in Sex}:
        raise UsageError(f"no sex is called {details.sex!r}")


def is_under_age(
    born_on: date | None,
    estimated_age_years: int | None,
    estimated_on: date | None,
    today: date,
) -> bool:
    """Tell whether somebody is known or thought to be a child today.

    Args:
        born_on: The date of birth, where it is known.
        estimated_age_years: Otherwise an estimate,
        estimated_on: of this day.
        today: The day asked for.
    """
    if born_on is not None:
        return _years(born_on, today) < ADULT_YEARS
    if estimated_age_years is not None and estimated_on is not None:
        return estimated_age_years + _years(estimated_on, today) < ADULT_YEARS
    return False


def years_before(today: date, years: int) -> date:
    """Return the last day on which somebody of so many years today can have been born."""
    is_no_day = (today.month, today.day) == (2, 29) and not isleap(today.year - years)
    return today.replace(year=today.year - years, day=28 if is_no_day else today.day)


def may_read_person(roles: frozenset[Role], *, is_protected: bool) -> bool:
    """Tell whether somebody with access to the case may read who a person is.

    Args:
        roles: What they hold.
        is_protected: Whether the person is a child in any case, or under age.
    """
    return bool(roles & (CHILD_READERS if is_protected else CASE_ROLES))


def check_writes_people(roles: frozenset[Role]) -> None:
    """Refuse whoever may not write of people.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & CHILD_READERS:
        raise AuthorityError("your roles do not allow to record people: ask an investigator")


def check_splits_people(roles: frozenset[Role]) -> None:
    """Refuse whoever may not take back that two records are one person.

    Raises:
        AuthorityError: They may not.
    """
    if Role.SUPERVISOR not in roles:
        raise AuthorityError("your roles do not allow to part records: ask a supervisor")


def search_key(*texts: str) -> str:
    """Return texts in the form in which names are compared: no case, one space."""
    joined = unicodedata.normalize("NFKC", " ".join(texts)).casefold()
    return " ".join(joined.replace("\x00", "").split())


def changed_fields(
    before: dict[str, str], after: dict[str, str], *, is_protected: bool
) -> dict[str, list[str]]:
    """Return what the audit keeps of a change.

    Args:
        before: Old values by field.
        after: New values, the same fields.
        is_protected: Whether the person is a child: then the audit names the fields and keeps no
            value, because the audit is read by people who may not read children, and is never
            erased.

    Returns:
        By changed field the old and the new value, or nothing beside its name.
    """
    changed = [name for name in before if before[name] != after[name]]
    return {name: [] if is_protected else [before[name], after[name]] for name in changed}


def _years(since: date, today: date) -> int:
    had_birthday = (today.month, today.day) >= (since.month, since.day)
    return today.year - since.year - (not had_birthday)
