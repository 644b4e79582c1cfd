"""Hands the force's decisions to the store of hash sets, and has the newest list replace others.

May run twice: a list that was handed over already is not handed over again.
"""

from typing import Protocol

from polit.base.errors import BrokerGone, BrokerRefused
from polit.base.ids import new_uuid
from polit.broker.client import UploadStatus
from polit.web.core.acting import Actor
from polit.web.grading.models import ForceSet
from polit.web.grading.queries.lists import force_schemes, force_set_latest
from polit.web.grading.services import (
    ForceList,
    force_list,
    force_set_order,
    force_sets_supersede,
)
from polit.web.hashsets.queries import order_get
from polit.web.hashsets.rules import OrderState, SentFile

SOON_S, TROUBLE_S = 20.0, 60.0
_PIECE_BYTES = 8 << 20
_NAME = "decisions.csv"


class Receiver(Protocol):
    """What is asked of the broker."""

    def upload_begin(self, upload_id: str, *, file_name: str) -> UploadStatus:
        """Begin to send a file."""

    def upload_part(self, upload_id: str, data: bytes, *, offset_bytes: int) -> UploadStatus:
        """Send a piece."""

    def upload_end(self, upload_id: str) -> UploadStatus:
        """Say that all of it has arrived."""


def force_sets_hand_over(broker: Receiver, actor: Actor) -> float | None:
    """Hand over what changed since the last lists; switch off what they replace.

    Returns:
        After how many seconds to look again, ``None`` once the newest lists are in the store.
    """
    waits = []
    for scheme in force_schemes():
        try:
            waits.append(_hand_over(broker, actor, force_list(scheme)))
        except (BrokerGone, BrokerRefused):
            waits.append(TROUBLE_S)
    return max((each for each in waits if each is not None), default=None)


def _hand_over(broker: Receiver, actor: Actor, listed: ForceList) -> float | None:
    last = force_set_latest(listed.scheme)
    if last is not None and last.digest == listed.digest:
        return _replace(actor, last)
    if not listed.count:
        return None
    force_set_order(actor, listed=listed, sent=_sent(broker, listed.data))
    return SOON_S


def _replace(actor: Actor, last: ForceSet) -> float | None:
    order = order_get(last.order_id)
    if order.standing.is_moving:
        return SOON_S
    if order.standing is OrderState.DONE and order.set_sha256:
        force_sets_supersede(actor, scheme=last.scheme, newest=order.set_sha256)
    return None


def _sent(broker: Receiver, data: bytes) -> SentFile:
    upload_id = new_uuid()
    broker.upload_begin(upload_id, file_name=_NAME)
    for offset in range(0, len(data), _PIECE_BYTES):
        piece = data[offset : offset + _PIECE_BYTES]
        broker.upload_part(upload_id, piece, offset_bytes=offset)
    ended = broker.upload_end(upload_id)
    return SentFile(upload_id, _NAME, ended.received_bytes, ended.sha256)
