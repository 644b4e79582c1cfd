"""What an examination does and leaves out. A plan is data: read, checked, digested, sealed."""

import fnmatch
import functools
import hashlib
import re
from pathlib import Path

import msgspec

from polit.base.canonical import canonical_json
from polit.base.errors import SourceMissing, UsageError
from polit.model.matching import MatchTerms

_MAX_PLAN_BYTES = 1 << 20


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an examination does. Every field may be given in a plan file (JSON).

    Args:
        orphans: Look for deleted records that no name leads to.
        measure_source: Read the whole image once more and compare its digests.
        decode_stills: Decode the stills that this version can decode.
        decode_videos: Decode the videos that this version can decode; only where the sandbox
            holds fully.
        carve: Look for pictures and videos in unallocated space, slack, gaps between volumes and
            volumes that cannot be opened.
        open_holders: Open documents, mails and caches, and take the pictures out of them.
        shadow_copies: Walk the shadow copies of NTFS volumes for what differs; without it they
            are listed as not examined.
        open_archives: Open archives, and take what lies in them for entries.
        leave_out: Paths to leave out, as patterns (``*``, ``?``, ``[…]``) matched against the
            whole path without regard to case. What is left out is counted.
        max_still_bytes: Larger pictures are not decoded (``too_large``), 1 to 2**31.
        max_holder_bytes: Larger documents, mails and caches are not opened, 1 to 2**31.
        max_video_bytes: Of a larger video only the first bytes and the last 32 MiB are decoded,
            together so many, 2**26 to 2**34. They are held in memory, one such video at a time.
        max_archive_depth: Archives inside so many others are not opened, 1 to 15.
        max_archive_members: So many members of one archive of the file system, with all that is
            nested in it, become entries; 1 to 10**7.
        max_archive_bytes: So many bytes come out of it, and at most 200 times its own size and
            a GiB; 1 to 2**42.
        max_nested_bytes: So much of archives inside archives is held in memory, 1 to 2**30.
        max_restarts: So many walker restarts in one volume end its examination.
        near_threshold_bits: Fingerprints that differ in at most so many of 256 bits resemble each
            other, 0 to 31.
        near_min_quality: Fingerprints of a lower quality resemble nothing, 0 to 100.
        near_dihedral: Ask for the seven turned and mirrored fingerprints of each picture as well.
        video_coverage_percent: A video resembles another when at least so much of the one or the
            other matches, 1 to 100.
        decode_known_good: Decode and open what a known-good set names like anything else.
        walker_silence_s: The walker is hung when it gives no sign of life for so long.
        walker_step_s: The walker is hung when it stays at one place for so long.
    """

    orphans: bool = True
    measure_source: bool = True
    decode_stills: bool = True
    decode_videos: bool = True
    carve: bool = True
    open_holders: bool = True
    shadow_copies: bool = False
    open_archives: bool = True
    leave_out: tuple[str, ...] = ("$BadClus:$Bad",)
    max_still_bytes: int = 256 << 20
    max_holder_bytes: int = 256 << 20
    max_video_bytes: int = 2 << 30
    max_archive_depth: int = 8
    max_archive_members: int = 1_000_000
    max_archive_bytes: int = 64 << 30
    max_nested_bytes: int = 512 << 20
    max_restarts: int = 100
    near_threshold_bits: int = 31
    near_min_quality: int = 50
    near_dihedral: bool = False
    video_coverage_percent: int = 80
    decode_known_good: bool = False
    walker_silence_s: int = 60
    walker_step_s: int = 3600

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical form, lower-case hex."""
        return hashlib.sha256(canonical_json(msgspec.to_builtins(self))).hexdigest()

    @property
    def match_terms(self) -> MatchTerms:
        """Under what terms fingerprints match."""
        return MatchTerms(
            self.near_threshold_bits,
            self.near_min_quality,
            self.near_dihedral,
            self.video_coverage_percent,
        )

    def leaves_out(self, path: str) -> bool:
        """Tell whether a path is left out."""
        return _pattern(self.leave_out).match(path.casefold()) is not None


def read_plan(path: Path | None) -> Plan:
    """Read a plan file, or return the default plan.

    Raises:
        SourceMissing: There is no such file.
        UsageError: It is no plan; the message names the field.
    """
    if path is None:
        return Plan()
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_PLAN_BYTES + 1)
    except FileNotFoundError as error:
        raise SourceMissing(f"there is no plan {path}") from error
    if len(raw) > _MAX_PLAN_BYTES:
        raise UsageError(f"{path} is over {_MAX_PLAN_BYTES} bytes: that is no plan")
    try:
        plan = msgspec.json.decode(raw, type=Plan)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise UsageError(f"{path} is no plan: {error}") from error
    _check_range(path, "max_still_bytes", plan.max_still_bytes, 1 << 31)
    _check_range(path, "max_holder_bytes", plan.max_holder_bytes, 1 << 31)
    _check_range(path, "max_video_bytes", plan.max_video_bytes, 1 << 34, least=1 << 26)
    _check_range(path, "max_archive_depth", plan.max_archive_depth, 15)
    _check_range(path, "max_archive_members", plan.max_archive_members, 10_000_000)
    _check_range(path, "max_archive_bytes", plan.max_archive_bytes, 1 << 42)
    _check_range(path, "max_nested_bytes", plan.max_nested_bytes, 1 << 30)
    _check_range(path, "max_restarts", plan.max_restarts, 100_000)
    _check_range(path, "near_threshold_bits", plan.near_threshold_bits, 31, least=0)
    _check_range(path, "near_min_quality", plan.near_min_quality, 100, least=0)
    _check_range(path, "video_coverage_percent", plan.video_coverage_percent, 100)
    _check_range(path, "walker_silence_s", plan.walker_silence_s, 86_400)
    _check_range(path, "walker_step_s", plan.walker_step_s, 864_000)
    return plan


@functools.cache
def _pattern(leave_out: tuple[str, ...]) -> re.Pattern[str]:
    """Return one expression for all patterns; one that matches nothing where there are none."""
    return re.compile("|".join(fnmatch.translate(p.casefold()) for p in leave_out) or r"(?!)")


def _check_range(path: Path, field: str, value: int, most: int, *, least: int = 1) -> None:
    if not least <= value <= most:
        raise UsageError(f"{path}: {field} is {value}: give {least} to {most}")
