"""Shows a picture for a committed audit event, once: the one way by which pixels leave.

The order decides. The event is read and checked; the original is found and its key opened; the
event is marked used and that is on the disk; only then is anything decoded. Of any number of asks
for one event at most one gets a picture, whatever is killed when. An event whose picture then does
not decode is spent all the same: no pixel left, and a new event costs a new reason.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from polit.base import faults
from polit.base.clock import now_utc
from polit.base.errors import (
    AuthorityError,
    BrokerRefused,
    IntegrityError,
    IsolationTooWeak,
    ItemFailed,
    SourceError,
    UsageError,
)
from polit.broker.protocol import Code, RenderedPicture, Rung
from polit.broker.server.events import EventReader, RecordedEvent
from polit.broker.server.lanes import DecodingLanes
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.log import log
from polit.broker.server.settings import BrokerSettings
from polit.broker.server.watermark import MEDIA_TYPE, Mark, burn
from polit.run.rendering import Renderer, RenderOrder
from polit.store.case_keys import check_not_erased, open_case_key
from polit.store.keys import Keys
from polit.store.sealed_original import SealedOriginal
from polit.store.vault import open_vault, read_case

_ACTION, _NATURE, _SUBJECT = "pictures.show", "consultation", "content"
_FRESH = timedelta(seconds=60)
_AHEAD = timedelta(seconds=5)
"""Two processes on one machine share a clock; another machine's database may be a little ahead."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIDE_PX = 4096
"""No screen shows more at once; a larger picture is looked at in parts, which comes later."""
_RUNGS = {
    Rung.GREY_160: RenderOrder(side_px=160, rung="grey"),
    Rung.COLOUR_160: RenderOrder(side_px=160, rung="colour"),
    Rung.FULL_GREY: RenderOrder(side_px=_SIDE_PX, rung="grey"),
    Rung.FULL: RenderOrder(side_px=_SIDE_PX, rung="colour"),
}


class _Details(msgspec.Struct, frozen=True):
    """What an event about a picture says of how it is shown."""

    rung: Rung


@dataclass(frozen=True, slots=True)
class PictureEvent:
    """A checked event: which original of which case, how much of it, for whom."""

    event_id: str
    case: str
    sha256: bytes
    rung: Rung
    viewer: str


def check_event(event: RecordedEvent) -> PictureEvent:
    """Return what an event allows to be shown.

    Raises:
        BrokerRefused: ``wrong_action`` or ``stale``.
    """
    kinds = (event.action, event.nature, event.subject_kind)
    if kinds != (_ACTION, _NATURE, _SUBJECT):
        raise BrokerRefused(Code.WRONG_ACTION, "this event is not about showing a picture")
    try:
        rung = msgspec.json.decode(event.details, type=_Details).rung
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BrokerRefused(Code.WRONG_ACTION, "this event states no rung to show") from error
    if not (_SHA256.fullmatch(event.subject_id) and event.case_reference.strip()):
        raise BrokerRefused(Code.WRONG_ACTION, "this event names no original of a case")
    age = now_utc() - event.recorded_at
    if not -_AHEAD <= age <= _FRESH:
        raise _stale("this event was not recorded within the last 60 seconds")
    return PictureEvent(
        event.event_id, event.case_reference, bytes.fromhex(event.subject_id), rung,
        event.actor_name,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PictureShower:
    """Shows pictures; safe for threads."""

    settings: BrokerSettings
    keys: Keys
    ledger: BrokerLedger
    events: EventReader
    lanes: DecodingLanes

    def show(self, untrusted_event_id: str) -> RenderedPicture:
        """Return the picture that an event is about, marked with who looks at it.

        Raises:
            BrokerRefused: Its code says why; see ``polit.broker.protocol.CODES``.
        """
        event = self._event(untrusted_event_id)
        self._check_isolation()
        self.lanes.check_room()
        with self._original(event) as sealed:
            if not self.ledger.use_event(event.event_id):
                raise _used()
            log("picture.spent", event_id=event.event_id)
            made = self._decoded(sealed, event)
        faults.reach("broker.rendered")
        log("picture.shown", event_id=event.event_id, bytes=len(made.data))
        return made

    def _event(self, untrusted_event_id: str) -> PictureEvent:
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
            raise _stale("this event is older than the broker's ledger, which may have known it")
        return check_event(found)

    def _check_isolation(self) -> None:
        try:
            self.lanes.check_isolation()
        except IsolationTooWeak as error:
            raise BrokerRefused(Code.ISOLATION, str(error)) from error

    @contextmanager
    def _original(self, event: PictureEvent) -> Iterator[SealedOriginal]:
        """Open the original of an event for a block."""
        data = self.settings.data
        with ExitStack() as stack:
            try:
                check_not_erased(data, event.case)
            except UsageError as error:
                raise BrokerRefused(Code.ERASED, str(error)) from error
            try:
                vault = stack.enter_context(open_vault(self.settings.vault))
                key = open_case_key(data, self.keys, event.case)
                stack.enter_context(closing(key))
                case = stack.enter_context(read_case(vault, key))
                sealed = stack.enter_context(case.open(event.sha256))
            except (SourceError, UsageError) as error:
                raise BrokerRefused(
                    Code.UNKNOWN_ITEM, "the vault has no such original of this case"
                ) from error
            except (IntegrityError, AuthorityError) as error:
                raise _damaged() from error
            yield sealed

    def _decoded(self, sealed: SealedOriginal, event: PictureEvent) -> RenderedPicture:
        mark = Mark(event.viewer, event.event_id, now_utc())

        def decode(renderer: Renderer) -> RenderedPicture:
            found = renderer.pixels(sealed, _RUNGS[event.rung])
            made = burn(found.pixels, mark)
            return RenderedPicture(MEDIA_TYPE, made.data, made.width_px, made.height_px)

        try:
            return self.lanes.run(decode)
        except BrokerRefused as error:
            # "Busy" says that nothing was done; by now the event is marked.
            raise BrokerRefused(
                Code.FAILED, "too many pictures wait, and this event is spent: ask with a new one"
            ) from error
        except ItemFailed as error:
            raise BrokerRefused(Code.UNDECODABLE, str(error)) from error
        except IntegrityError as error:
            raise _damaged() from error


def _used() -> BrokerRefused:
    return BrokerRefused(Code.USED, "this event has been used: a picture is shown once for each")


def _stale(why: str) -> BrokerRefused:
    return BrokerRefused(Code.STALE, why)


def _no_event() -> BrokerRefused:
    return BrokerRefused(Code.NO_EVENT, "there is no committed audit event with that id")


def _damaged() -> BrokerRefused:
    return BrokerRefused(
        Code.DAMAGED, "this original or its case's key is damaged: see 'polit vault verify'"
    )
