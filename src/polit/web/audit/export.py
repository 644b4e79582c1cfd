"""Exports of the log, for an outside expert: events, all leaves, checkpoints, the verifier.

An export is itself an event of the log, written after the events were read and before anything
is handed out. It holds their number and the digest of their lines, and a checkpoint must cover it
before the export is whole: what is taken out of the folder afterwards is missed.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BufferedWriter, FileIO
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from polit.base.canonical import canonical_json
from polit.base.clock import monotonic_s, sleep_s
from polit.base.errors import SignerBusy, UsageError
from polit.web.audit import verify_audit
from polit.web.audit.checkpoint import LogKey
from polit.web.audit.export_lines import Selection, event_line, log_lines
from polit.web.audit.log_keys import read_log_key
from polit.web.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditPending
from polit.web.audit.rules import Nature
from polit.web.audit.services import Deed, act
from polit.web.audit.signer import signing
from polit.web.core.acting import Actor

Ready = TypeVar("Ready")

EXPORT_ACTION = "audit.export"
_PATIENCE_S = 150.0
_READ_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds."""

    folder: Path
    leaves: int
    events: int
    checkpoints: int


@dataclass(slots=True)
class _NamedCase:
    id: UUID
    reference: str


class _Export:
    """One export while it is made, in a folder beside the one it will be."""

    def __init__(self, folder: Path, selection: Selection, key: LogKey) -> None:
        self.folder, self._selection, self._key = folder, selection, key
        self._cut = self._events = 0
        self._digest = hashlib.sha256()

    def write_events(self) -> None:
        """Write the lines of all events that are shown."""
        self._cut = AuditLeaf.objects.count()
        with _new_file(self.folder / "events.jsonl") as stream:
            for _, line in log_lines(self._selection, size=self._cut):
                if line is not None:
                    stream.write(line)
                    self._digest.update(line)
                    self._events += 1

    def tell(self, deed: Deed) -> None:
        """Say what the log is to know of this export; the verifier compares it."""
        deed.about(
            "audit",
            self._key.name,
            case=self._selection.case_reference,
            cut=self._cut,
            events=self._events,
            events_sha256=self._digest.hexdigest(),
            since=self._selection.since,
        )

    def write_rest(self, leaf: AuditLeaf) -> Exported:
        """Write the export's own event, which a checkpoint covers by now, and all else."""
        with (self.folder / "events.jsonl").open("ab") as stream:
            stream.write(event_line(leaf))
        covering = AuditCheckpoint.objects.filter(size__gt=leaf.index)
        size = covering.order_by("size").values_list("size", flat=True)[:1].get()
        checkpoints = self._write_checkpoints(size)
        self._write_leaves(size)
        _write(self.folder / "public-key", f"{self._key.text}\n".encode())
        _write(self.folder / "README.txt", verify_audit.README.encode())
        shutil.copyfile(verify_audit.__file__, self.folder / "verify_audit.py")
        self._write_manifest(size, checkpoints)
        return Exported(self.folder, size, self._events + 1, checkpoints)

    def _write_checkpoints(self, size: int) -> int:
        notes = self.folder / verify_audit.NOTES
        notes.mkdir(mode=0o700)
        count = 0
        for row in AuditCheckpoint.objects.filter(size__lte=size).order_by("size").iterator():
            _write(notes / verify_audit.note_name(row.size), row.note.encode())
            count += 1
        return count

    def _write_leaves(self, size: int) -> None:
        rows = AuditLeaf.objects.filter(index__lt=size).order_by("index")
        with _new_file(self.folder / "leaves.bin") as stream:
            for leaf in rows.values_list("leaf_hash", flat=True).iterator(_READ_ROWS):
                stream.write(bytes.fromhex(leaf))

    def _write_manifest(self, size: int, checkpoints: int) -> None:
        manifest = {
            "format": verify_audit.FORMAT,
            "origin": self._key.name,
            "size": size,
            "cut": self._cut,
            "events": self._events + 1,
            "checkpoints": checkpoints,
            "case": self._selection.case_reference,
            "since": self._selection.since,
            "files": {
                name: verify_audit.file_sha256(self.folder / name) for name in verify_audit.FILES
            },
        }
        _write(self.folder / "manifest.json", canonical_json(manifest) + b"\n")


def audit_export(
    actor: Actor, folder: Path, *, reason: str, selection: Selection, witness: Path
) -> Exported:
    """Write an export into a new folder, whole or not at all.

    Args:
        actor: Who exports.
        folder: The folder to make.
        reason: Why; it is recorded.
        selection: Which events are shown.
        witness: The folder of the witness's copies and of the log's public key.

    Raises:
        UsageError: The folder is there already, or the log knows no such case.
        SourceMissing: The signer never ran.
        SignerBusy: Nothing signed the export's own event in time; nothing is handed out.
    """
    if os.path.lexists(folder):
        raise UsageError(f"{folder} is there already: name another folder")
    case = _case_of(selection.case_reference) if selection.case_reference else None
    key = read_log_key(witness)
    aside = folder.with_name(f".{folder.name}.part")
    aside.mkdir(mode=0o700)
    newest = AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    try:
        _wait_for(lambda: _is_taken_in(newest), witness)
        export = _Export(aside, selection, key)
        export.write_events()
        with act(actor, EXPORT_ACTION, reason=reason, case=case, nature=Nature.DISCLOSURE) as deed:
            export.tell(deed)
        made = export.write_rest(_wait_for(lambda: _covered_leaf(deed), witness))
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside)
        raise
    return replace(made, folder=folder)


def _case_of(reference: str) -> _NamedCase:
    """Return a case as the log knows it: the audit is below the register of cases."""
    known = AuditEvent.objects.filter(case_reference=reference).exclude(case_id=None).first()
    if known is None or known.case_id is None:
        raise UsageError(f"the audit log has no event of a case {reference!r}")
    return _NamedCase(known.case_id, reference)


def _is_taken_in(newest: int) -> bool:
    return not AuditPending.objects.filter(pk__lte=newest).exists()


def _covered_leaf(deed: Deed) -> AuditLeaf | None:
    """Return the leaf of an event, ``None`` while no checkpoint covers it."""
    leaf = AuditLeaf.objects.filter(event__event_id=str(deed.event_id)).first()
    is_covered = leaf and AuditCheckpoint.objects.filter(size__gt=leaf.index).exists()
    return leaf if is_covered else None


def _wait_for(ready: Callable[[], Ready | None], witness: Path) -> Ready:
    """Return what is ready once the signer worked.

    Whoever may sign does; whoever may not, as in production, waits for the signer.
    """
    give_up_s = monotonic_s() + _PATIENCE_S
    while monotonic_s() < give_up_s:
        found = ready()
        if found:
            return found
        try:
            with signing(witness) as signer:
                signer.round(is_last=True)
        except (SignerBusy, PermissionError):
            sleep_s(1.0)
    raise SignerBusy("no checkpoint covers the export's own event: is 'polit signer' running?")


def _write(path: Path, data: bytes) -> None:
    with _new_file(path) as stream:
        stream.write(data)


def _new_file(path: Path) -> BufferedWriter:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    return BufferedWriter(FileIO(descriptor, "wb"))
