"""Decides contents: each picture and video is decoded once, and everyone who waits is told."""

from collections.abc import Callable
from typing import Protocol

from polit.examine.progress import Progress
from polit.examine.settling import Settlement
from polit.model.media import DecodedMedia
from polit.package.rows import MediaOutcome, MediaRow
from polit.run.held import Held
from polit.run.local import Decoded, DecodeTask, LocalFleet

Waiter = Callable[[MediaOutcome, str, int], None]
"""Is told how decoding ended: outcome, words for people, attempts."""


class Originals(Protocol):
    """Where originals are kept."""

    def keep(self, sha256: bytes, mime: str, descriptor: int, size_bytes: int) -> bool:
        """Keep the content of a memory file; False when it was kept already."""


class Decisions:
    """What is known of contents, and who waits for it."""

    def __init__(
        self,
        fleet: LocalFleet,
        settlement: Settlement,
        progress: Progress,
        *,
        opens_holders: bool,
        vault: Originals | None,
    ) -> None:
        """Begin with nothing under way.

        Args:
            fleet: What decodes.
            settlement: Where decisions are collected.
            progress: The counters that are shown.
            opens_holders: Whether the plan asks for what lies inside things.
            vault: Where originals are kept, if they are.
        """
        self._fleet, self._settlement, self._progress = fleet, settlement, progress
        self._vault = vault
        self._waiting: dict[bytes, list[Waiter]] = {}
        self._trials: set[bytes] = set()
        self.opens_holders = opens_holders

    def known(self, sha256: bytes) -> MediaOutcome | None:
        """Return how decoding a content ended, ``None`` while that is not known."""
        return self._settlement.media_outcome(sha256)

    def is_under_way(self, sha256: bytes) -> bool:
        """Tell whether a content is being decoded."""
        return sha256 in self._waiting

    def keep_original(self, sha256: bytes, mime: str, held: Held) -> None:
        """Put a content into the vault, where there is one; only a whole one is an original."""
        if self._vault is None or not held.is_whole:
            return
        vault = self._vault

        def keep() -> None:
            vault.keep(sha256, mime, held.descriptor, held.size_bytes)

        self._settlement.until_room(keep)

    def try_out(self, task: DecodeTask, waiter: Waiter) -> None:
        """Have a candidate decoded: it is only kept in mind if that shows something."""
        self._trials.add(task.sha256)
        self.decide(task, waiter)

    def decide(self, task: DecodeTask, waiter: Waiter) -> None:
        """Have a content decoded; the bytes stay the caller's."""
        self._waiting[task.sha256] = [waiter]
        self._fleet.decode(task)

    def wait(self, sha256: bytes, waiter: Waiter) -> None:
        """Be told when a content that is under way is decided."""
        self._waiting[sha256].append(waiter)

    def take(self, event: Decoded) -> None:
        """Note how decoding ended, and tell everyone who waits."""
        task, result = event.task, event.result
        decoded = result if isinstance(result, DecodedMedia) else None
        failure = None if isinstance(result, DecodedMedia) else result
        media = MediaRow(
            sha256=task.sha256,
            outcome="failed" if failure else "done",
            reason=failure.code if failure else None,
            attempts=task.attempts,
            decoder=decoded.decoder if decoded else None,
            facts=decoded.facts if decoded else None,
            hashes=decoded.hashes if decoded else (),
            has_pictures_inside=decoded.has_pictures_inside if decoded else False,
        )
        if decoded is not None or task.sha256 not in self._trials:
            self._settlement.decide(media, decoded, is_video=task.is_video)
            self._progress.pictures += 1
        self._trials.discard(task.sha256)
        outcome = MediaOutcome(media.outcome, media.reason, media.has_pictures_inside)
        detail = failure.detail if failure else ""
        for waiter in self._waiting.pop(task.sha256, []):
            waiter(outcome, detail, task.attempts)
