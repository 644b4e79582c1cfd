"""The service of a child that was forked for the self-test."""

import errno
import os
import socket
from collections.abc import Sequence

import msgspec

from polit.sandbox.protocol import (
    AttackTargets,
    DecodeRequest,
    FailureReply,
    RenderRequest,
    decode_decode_request,
    encode_json,
)
from polit.sandbox.worker.attacks import breakage, folder, kernel, memory, reach
from polit.sandbox.worker.attacks.scene import REFUSALS, Attack, Scene
from polit.sandbox.worker.decoder import Decoder, printable

ATTACKS: dict[str, Attack] = {
    **reach.ATTACKS,
    **kernel.ATTACKS,
    **memory.ATTACKS,
    **breakage.ATTACKS,
    **folder.ATTACKS,
}
"""Every attack, by the name that the self-test gives it."""


def serve(channel: socket.socket, fds: Sequence[int], arguments: bytes) -> None:
    """Decode items as a decoder does, and carry out attacks in between.

    Args:
        channel: As for a decoder.
        fds: As for a decoder; for the walker of a folder the folder comes last.
        arguments: The lockdown's facts, told when the item ``attack/facts`` asks for them.
    """
    decoder = Decoder(fds[:1])
    while True:
        packet, received, _, _ = socket.recv_fds(channel, 4096, 1)
        if not packet:
            return
        request = decode_decode_request(packet)
        if not isinstance(request, DecodeRequest | RenderRequest):
            return
        kind, _, name = request.mime.partition("/")
        if kind != "attack":
            channel.send(encode_json(decoder.answer(request, received)))
            continue
        if name == "facts":
            outcome = "facts " + arguments.decode()
        else:
            outcome = _attempt(_scene(channel, request, received[0], fds), name)
        os.close(received[0])
        if outcome:
            reply = FailureReply(request.job, "undecodable", printable(outcome))
            channel.send(encode_json(reply))


def _scene(
    channel: socket.socket, request: DecodeRequest | RenderRequest, item: int, fds: Sequence[int]
) -> Scene:
    raw = os.pread(item, request.size_bytes, 0)
    return Scene(channel, request, item, fds, msgspec.json.decode(raw, type=AttackTargets))


def _attempt(scene: Scene, name: str) -> str:
    """Carry out one attack; empty when it has answered by itself."""
    try:
        got = ATTACKS[name](scene)
    except OSError as error:
        code = errno.errorcode.get(error.errno or 0, "?")
        return f"refused {code}" if error.errno in REFUSALS else f"reached the kernel: {code}"
    except (MemoryError, RecursionError, RuntimeError) as error:
        return f"refused {type(error).__name__}"
    return f"got {got}" if got else ""
