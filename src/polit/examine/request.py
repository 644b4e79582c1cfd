"""What an examiner asks for: the source, who asks, under what authority, and how."""

from dataclasses import dataclass, field
from pathlib import Path

from polit.base.digests import StatedDigest
from polit.base.errors import UsageError
from polit.examine.plan import Plan
from polit.package.layout import package_name
from polit.store.case_keys import case_name

_MAX_TEXT = 1000
_MAX_REFERENCE = 120
_MAX_WORKERS = 240
_MAX_FOLDER_NAME_BYTES = 240
"""File systems take 255 bytes a name; some suffixes of copies and archives want room too."""
_MAX_CLOCK_OFFSET_S = 10 * 366 * 86_400
"""Ten years: a clock that never was set begins at its maker's epoch, seldom earlier."""


@dataclass(frozen=True, slots=True)
class ExamineRequest:
    """One examination as it was asked for.

    Args:
        source: An image, its first segment, or a folder.
        case: The case's reference.
        exhibit: The exhibit's reference as its producer wrote it, such as ``AB/1``.
        examiner: Who examines.
        out: The folder that the package is made in.
        authority: The authority to examine, as text.
        acquisition: Digests of the source as stated by whoever acquired it.
        clock_offset_s: Device clock minus true time, in seconds.
        time_zone: The device's time zone as found, such as ``Europe/London``.
        plan: What is done and left out.
        workers: How many decoders, 1 to 240.
        vault: The vault's folder, where originals of pictures and videos are to be kept.
        sets: The hash sets to ask, by name or by the beginning of their digest; ``None`` asks
            all that are enabled, an empty tuple none.
        secrets: Passwords and keys of what is encrypted, to be tried in this order.
        resume: Go on with a package that was begun.
        accept_atime: Read a folder even where that changes access times.
        accept_reduced_isolation: Examine although the sandbox holds less than fully.
    """

    source: Path
    case: str
    exhibit: str
    examiner: str
    out: Path
    plan: Plan
    authority: str = ""
    acquisition: tuple[StatedDigest, ...] = ()
    clock_offset_s: int = 0
    time_zone: str = ""
    workers: int = 2
    vault: Path | None = None
    sets: tuple[str, ...] | None = None
    secrets: tuple[bytes, ...] = field(default=(), repr=False)
    resume: bool = False
    accept_atime: bool = False
    accept_reduced_isolation: bool = False

    def check(self) -> None:
        """Refuse what cannot be examined under.

        Raises:
            UsageError: A reference is empty or too long, or a figure is out of range.
        """
        for name, value in (
            ("--case", self.case), ("--exhibit", self.exhibit), ("--examiner", self.examiner),
        ):  # fmt: skip
            if not value.strip() or len(value) > _MAX_REFERENCE:
                raise UsageError(f"{name} is {value!r}: give 1 to {_MAX_REFERENCE} characters")
            if not value.isprintable():
                raise UsageError(f"{name} holds control characters: give plain text")
        for name, value in (("--authority", self.authority), ("--time-zone", self.time_zone)):
            _check_text(name, value)
        self._check_names()
        if not 1 <= self.workers <= _MAX_WORKERS:
            raise UsageError(f"--workers is {self.workers}: give 1 to {_MAX_WORKERS}")
        if abs(self.clock_offset_s) > _MAX_CLOCK_OFFSET_S:
            raise UsageError(
                f"--clock-offset is {self.clock_offset_s} seconds: give at most ten years, "
                f"{_MAX_CLOCK_OFFSET_S}, either way"
            )

    def _check_names(self) -> None:
        """Refuse references that make no name for a folder or a key."""
        if len(package_name(self.exhibit).encode()) > _MAX_FOLDER_NAME_BYTES:
            raise UsageError(
                f"--exhibit makes a folder name of over {_MAX_FOLDER_NAME_BYTES} bytes "
                "(characters outside ASCII take six or more): give a shorter reference"
            )
        if self.vault is not None:
            case_name(self.case)


def _check_text(name: str, value: str) -> None:
    """Refuse what cannot be sealed: the manifest is UTF-8."""
    if len(value) > _MAX_TEXT:
        raise UsageError(f"{name} is over {_MAX_TEXT} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{name} holds bytes that are not UTF-8: give plain text") from error
