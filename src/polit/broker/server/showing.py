"""Shows pictures for committed audit events, each once.

The order decides. The event is read and checked; what it is about is found and its key opened;
the event is marked used and that is on the disk; only then is anything decoded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from polit.base.clock import monotonic_s, now_utc
from polit.base.errors import ItemFailed, UsageError
from polit.broker.picture_protocol import RenderedPart, RenderedPicture
from polit.broker.protocol import Code
from polit.broker.server.derived import Derived
from polit.broker.server.log import log
from polit.broker.server.originals import Originals
from polit.broker.server.picture_events import (
    FramesEvent,
    PageEvent,
    PictureEvent,
    StoryEvent,
    Viewing,
    other_event,
)
from polit.broker.server.spending import EventDoor
from polit.broker.server.thumbnails import Thumbnails
from polit.broker.server.watermark import MEDIA_TYPE, EncodedPixels, Mark, Marker
from polit.model.media import PixelBlock
from polit.run.rendering import Renderer, RenderOrder
from polit.sandbox.views import RenderedPixels

_MANY_LIMIT_S = 25.0
"""How long one lane works for a page or a sequence; who asked waits for a minute."""

Burn = Callable[[PixelBlock], EncodedPixels]


@dataclass(frozen=True, slots=True)
class PictureShower:
    """Shows pictures; safe for threads."""

    door: EventDoor
    originals: Originals
    thumbnails: Thumbnails

    def show(self, untrusted_event_id: str) -> RenderedPicture:
        """Return the picture that an event is about, marked with who looks at it.

        Raises:
            BrokerRefused: Its code says why; see ``polit.broker.protocol.CODES``.
        """
        event = self.door.event(untrusted_event_id)
        if not isinstance(event, PictureEvent):
            raise other_event()
        with self.originals.opened(event.viewing.case, event.sha256) as sealed:
            self.door.spend(event.viewing)
            burn = _burner(event.viewing, is_small=event.is_small)

            def decode(renderer: Renderer) -> RenderedPicture:
                try:
                    found = renderer.pixels(sealed, event.order)
                except UsageError as error:  # a region that lies outside
                    raise ItemFailed(str(error)) from error
                made = burn(found.pixels)
                return RenderedPicture(
                    MEDIA_TYPE, made.data, made.width_px, made.height_px, found.of_width_px,
                    found.of_height_px, found.at_ms,
                )  # fmt: skip

            shown = self.door.decode(decode)
        _note(event.viewing, (shown.data,))
        return shown

    def show_many(self, untrusted_event_id: str) -> tuple[RenderedPart, ...]:
        """Return the pictures that an event is about: of a page, a story or a sequence.

        Raises:
            BrokerRefused: Its code says why; one picture alone that fails has its own code.
        """
        event = self.door.event(untrusted_event_id)
        if isinstance(event, FramesEvent):
            parts = self._frames(event)
        elif isinstance(event, PageEvent | StoryEvent):
            parts = self._kept(event)
        else:
            raise other_event()
        _note(event.viewing, [part.data for part in parts])
        return parts

    def _kept(self, event: PageEvent | StoryEvent) -> tuple[RenderedPart, ...]:
        """Show what packages keep."""
        case = event.viewing.case
        if isinstance(event, PageEvent):
            kept, is_small = self.thumbnails.covers(case, event.items), True
        else:
            kept, is_small = self.thumbnails.story(case, event.item), event.is_small
        self.door.spend(event.viewing)
        burn = _burner(event.viewing, is_small=is_small)
        return self.door.decode(lambda renderer: tuple(_decoded(renderer, kept, event.order, burn)))

    def _frames(self, event: FramesEvent) -> tuple[RenderedPart, ...]:
        """Show a sequence of frames."""
        with self.originals.opened(event.viewing.case, event.sha256) as sealed:
            self.door.spend(event.viewing)
            burn = _burner(event.viewing, is_small=event.is_small)
            return self.door.decode(
                lambda renderer: tuple(
                    _part(each, burn) for each in renderer.frames(sealed, event.order)
                )
            )


def _decoded(
    renderer: Renderer, kept: Sequence[Derived], order: RenderOrder, burn: Burn
) -> Iterator[RenderedPart]:
    """Decode thumbnails; one that fails costs itself alone."""
    until_s = monotonic_s() + _MANY_LIMIT_S
    for each in kept:
        if each.code or monotonic_s() > until_s:
            yield _without(each, each.code or Code.FAILED)
            continue
        try:
            found = renderer.pixels_of(each.data, each.media_type, order)
        except ItemFailed:
            yield _without(each, Code.UNDECODABLE)
            continue
        yield _part(found, burn, at_ms=each.at_ms)


def _part(found: RenderedPixels, burn: Burn, *, at_ms: int | None = None) -> RenderedPart:
    made = burn(found.pixels)
    return RenderedPart(
        MEDIA_TYPE, made.data, made.width_px, made.height_px,
        found.at_ms if at_ms is None else at_ms, "", found.of_width_px, found.of_height_px,
    )  # fmt: skip


def _without(kept: Derived, code: str) -> RenderedPart:
    return RenderedPart(MEDIA_TYPE, b"", 0, 0, kept.at_ms, str(code))


def _burner(viewing: Viewing, *, is_small: bool) -> Burn:
    marker = Marker(Mark(viewing.viewer, viewing.event_id, now_utc()))
    return marker.burn_small if is_small else marker.burn


def _note(viewing: Viewing, shown: Sequence[bytes]) -> None:
    log(
        "picture.shown", event_id=viewing.event_id, count=len(shown),
        bytes=sum(map(len, shown)),
    )  # fmt: skip
