"""Plays sound of a video for a committed audit event, once."""

import io
import wave
from dataclasses import dataclass

from polit.broker.picture_protocol import RenderedSound
from polit.broker.server.log import log
from polit.broker.server.originals import Originals
from polit.broker.server.picture_events import SoundEvent, other_event
from polit.broker.server.spending import EventDoor
from polit.sandbox.views import DecodedSound

_MEDIA_TYPE = "audio/wav"
_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class SoundPlayer:
    """Plays sound; safe for threads."""

    door: EventDoor
    originals: Originals

    def play(self, untrusted_event_id: str) -> RenderedSound:
        """Return the sound that an event is about, as samples alone.

        Raises:
            BrokerRefused: Its code says why; see ``polit.broker.protocol.CODES``.
        """
        event = self.door.event(untrusted_event_id)
        if not isinstance(event, SoundEvent):
            raise other_event()
        with self.originals.opened(event.viewing.case, event.sha256) as sealed:
            self.door.spend(event.viewing)
            heard = self.door.decode(
                lambda renderer: renderer.sound(
                    sealed, from_ms=event.from_ms, length_ms=event.length_ms
                )
            )
        made = RenderedSound(_MEDIA_TYPE, _wav(heard), _length_ms(heard))
        log("sound.played", event_id=event.viewing.event_id, length_ms=made.length_ms)
        return made


def _wav(heard: DecodedSound) -> bytes:
    room = io.BytesIO()
    with wave.open(room, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(_SAMPLE_BYTES)
        file.setframerate(heard.rate)
        file.writeframes(heard.samples)
    return room.getvalue()


def _length_ms(heard: DecodedSound) -> int:
    return len(heard.samples) // _SAMPLE_BYTES * 1000 // heard.rate
