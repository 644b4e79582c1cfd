"""What the broker and the process of an errand tell each other: a command in, counts out."""

from typing import Annotated

import msgspec

from polit.broker.protocol import Uuid

MAX_RESULT_BYTES = 1 << 20
"""The longest result that is kept; of a longer one it is told that it was too long."""
MAX_LINE_BYTES = 3 << 20
"""A result stands in a line as JSON text, with its quotes escaped."""

Paths = Annotated[tuple[str, ...], msgspec.Meta(max_length=64)]


class ErrandLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an errand may use, at most.

    Args:
        memory_bytes: Memory of its own (``RLIMIT_DATA``); files that it maps do not count.
        cpu_s: Processor seconds.
        open_files: Descriptors.
    """

    memory_bytes: int = 4 << 30
    cpu_s: int = 24 * 3600
    open_files: int = 1024


class ErrandOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An errand: one command line of polit, and what it may touch.

    Args:
        errand_id: A UUID; the same order may be sent again and is done once.
        command: The words after ``polit``; the last page of its output, with ``--json``, is the
            errand's result. It must be able to run again from where it was killed.
        reads: Absolute paths of files and folders that it reads, beside polit's own program.
        writes: Absolute paths of folders that it reads and writes; each must exist.
        upload_id: An upload that is removed once the errand is done, empty for none.
        limits: What it may use.
    """

    errand_id: Uuid
    command: tuple[str, ...]
    reads: Paths = ()
    writes: Paths = ()
    upload_id: str = ""
    limits: ErrandLimits = ErrandLimits()


class ErrandTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the process is told: its order, and a folder of its own for what passes."""

    order: ErrandOrder
    work: str


class ErrandTurn(msgspec.Struct, frozen=True, tag="turn"):
    """How far an errand is: counts alone."""

    phase: str
    done: int
    total: int


class ErrandEnded(msgspec.Struct, frozen=True, tag="ended"):
    """How an errand's command line ended."""

    exit_code: int
    message: str
    result: str


encode_line = msgspec.json.Encoder().encode
decode_told = msgspec.json.Decoder(ErrandTold).decode
decode_line = msgspec.json.Decoder(ErrandTurn | ErrandEnded).decode
