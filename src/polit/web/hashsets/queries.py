"""What is asked of hash sets. They hang on no case: who may see one may see all."""

from typing import TYPE_CHECKING
from uuid import UUID

from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import StoredSetDetail
from polit.web.core.broker import broker
from polit.web.core.paging import Page, page_of
from polit.web.hashsets.models import HashSet, SetDeed, SetOrder
from polit.web.hashsets.rules import OrderKind

if TYPE_CHECKING:
    from django.db.models import QuerySet

_MOST_LISTED = 500


def _orders() -> "QuerySet[SetOrder]":
    return SetOrder.objects.select_related("progress")


def hash_set_list() -> tuple[HashSet, ...]:
    """Return the sets of the store by name, the disabled ones too; the first 500."""
    rows = HashSet.objects.filter(is_gone=False)
    return tuple(rows.order_by("name", "sha256")[:_MOST_LISTED])


def hash_set_get(sha256: str) -> HashSet:
    """Return a set, also one that was removed.

    Raises:
        HashSet.DoesNotExist: There never was one.
    """
    return HashSet.objects.get(pk=sha256)


def hash_set_detail(sha256: str) -> StoredSetDetail | str:
    """Return what the store tells of a set, or why it tells nothing."""
    try:
        return broker().hashset_show(sha256)
    except (BrokerGone, BrokerRefused) as error:
        return str(error)


def deed_list(sha256: str) -> tuple[SetDeed, ...]:
    """Return what was done to a set through the record, the newest first."""
    return tuple(SetDeed.objects.filter(set_sha256=sha256).order_by("-recorded_at", "-id"))


def deed_latest(sha256: str) -> SetDeed:
    """Return what was done to a set last.

    Raises:
        SetDeed.DoesNotExist: Nothing was.
    """
    return SetDeed.objects.filter(set_sha256=sha256).latest("recorded_at", "id")


def order_moving_list() -> tuple[SetOrder, ...]:
    """Return the orders that have not come to their end, or failed, the newest first."""
    rows = _orders().exclude(state__in=("done", "cancelled"))
    return tuple(rows.order_by("-recorded_at")[:20])


def order_list(kind: OrderKind, *, after: str = "") -> Page[SetOrder]:
    """Return a page of the orders of a kind, the newest first."""
    rows = _orders().filter(kind=kind.value)
    return page_of(rows, key="recorded_at", after=after, newest_first=True)


def order_list_of(sha256: str) -> tuple[SetOrder, ...]:
    """Return the orders that are about a set, the newest first; the first 20."""
    return tuple(_orders().filter(set_sha256=sha256).order_by("-recorded_at")[:20])


def order_get(order_id: UUID) -> SetOrder:
    """Return an order.

    Raises:
        SetOrder.DoesNotExist: There is none.
    """
    return _orders().get(pk=order_id)
