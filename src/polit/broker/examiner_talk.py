"""What the broker and its examiner tell each other: an order in, lines of counts out."""

import msgspec

from polit.broker.protocol import ExamineOrder


class ExaminerOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One session of an examination, with the places that the broker found for it.

    Args:
        order: What was ordered.
        source: The evidence's path.
        out: The folder that the package is made in.
        vault: The vault's folder, empty where no originals are kept.
        resume: Go on with a package that was begun.
    """

    order: ExamineOrder
    source: str
    out: str
    vault: str
    resume: bool


class Turn(msgspec.Struct, frozen=True, tag="turn"):
    """How far a session is: counts alone, and what it waits for."""

    phase: str
    entries: int
    settled: int
    failed: int
    message: str
    alerts: int = 0


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """How a session ended; ``package`` is the folder's name where it is sealed."""

    exit_code: int
    number: int
    message: str
    package: str = ""
    entries: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0


encode_line = msgspec.json.Encoder().encode
decode_order = msgspec.json.Decoder(ExaminerOrder).decode
decode_line = msgspec.json.Decoder(Turn | Ended).decode
