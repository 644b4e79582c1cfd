"""Which records are one person, and who is protected by that. The queries of people build on it."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from polit.web.people.models import CasePerson, Person
from polit.web.people.rules import ADULT_YEARS, PersonRole, years_before


def root(path: str = "") -> Coalesce:
    """Return the record that stands for a person, as a column of a query.

    Args:
        path: What leads from the query's rows to the person, such as ``person__``.
    """
    return Coalesce(f"{path}merged_into_id", f"{path}id")


def same_people(ids: Any) -> QuerySet[Person]:
    """Return all records of the people whom some records are.

    Args:
        ids: Identifiers of records, or a query of one column of them.
    """
    roots = Person.objects.filter(pk__in=ids).order_by().values(stands=root())
    return Person.objects.filter(Q(pk__in=roots) | Q(merged_into__in=roots))


def children(today: date) -> QuerySet[Person]:
    """Return the records that say of a person that they are a child.

    It was a child in some case once, or is under age today; every other record of that person is
    protected with it.
    """
    as_child = CasePerson.objects.filter(person=OuterRef("pk"), role=PersonRole.CHILD.value)
    return Person.objects.filter(Q(Exists(as_child)) | under_age(today))


def under_age(today: date) -> Q:
    """Return ``rules.is_under_age`` as a condition of records."""
    condition = Q(born_on__gt=years_before(today, ADULT_YEARS))
    for years in range(ADULT_YEARS):
        since = years_before(today, ADULT_YEARS - years)
        condition |= Q(born_on=None, estimated_age_years=years, estimated_on__gt=since)
    return condition


def protects(stands: OuterRef | Coalesce, today: date) -> Exists:
    """Tell of each row of a query whether a record of its person is a child's.

    Args:
        stands: The record that stands for the person, as the query knows it.
        today: The day asked for.
    """
    # By the indexes of both columns: who stands for a person, and what is merged into them.
    same = Q(pk=stands) | Q(merged_into=stands)
    return Exists(children(today).filter(same))
