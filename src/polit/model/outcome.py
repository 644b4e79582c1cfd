"""How an entry ended, and the figures that must balance."""

from dataclasses import dataclass
from enum import StrEnum

from polit.base.errors import PackageDamaged


class Outcome(StrEnum):
    """How an entry ended; nothing stays pending in a sealed package."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


REASONS: dict[str, str] = {
    "folder": "a folder: its names are entries of their own",
    "link": "a link: recorded, never followed",
    "no_content": "a name without content of its own",
    "content_gone": "deleted, and nothing leads to its content any more",
    "record_reallocated": "deleted, and its record now belongs to another file",
    "special_file": "a device, pipe or socket of a host folder",
    "left_out_by_plan": "left out by the plan",
    "known_good": "known-good: a hash set names its content, and nothing says otherwise",
    "unlistable": "the folder could not be listed",
    "unreadable": "the content could not be read",
    "exceeds_volume": "claims more bytes than its volume can hold",
    "walker_crash": "the file-system reader crashed on it",
    "walker_timeout": "the file-system reader hung on it",
    "crash": "the decoder crashed on it, twice",
    "timeout": "decoding took longer than its limit of processor time, twice",
    "memory": "decoding took more memory than its limit, twice",
    "protocol": "the decoder broke its protocol on it, twice",
    "too_large": "larger than the limits allow (a decompression bomb is)",
    "expands_too_much": "it would expand to more than the limits allow",
    "undecodable": "its bytes do not form what they claim to be",
    "decoder_off": "its decoder is below its version floor and stays off",
    "truncated": "its end is missing",
    "encrypted": "encrypted, and no key is known",
    "cannot_decrypt": "encrypted in a way that polit cannot decrypt, with a password or without",
    "damaged": "its bytes are damaged, the rest was decoded",
    "key_frames_only": "only the key frames of a long video were decoded",
    "beyond_limit": "only a part of a large video or a long animation was decoded",
    "locked": "encrypted, and no given key opens it",
    "same_in_newer": "the same in the next newer state of the volume",
    "layer_damaged": "the volumes inside it could not be found",
    "volume_unopened": "the volume could not be opened",
    "chunk_checksum": "a chunk of the image fails its checksum",
    "chunk_inflate": "a chunk of the image cannot be decompressed",
    "chunk_missing": "a chunk of the image is missing",
    "table_checksum": "a table of the image fails its checksum",
    "read_error": "the source could not be read there",
    "acquisition_mismatch": "the source's digest is not the stated one",
    "stored_mismatch": "the source's digest is not the one stored in the image",
    "lost_checksum": "a lost directory entry whose checksum does not fit",
    "lost_name": "a lost directory entry whose name cannot be one of its file system",
    "lost_overwritten": "a lost record whose first block belongs to another file now",
    "lost_place": "a lost directory entry that leads outside its volume, or is larger than it",
    "lost_repeated": "a lost directory entry that repeats one that is listed",
    "lost_system": "a lost record of a file system's own file",
    "lost_time": "a lost directory entry without a time that can be",
    "file_mismatch": "the file's digest is not the one stored in the image",
    "extension_mismatch": "the name's extension does not fit the content",
}
"""Reason and problem codes, stable, with what they mean to a reader."""

TIME_LIMITED = frozenset({"timeout", "walker_timeout"})
"""Reasons that may differ on another machine: listed apart, never silently."""


def reason_name(code: str) -> str:
    """Return what a code means; a code of a newer version stands for itself."""
    return REASONS.get(code, code.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Tally:
    """The account of a run: ``entries = done + skipped + failed``."""

    entries: int
    done: int
    skipped: int
    failed: int

    def check_balance(self) -> None:
        """Refuse an account that does not balance.

        Raises:
            PackageDamaged: An entry is missing from the account, or counted twice.
        """
        if self.entries != self.done + self.skipped + self.failed:
            raise PackageDamaged(
                f"the tally does not balance: {self.entries} entries, but {self.done} done + "
                f"{self.skipped} skipped + {self.failed} failed; do not rely on this package"
            )


@dataclass(frozen=True, slots=True)
class NotExamined:
    """Something that was met but not looked into: what, why, how many, how many bytes."""

    what: str
    why: str
    count: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """How often a problem occurred."""

    code: str
    name: str
    count: int
