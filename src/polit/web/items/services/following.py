"""Brings what a running examination found so far into a case's review, each content once.

An item of it is an item like any other, but no package of the record holds it yet. It keeps its
place and every decision when its package is imported, for items go by their digest.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from django.db import transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.broker.client import ProvisionalItem, ProvisionalPage
from polit.model import codes
from polit.web.examinations.models import Examination
from polit.web.examinations.rules import FOLLOWED
from polit.web.items.models import FollowedItem, Following, Item, ReviewSet
from polit.web.items.rules import MEDIA_MOST, alert_verdict, enters_review, item_number
from polit.web.items.signals import items_built

MOST_PAGES = 4
"""Of a thousand contents each: what one reading waits for."""
READ_EVERY = timedelta(seconds=10)
"""However many look on: each page is a pass through the running package."""


class Teller(Protocol):
    """What is asked of the broker."""

    def provisional_list(
        self, order_id: str, *, case_reference: str, after: str = ""
    ) -> ProvisionalPage:
        """Return what an examination has decoded so far, in the order of digests, from one on."""


def following_read(examination: Examination, *, broker: Teller) -> Following:
    """Read on in a running examination, and from its beginning again once its end was reached.

    New contents come anywhere in the order of digests, so a round is made again and again. Where
    it was read a moment ago nothing is asked.

    Raises:
        UsageError: Nothing of it may be followed: it has not begun, or its package is imported.
        BrokerGone: The broker does not answer.
        BrokerRefused: It tells nothing, because nothing was found yet or the case was erased.
    """
    if not examination.standing.is_followed:
        raise UsageError("this examination has nothing that may be followed")
    following, is_due = _taken_up(examination)
    after = following.after
    for _ in range(MOST_PAGES if is_due else 0):
        page = broker.provisional_list(
            str(examination.order_id), case_reference=examination.case.reference, after=after
        )
        after = page.next_after
        fresh = _keep(following, page)
        if fresh:
            items_built.send(sender=ReviewSet, review_set=following.review_set, fresh_places=fresh)
        if not after:
            break
    following.refresh_from_db()
    return following


def followings_end(review_set: ReviewSet) -> None:
    """Forget what was followed of examinations whose packages are in the record by now."""
    states = [state.value for state in FOLLOWED]
    ended = Following.objects.filter(review_set=review_set).exclude(examination__state__in=states)
    ended.delete()


def _taken_up(examination: Examination) -> tuple[Following, bool]:
    """Return the following, made where there is none, and whether it is time to read on."""
    with transaction.atomic():
        review_set, _ = ReviewSet.objects.get_or_create(case_id=examination.case_id)
        Following.objects.get_or_create(
            examination=examination, defaults={"review_set": review_set}
        )
        rows = Following.objects.select_for_update(of=("self",)).select_related("review_set")
        following = rows.get(pk=examination.pk)
        now = now_utc()
        is_due = following.read_at is None or now - following.read_at >= READ_EVERY
        if is_due:
            following.read_at = now
            following.save(update_fields=["read_at"])
    return following, is_due


def _keep(following: Following, page: ProvisionalPage) -> range:
    """Keep a page of contents; return the places that are new to the case."""
    wanted = {bytes.fromhex(each.sha256): each for each in page.items if _is_wanted(each)}
    with transaction.atomic():
        review_set = ReviewSet.objects.select_for_update().get(pk=following.review_set_id)
        rows = Item.objects.filter(review_set=review_set, sha256__in=list(wanted))
        known = {bytes(each.sha256): each for each in rows}
        first = review_set.last_place + 1
        fresh = [wanted[each] for each in wanted if each not in known]
        made = [_item(review_set, place, each) for place, each in enumerate(fresh, start=first)]
        Item.objects.bulk_create(made)
        last = review_set.last_place + len(made)
        ReviewSet.objects.filter(pk=review_set.pk).update(last_place=last)
        _renew([item for item in known.values() if not item.content_id], wanted)
        _follow(following, [*known.values(), *made], wanted)
        _leave_settled(following, page.items)
        Following.objects.filter(pk=following.pk).update(
            package=page.package, after=page.next_after
        )
    return range(first, last + 1)


def _is_wanted(told: ProvisionalItem) -> bool:
    is_media = told.kind in codes.KINDS.values and codes.KINDS.number(told.kind) <= MEDIA_MOST
    return is_media and enters_review(told.alerts, is_settled=told.is_settled)


def _item(review_set: ReviewSet, place: int, told: ProvisionalItem) -> Item:
    item = Item(
        id=item_number(review_set.pk, place), review_set=review_set,
        sha256=bytes.fromhex(told.sha256), content_id=0, lead_place=place, rank=place,
        is_present=False,
    )  # fmt: skip
    return _told(item, told)


def _told(item: Item, told: ProvisionalItem) -> Item:
    """Put onto an item what is known so far."""
    item.kind = codes.KINDS.number(told.kind)
    item.verdict = alert_verdict(told.alerts)
    item.occurrences, item.size_bytes = told.occurrences, told.size_bytes
    item.pixels, item.duration_ms = told.width_px * told.height_px, told.duration_ms
    item.has_tile = told.has_tile
    return item


def _renew(items: Sequence[Item], wanted: dict[bytes, ProvisionalItem]) -> None:
    """Write what was found since: more copies, a tile, an alert."""
    names = ("kind", "verdict", "occurrences", "size_bytes", "pixels", "duration_ms", "has_tile")
    changed = []
    for item in items:
        before = [getattr(item, name) for name in names]
        _told(item, wanted[bytes(item.sha256)])
        if [getattr(item, name) for name in names] != before:
            changed.append(item)
    Item.objects.bulk_update(changed, names, batch_size=100)


def _follow(
    following: Following, items: Sequence[Item], wanted: dict[bytes, ProvisionalItem]
) -> None:
    rows = []
    for item in items:
        told = wanted[bytes(item.sha256)]
        rows.append(FollowedItem(
            following=following, item=item, alerts=told.alerts, has_tile=told.has_tile
        ))  # fmt: skip
    FollowedItem.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["following", "item"],
        update_fields=["alerts", "has_tile"],
    )  # fmt: skip


def _leave_settled(following: Following, told: Sequence[ProvisionalItem]) -> None:
    """Take out what a set settles by now."""
    gone = [bytes.fromhex(each.sha256) for each in told if not _is_wanted(each)]
    if gone:
        FollowedItem.objects.filter(following=following, item__sha256__in=gone).delete()
