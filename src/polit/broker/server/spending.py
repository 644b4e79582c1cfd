"""Spends audit events: each is found, checked, and marked used on the disk before it gives pixels.

Of any number of asks for one event at most one goes on, whatever is killed when. What then does
not decode is spent all the same: no pixel left, and a new event costs a new reason.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from polit.base import faults
from polit.base.errors import BrokerRefused, IntegrityError, IsolationTooWeak, ItemFailed, NoSound
from polit.broker.protocol import Code
from polit.broker.server.events import EventReader
from polit.broker.server.lanes import DecodingLanes
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.log import log
from polit.broker.server.picture_events import AnyEvent, Viewing, check_event
from polit.run.rendering import Renderer

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class EventDoor:
    """The one way by which pixels leave; safe for threads."""

    ledger: BrokerLedger
    events: EventReader
    lanes: DecodingLanes

    def event(self, untrusted_event_id: str) -> AnyEvent:
        """Return what an event allows, where anything could be decoded for it now.

        Raises:
            BrokerRefused: Its code says why; the event is not spent.
        """
        try:
            # One spelling: else one event would be as many as its id can be written.
            event_id = uuid.UUID(untrusted_event_id)
        except ValueError as error:
            raise _no_event() from error
        if self.ledger.is_used(str(event_id)):
            raise _used()
        found = self.events.find(event_id)
        if found is None:
            raise _no_event()
        if found.recorded_at < self.ledger.made_at:
            raise BrokerRefused(
                Code.STALE, "this event is older than the broker's ledger, which may have known it"
            )
        checked = check_event(found)
        self._check_isolation()
        self.lanes.check_room()
        return checked

    def spend(self, viewing: Viewing) -> None:
        """Mark an event used.

        Raises:
            BrokerRefused: ``used``: another ask was first.
        """
        if not self.ledger.use_event(viewing.event_id):
            raise _used()
        log("picture.spent", event_id=viewing.event_id)

    def decode(self, do: Callable[[Renderer], Result]) -> Result:
        """Decode for an event that is spent.

        Raises:
            BrokerRefused: ``failed``, ``undecodable``, ``no_sound`` or ``damaged``.
        """
        try:
            made = self.lanes.run(do)
        except BrokerRefused as error:
            if error.code != Code.BUSY:
                raise
            # "Busy" says that nothing was done; by now the event is marked.
            raise BrokerRefused(
                Code.FAILED, "too many pictures wait, and this event is spent: ask with a new one"
            ) from error
        except NoSound as error:
            raise BrokerRefused(Code.NO_SOUND, str(error)) from error
        except ItemFailed as error:
            raise BrokerRefused(Code.UNDECODABLE, str(error)) from error
        except IntegrityError as error:
            raise damaged() from error
        faults.reach("broker.rendered")
        return made

    def _check_isolation(self) -> None:
        try:
            self.lanes.check_isolation()
        except IsolationTooWeak as error:
            raise BrokerRefused(Code.ISOLATION, str(error)) from error


def damaged() -> BrokerRefused:
    """Return the refusal of an original that is damaged."""
    return BrokerRefused(
        Code.DAMAGED, "this original or its case's key is damaged: see 'polit vault verify'"
    )


def _used() -> BrokerRefused:
    return BrokerRefused(Code.USED, "this event has been used: a picture is shown once for each")


def _no_event() -> BrokerRefused:
    return BrokerRefused(Code.NO_EVENT, "there is no committed audit event with that id")
