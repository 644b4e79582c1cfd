"""How a decoder or a reader of holders says no. Stays inside the sandbox: it leaves as a code."""

from typing import Literal

Code = Literal[
    "too_large",
    "undecodable",
    "truncated",
    "memory",
    "needs_memory",
    "encrypted",
    "outside",
    "decoder_off",
    "no_sound",
]


class Refused(Exception):
    """An item that is not decoded or opened; ``code`` is one of the protocol's failure codes."""

    def __init__(self, code: Code, detail: str, *, needed_bytes: int = 0) -> None:
        """Keep the code, the words, and for ``needs_memory`` how much."""
        super().__init__(detail)
        self.code: Code = code
        self.detail = detail
        self.needed_bytes = needed_bytes
