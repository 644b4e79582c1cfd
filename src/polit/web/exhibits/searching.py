"""What of exhibits can be found: what their pages show to everybody on the case, no passcodes."""

from collections.abc import Iterator, Sequence
from typing import cast

from django.db.models import Model
from django.urls import reverse

from polit.web.core.rules import CASE_ROLES
from polit.web.core.searching import Entry, Searchable
from polit.web.exhibits.models import Exhibit


def _entries(records: Sequence[Model]) -> Iterator[Entry]:
    for each in cast("Sequence[Exhibit]", records):
        facts = (
            each.description, each.make, each.model, each.marks, each.serial, each.imei,
            each.identifiers, each.owner_text, each.producer, each.seized_place,
            each.power_reference,
        )  # fmt: skip
        yield Entry(
            each.pk,
            each.case_id,
            f"{each.reference}: {each.short_description}",
            "\n".join(fact for fact in facts if fact),
            reverse("exhibits:page", args=[each.case_id, each.pk]),
            CASE_ROLES,
        )


EXHIBITS = Searchable("exhibit", "Exhibit", Exhibit, _entries)
