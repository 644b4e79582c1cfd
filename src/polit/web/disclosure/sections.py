"""What disclosure adds to the pages of others: the case, a person's chronology, the search."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.accounts.signed_in import user_of
from polit.web.cases.queries import case_ids_for
from polit.web.core.access import case_access_of
from polit.web.core.chronology import Happening, register_happenings
from polit.web.core.due import Waiting
from polit.web.core.searching import Entry, Searchable, register_searchable
from polit.web.disclosure.models import Served, Viewing
from polit.web.disclosure.queries import defendants, served_for, served_list
from polit.web.disclosure.rules import READERS, SENSITIVE_READERS

_MOST = 20


def case_disclosure(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the defendants of a case and what was served last, to those who read disclosure."""
    granted = case_access_of(request)
    if not user_of(request).roles & READERS:
        return None
    return {
        "granted": granted,
        "defendants": defendants(granted)[:_MOST],
        "served": served_list(granted, sensitive=False)[:_MOST],
    }


def happenings(waiting: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return what was served about a person and what the defence viewed; nothing sensitive."""
    if not isinstance(waiting, User) or not waiting.roles & READERS:
        return
    for each in served_for(waiting).filter(place__person_id__in=person_ids):
        yield Happening(each.served_at, f"Served: {each.schedule.label}, version {each.version}",
                        each.case.reference, _url(each), f"To {each.served_to}",
                        each.by)  # fmt: skip
    viewings = Viewing.objects.standing().filter(
        place__person_id__in=person_ids, case__in=case_ids_for(waiting)
    )
    for row in viewings.select_related("case"):
        url = reverse("disclosure:viewing", args=[row.case_id, row.first_id])
        yield Happening(row.from_at, "Viewed by the defence", row.case.reference, url,
                        f"{row.viewer}, {row.firm}", row.by)  # fmt: skip


def _entries(rows: Sequence[object]) -> Iterable[Entry]:
    """Return what the search keeps of served versions: references and kinds, no line."""
    wanted = [each.pk for each in rows if isinstance(each, Served)]
    for row in Served.objects.filter(pk__in=wanted).select_related("case"):
        readers = SENSITIVE_READERS if row.is_sensitive else READERS
        yield Entry(row.pk, row.case_id, row.reference, row.schedule.label, _url(row), readers)


def register_all() -> None:
    """Say to the core what happened to people, and what can be found."""
    register_happenings("disclosure", happenings)
    register_searchable(Searchable("served", "Served schedule", Served, _entries))


def _url(served: Served) -> str:
    name = "sensitive_served" if served.is_sensitive else "served"
    return reverse(f"disclosure:{name}", args=[served.case_id, served.pk])
