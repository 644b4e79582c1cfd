"""Faults and lies: what a decoder that went wrong does to its coordinator."""

import ctypes
import mmap
import os
import select
import signal
import socket

from polit.sandbox.facts import FACTS_OFFSET, OUTPUT_BYTES, encode_facts
from polit.sandbox.protocol import encode_json
from polit.sandbox.worker.attacks.scene import Attack, Scene


def _crash(_: Scene) -> str:
    ctypes.string_at(0)
    return "address 0"


def _abort(_: Scene) -> str:
    os.abort()


def _leave(_: Scene) -> str:
    os._exit(0)


def _stop_self(_: Scene) -> str:
    signal.raise_signal(signal.SIGKILL)
    return "nothing"


def _loop(_: Scene) -> str:
    while True:
        pass


def _sleep(_: Scene) -> str:
    select.select([], [], [])
    return "time"


def _say(scene: Scene, *packets: bytes) -> str:
    for packet in packets:
        scene.channel.send(packet)
    return ""


def _reply(scene: Scene, **changed: object) -> bytes:
    """Return a reply that says "decoded", with figures of the attacker's choice."""
    reply = {"type": "media", "job": scene.request.job, "library": "pillow"} | changed
    if "facts_bytes" not in reply:
        reply["facts_bytes"] = _put(scene)
    return encode_json(reply)


def _put(scene: Scene, **changed: object) -> int:
    """Write facts of the attacker's choice to the output memory; return their length."""
    facts = {"width_px": 8, "height_px": 8, "size": [8, 8, 8, 8]} | changed
    text = encode_facts(facts)
    with mmap.mmap(scene.fds[0], OUTPUT_BYTES) as output:
        output[FACTS_OFFSET : FACTS_OFFSET + len(text)] = text
    return len(text)


def _lie_about_pixels(scene: Scene) -> str:
    return _say(scene, _reply(scene, facts_bytes=_put(scene, size=[8, 8, 1 << 40, 8])))


def _lie_about_size(scene: Scene) -> str:
    return _say(scene, _reply(scene, facts_bytes=_put(scene, width_px=-1)))


def _lie_about_length(scene: Scene) -> str:
    return _say(scene, _reply(scene, facts_bytes=1 << 40))


def _lie_about_hashes(scene: Scene) -> str:
    twice = [["pdq", "full", b"\0" * 32, 100, 0, None, b""]] * 2
    return _say(scene, _reply(scene, facts_bytes=_put(scene, hashes=twice)))


def _lie_about_time(scene: Scene) -> str:
    taken = ["now; DROP TABLE media", "utc", None, "exif"]
    return _say(scene, _reply(scene, facts_bytes=_put(scene, taken=taken)))


def _lie_about_members(scene: Scene) -> str:
    """Answer a question that was not asked."""
    text = encode_facts({"members": [], "unopened": [], "is_complete": True})
    with mmap.mmap(scene.fds[0], OUTPUT_BYTES) as output:
        output[FACTS_OFFSET : FACTS_OFFSET + len(text)] = text
    reply = {"type": "members", "job": scene.request.job, "listing_bytes": len(text)}
    return _say(scene, encode_json(reply))


def _rendered(scene: Scene, **changed: object) -> bytes:
    reply = {
        "type": "rendered",
        "job": scene.request.job,
        "width_px": 8,
        "height_px": 8,
        "channels": 1,
        "of_width_px": 8,
        "of_height_px": 8,
    }
    return encode_json(reply | changed)


def _lie_about_view(scene: Scene) -> str:
    """Claim pixels beyond the arena, each side within its limit."""
    return _say(scene, _rendered(scene, width_px=16_383, height_px=16_383, channels=3))


def _lie_about_viewed(scene: Scene) -> str:
    """Give what another asked for."""
    return _say(scene, _rendered(scene, job=scene.request.job + 1))


def _lie_about_viewer(scene: Scene) -> str:
    """Answer a viewer with facts, as if decoding had been asked for."""
    return _say(scene, _reply(scene))


def _lie_about_item(scene: Scene) -> str:
    return _say(scene, _reply(scene, job=scene.request.job + 1))


def _lie_about_fields(scene: Scene) -> str:
    return _say(scene, _reply(scene, path="/etc/passwd"))


def _lie_about_library(scene: Scene) -> str:
    return _say(scene, _reply(scene, library="\x1b[2J"))


def _talk_nonsense(scene: Scene) -> str:
    return _say(scene, b"\x80\x04\x95 this was never JSON")


def _talk_deeply(scene: Scene) -> str:
    return _say(scene, b"[" * 4000)


def _talk_much(scene: Scene) -> str:
    """Ten megabytes do not fit a packet: the longest that does, then."""
    try:
        scene.channel.send(b"x" * (10 << 20))
    except OSError:
        return _say(scene, b"x" * (192 << 10))
    return ""


def _pass_descriptor(scene: Scene) -> str:
    socket.send_fds(scene.channel, [b"{}"], [scene.item])
    return ""


ATTACKS: dict[str, Attack] = {
    "crash": _crash,
    "abort": _abort,
    "leave": _leave,
    "stop_self": _stop_self,
    "loop": _loop,
    "sleep": _sleep,
    "lie_about_pixels": _lie_about_pixels,
    "lie_about_size": _lie_about_size,
    "lie_about_length": _lie_about_length,
    "lie_about_hashes": _lie_about_hashes,
    "lie_about_time": _lie_about_time,
    "lie_about_members": _lie_about_members,
    "lie_about_item": _lie_about_item,
    "lie_about_view": _lie_about_view,
    "lie_about_viewed": _lie_about_viewed,
    "lie_about_viewer": _lie_about_viewer,
    "lie_about_fields": _lie_about_fields,
    "lie_about_library": _lie_about_library,
    "talk_nonsense": _talk_nonsense,
    "talk_deeply": _talk_deeply,
    "talk_much": _talk_much,
    "pass_descriptor": _pass_descriptor,
}
