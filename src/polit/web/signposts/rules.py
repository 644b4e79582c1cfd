"""Whom a signpost is for, and what one holds. No Django here."""

from dataclasses import dataclass
from enum import StrEnum

from polit.base.errors import AuthorityError, UsageError
from polit.base.text import says_something
from polit.web.core.law import law_read
from polit.web.core.rules import CASE_ROLES, Access, Role, Scope

READING = Access(Scope.ROLE, read=CASE_ROLES)
EDITORS = frozenset({Role.SUPERVISOR})
EDITING = Access(Scope.ROLE, read=EDITORS, write=EDITORS)


class Audience(StrEnum):
    """Whom a signpost is for; it is part of addresses."""

    SUSPECT = "suspect"
    FAMILY = "family"
    CARER = "carer"
    WORRIED = "worried"
    OFFICER = "officer"

    @property
    def label(self) -> str:
        """The audience in words."""
        return {
            "suspect": "Suspects", "family": "Families of suspects",
            "carer": "Children's carers", "worried": "Worried people", "officer": "Officers",
        }[self.value]  # fmt: skip

    @property
    def heading(self) -> str:
        """What stands above a leaflet for them."""
        return {
            "suspect": "Help for you",
            "family": "Help for your family",
            "carer": "Help for you and your child",
            "worried": "Help when you are worried about a child or about somebody's behaviour",
            "officer": "Help for officers and staff",
        }[self.value]


@dataclass(frozen=True, slots=True)
class GivenSignpost:
    """Where people find help.

    Args:
        name: Who helps.
        purpose: What for.
        audiences: Whom it is for, codes of ``Audience``.
        telephone: Empty where there is none, or it was not checked.
        website: The address as text; it leads nowhere from here.
        hours: When somebody answers.
    """

    name: str
    purpose: str
    audiences: tuple[str, ...]
    telephone: str = ""
    website: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class SignpostExamples:
    """What a force may begin with, in one version.

    Args:
        scheme: The country.
        version: Counts up from 1.
        notice: What to know before relying on it.
        entries: The examples.
    """

    scheme: str
    version: int
    notice: str
    entries: tuple[GivenSignpost, ...]


def signpost_examples(name: str = "england-wales-1") -> SignpostExamples:
    """Return the examples that a register may begin with."""
    return law_read("signposts", name, SignpostExamples)


def check_edits(roles: frozenset[Role]) -> None:
    """Refuse whoever may not edit signposts.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & EDITORS:
        raise AuthorityError("your roles do not allow to edit signposts: ask a supervisor")


def check_signpost(given: GivenSignpost) -> None:
    """Refuse a signpost that helps nobody.

    Raises:
        UsageError: It names nobody, says not what for, or is for nobody.
    """
    if not says_something(given.name) or not says_something(given.purpose):
        raise UsageError("a signpost says who helps, and what for")
    known = {each.value for each in Audience}
    if not given.audiences or not set(given.audiences) <= known:
        raise UsageError("say whom the signpost is for: choose from the list")
