"""The signer: takes committed events into the log, signs checkpoints, copies them to the witness.

One works at a time. Each step is one transaction or one rename, so a kill at any moment leaves
what the next start goes on from: leaves first, then the checkpoint's row, then its copy.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, close_old_connections, transaction

from polit.base import faults
from polit.base.clock import instant_text, now_utc, sleep_s
from polit.base.errors import IntegrityError, PolitError, SignerBusy
from polit.web.audit import log_keys
from polit.web.audit.checkpoint import Checkpoint, check_checkpoint, sign_checkpoint
from polit.web.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditPending
from polit.web.audit.rules import commitment
from polit.web.audit.tree import HASH_BYTES, Frontier, leaf_hash
from polit.web.audit.witness import witness_note, witnessed_sizes

CHECKPOINT_EVENTS = 1_000
CHECKPOINT_EVERY = timedelta(seconds=60)
_POLL_S = 1.0
_READ_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Signed:
    """What one round came to."""

    events: int
    checkpoints: int
    size: int


class Signer:
    """Takes events in and signs, while it holds the lock of ``signing``."""

    def __init__(self, witness: Path) -> None:
        """Open the key, or make it.

        Args:
            witness: The folder of the witness's copies.

        Raises:
            IntegrityError: The witness belongs to another log.
        """
        self._witness = witness
        self._signing = log_keys.open_signing_key()
        self.key = log_keys.public_half(self._signing)
        self._frontier: Frontier | None = None
        self._signed_size = 0
        self._unsigned_since: datetime | None = None
        self._to_witness: list[int] = []

    def round(self, *, is_last: bool = False) -> Signed:
        """Take in all that waits; sign what is due; copy to the witness.

        Args:
            is_last: Whether to sign although neither the number nor the time is reached.

        Raises:
            IntegrityError: The log is not what was signed: another key, a rolled back database.
            StorageFull: There is no room for a copy; what was signed is signed.
        """
        try:
            done = self._round(is_last=is_last)
        except BaseException:
            self._frontier = None  # what was committed is read anew
            raise
        while self._to_witness:
            row = AuditCheckpoint.objects.get(size=self._to_witness[0])
            witness_note(self._witness, row.size, row.note)
            self._to_witness.pop(0)
        return done

    def _round(self, *, is_last: bool) -> Signed:
        frontier = self._frontier or self._load()
        events = checkpoints = 0
        while True:
            wanted = max(0, CHECKPOINT_EVENTS - (frontier.size - self._signed_size))
            frontier, took = _take_in(frontier, wanted)
            self._frontier, events = frontier, events + took
            now = now_utc()
            if took and self._unsigned_since is None:
                self._unsigned_since = now
            if self._is_due(frontier.size, now, is_last=is_last and took < wanted):
                self._sign(frontier, now)
                checkpoints += 1
            if took < wanted:
                return Signed(events, checkpoints, frontier.size)

    def _is_due(self, size: int, now: datetime, *, is_last: bool) -> bool:
        unsigned, since = size - self._signed_size, self._unsigned_since
        waited = since is not None and now - since >= CHECKPOINT_EVERY
        return unsigned >= CHECKPOINT_EVENTS or (unsigned > 0 and (is_last or waited))

    def _sign(self, frontier: Frontier, now: datetime) -> None:
        root = frontier.root()
        text = Checkpoint(self.key.name, frontier.size, root, instant_text(now))
        faults.reach("signer.sign")
        AuditCheckpoint(
            size=frontier.size,
            root=root.hex(),
            note=sign_checkpoint(text, self._signing),
            peaks=b"".join(frontier.peaks).hex(),
            signed_at=now.replace(microsecond=0),
        ).save()
        faults.reach("signer.signed")
        self._signed_size, self._unsigned_since = frontier.size, None
        self._to_witness.append(frontier.size)

    def _load(self) -> Frontier:
        """Go on from the last checkpoint, and from the leaves that came after it."""
        last = AuditCheckpoint.objects.order_by("-size").first()
        frontier = self._signed_frontier(last) if last else Frontier()
        self._signed_size = frontier.size
        rows = AuditLeaf.objects.filter(index__gte=frontier.size).order_by("index")
        for index, leaf in rows.values_list("index", "leaf_hash").iterator(_READ_ROWS):
            if index != frontier.size:
                raise IntegrityError(f"leaf {frontier.size} of the audit log is gone")
            frontier.append(bytes.fromhex(leaf))
        self._unsigned_since = None if frontier.size == self._signed_size else now_utc()
        self._to_witness = self._unwitnessed()
        _queue_forgotten()
        return frontier

    def _signed_frontier(self, last: AuditCheckpoint) -> Frontier:
        checkpoint = check_checkpoint(last.note, self.key)
        raw = bytes.fromhex(last.peaks)
        peaks = [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]
        frontier = Frontier(last.size, peaks)
        if (checkpoint.size, checkpoint.root) != (last.size, frontier.root()):
            raise IntegrityError(f"checkpoint {last.size} of the database is not what was signed")
        return frontier

    def _unwitnessed(self) -> list[int]:
        """Return the sizes that have no copy yet; a copy without its row is a rolled back log."""
        copied = set(witnessed_sizes(self._witness))
        log_keys.publish_log_key(self.key, self._witness)
        signed = AuditCheckpoint.objects.order_by("size").values_list("size", flat=True)
        missing = []
        for size in signed.iterator(_READ_ROWS):
            if size in copied:
                copied.discard(size)
            else:
                missing.append(size)
        if copied:
            raise IntegrityError(
                f"the witness holds checkpoint {max(copied)}, the database does not: it is an "
                "older copy. Nothing is signed; see how-to/verify-the-audit.md"
            )
        return missing


@contextmanager
def signing(witness: Path) -> Iterator[Signer]:
    """Be the one signer; the key is made where there is none.

    Raises:
        SignerBusy: Another one is at work.
    """
    log_keys.make_log_key()
    path = log_keys.signer_folder() / "lock"
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise SignerBusy("another signer of this installation is at work") from error
    try:
        yield Signer(witness)
    finally:
        os.close(lock)


def keep_signing(signer: Signer, say: Callable[[str], None]) -> None:
    """Work until interrupted; what can pass by itself is said and tried again.

    Raises:
        IntegrityError: The log is not what was signed: somebody must look.
    """
    while True:
        try:
            close_old_connections()
            signer.round()
        except IntegrityError:
            raise
        except (PolitError, OSError, DatabaseError) as error:
            say(f"the audit log waits: {error}")
        sleep_s(_POLL_S)


def _take_in(frontier: Frontier, wanted: int) -> tuple[Frontier, int]:
    """Give the next events their leaves; return the grown frontier and how many they were."""
    grown = Frontier(frontier.size, frontier.peaks)
    with transaction.atomic():
        waiting = AuditPending.objects.select_related("event").order_by("pk")[:wanted]
        events = [pending.event for pending in waiting]
        leaves = [_next_leaf(grown, event) for event in events]
        faults.reach("signer.take_in")
        AuditLeaf.objects.bulk_create(leaves)
        faults.reach("signer.unqueue")
        AuditPending.objects.filter(pk__in=[event.pk for event in events]).delete()
        faults.reach("signer.commit")
    faults.reach("signer.took_in")
    return grown, len(events)


def _next_leaf(grown: Frontier, event: AuditEvent) -> AuditLeaf:
    hashed = leaf_hash(commitment(event.body, bytes.fromhex(event.salt)))
    leaf = AuditLeaf(index=grown.size, event=event, leaf_hash=hashed.hex())
    grown.append(hashed)
    return leaf


def _queue_forgotten() -> None:
    """Queue events that have neither leaf nor place in the queue: somebody emptied it."""
    forgotten = AuditEvent.objects.filter(leaf=None, auditpending=None)
    with transaction.atomic():
        AuditPending.objects.bulk_create(AuditPending(event=event) for event in forgotten)
