"""What is suggested of one item, in words, and the devices that it may be of."""

from uuid import UUID

from polit.web.core.access import CaseAccess
from polit.web.exhibits.models import Exhibit
from polit.web.items.models import Item, ReviewSet
from polit.web.items.queries.blocked import item_shown
from polit.web.items.rules import item_number
from polit.web.items.suggesting import Device, Suggestion, device_of, explain, factors_of
from polit.web.media.models import Media


def devices_of(case_id: UUID) -> list[Device]:
    """Return the devices of a case as its exhibits describe them."""
    rows = Exhibit.objects.filter(case_id=case_id).order_by("reference")
    named = rows.values_list("reference", "make", "model", "serial", "imei", "identifiers")
    return [
        Device(reference, make, model, tuple(filter(None, (serial, imei, *_lines(identifiers)))))
        for reference, make, model, serial, imei, identifiers in named
    ]


def _lines(identifiers: str) -> list[str]:
    """Return what stands in lines such as ``Wi-Fi: 00:11…``, without the words before it."""
    return [line.partition(":")[2] or line for line in identifiers.splitlines()]


def suggestion_words(access: CaseAccess, place: int) -> tuple[str, ...]:
    """Return what suggests that a device of the case made an item, point by point.

    The points are those of the last build; which device it is, is told as exhibits stand now.
    Two queries for most items, four where something is suggested; nothing for a place without one.
    """
    set_number = ReviewSet.objects.filter(case_id=access.case.id).values_list("pk", flat=True)
    shown = Item.objects.filter(item_shown())
    item = shown.filter(pk__in=[item_number(each, place) for each in set_number[:1]]).first()
    if item is None:
        return ()
    score = item.first_generation
    exhibit = _exhibit(access, item) if score else ""
    return explain(Suggestion(score, factors_of(score), exhibit, item.burst))


def _exhibit(access: CaseAccess, item: Item) -> str:
    media = Media.objects.select_related("make", "model").filter(content_id=item.content_id).first()
    if media is None:
        return ""
    make, model = (each.word if each else "" for each in (media.make, media.model))
    return device_of(make, model, media.serial, devices=devices_of(access.case.id))
