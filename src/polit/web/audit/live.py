"""Checks the log in the database as the one-file verifier checks an export of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Count, Max

from polit.web.audit.checkpoint import log_key
from polit.web.audit.export_lines import Selection, log_lines
from polit.web.audit.log_keys import read_log_key
from polit.web.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf
from polit.web.audit.verify_audit import Checkpoint, Findings, Key, LogCheck, Witness, note_name

_READ_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class LiveLog:
    """What checking the database came to.

    Args:
        findings: As of an export.
        waiting: Events that the log has not taken in yet; they belong to the tail.
    """

    findings: Findings
    waiting: int

    @property
    def tail(self) -> int:
        """Events that no witnessed checkpoint covers."""
        return self.findings.tail + self.waiting


def check_live(witness: Path, given_key: str = "") -> LiveLog:
    """Check every event, leaf and checkpoint of the database against the witness's copies.

    Args:
        witness: The folder of the witness's copies and of the log's public key.
        given_key: The line of the public key from another source; empty: the witness folder's.

    Raises:
        SourceMissing: The signer never ran.
        IntegrityError: What was given is no key.
    """
    findings = Findings()
    key = Key((log_key(given_key) if given_key else read_log_key(witness)).text)
    findings.key = key.line
    # In this order, for the signer goes on meanwhile: a copy has its checkpoint before, and a
    # checkpoint its leaves. What comes later is left to the next check.
    copies = Witness(witness, key, findings)
    signed = AuditCheckpoint.objects.aggregate(last=Max("size"))["last"] or 0
    size = _contiguous_size(findings)
    log = LogCheck(findings, _checkpoints(signed, key, copies, findings))
    for leaf, line in log_lines(Selection(), size=size):
        log.record(leaf, line)
    log.end()
    copies.end()
    if findings.later_witnessed:
        # Of an export such copies are later ones; the database itself has all that was signed.
        said = f"it holds {findings.later_witnessed} checkpoints of which the database has none"
        findings.fault("witness", f"{said}: events were removed, or it is an older copy")
    return LiveLog(findings, AuditEvent.objects.filter(leaf=None).count())


def _contiguous_size(findings: Findings) -> int:
    """Return how many leaves there are; a gap between them is a fault."""
    # One question: between two of them the log grows.
    found = AuditLeaf.objects.aggregate(count=Count("pk"), last=Max("index"))
    count: int = found["count"]
    last: int | None = found["last"]
    if last is not None and last != count - 1:
        findings.fault("leaves", f"there are {count}, and the last one is leaf {last}")
    return count


def _checkpoints(
    signed: int, key: Key, copies: Witness, findings: Findings
) -> Iterator[Checkpoint]:
    rows = AuditCheckpoint.objects.filter(size__lte=signed).order_by("size")
    for row in rows.iterator(_READ_ROWS):
        opened = key.try_open(note_name(row.size), row.note.encode(), findings)
        if opened is not None:
            copies.compare(opened)
            yield opened
