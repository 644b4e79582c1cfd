"""What the exchange log tells the search and the record of what happened to a child."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from django.db.models import Exists, Model, OuterRef
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.core.chronology import Happening
from polit.web.core.due import Waiting
from polit.web.core.rules import CASE_ROLES, CHILD_READERS
from polit.web.core.searching import Entry, Searchable, corrected
from polit.web.dissemination.models import Exchange, ExchangeSubject
from polit.web.dissemination.queries import exchanges_for
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonRole


def happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return the exchanges about a child, to who reads children. One query."""
    if not isinstance(user, User) or not user.roles & CHILD_READERS:
        return
    places = CasePerson.objects.filter(person__in=person_ids, role=PersonRole.CHILD.value)
    about = ExchangeSubject.objects.filter(
        exchange=OuterRef("pk"), kind="child", subject_id__in=places.values("pk")
    )
    for each in exchanges_for(user).filter(Exists(about)).order_by("occurred_at", "pk"):
        yield Happening(each.occurred_at, f"{each.way.label}: {each.agency}", each.case.reference,
                        _url(each), each.authority_label, each.by)  # fmt: skip


def _entries(records: Sequence[Model]) -> Iterator[Entry]:
    wanted = [each.pk for each in records]
    rows = Exchange.objects.standing().filter(pk__in=wanted)
    for each in rows:
        facts = (
            each.their_reference, each.country, each.contact, each.purpose, each.description,
            each.conditions, each.handled_by,
        )  # fmt: skip
        yield Entry(
            each.pk,
            each.case_id,
            f"{each.way.label}: {each.agency}",
            "\n".join(fact for fact in facts if fact),
            _url(each),
            CASE_ROLES,
        )


def _url(exchange: Exchange) -> str:
    return reverse("dissemination:page", args=[exchange.case_id, exchange.first_id_shown])


EXCHANGES = Searchable("exchange", "Exchange", Exchange, _entries, ((Exchange, corrected),))
