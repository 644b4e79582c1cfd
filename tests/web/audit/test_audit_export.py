"""Exports are whole or not there, are recorded, and hold what was selected."""

import random
from pathlib import Path
from typing import Any
from unittest.mock import patch

import audited_logs
import pytest
from audited_logs import Grow
from django.db import connection

from polit.base.errors import IntegrityError, SignerBusy, SourceMissing, UsageError
from polit.web.audit import export as exports
from polit.web.audit import log_keys
from polit.web.audit import verify_audit as verifier
from polit.web.audit.checkpoint import Checkpoint, sign_checkpoint
from polit.web.audit.export import audit_export
from polit.web.audit.export_lines import Selection
from polit.web.audit.live import check_live
from polit.web.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf
from polit.web.audit.signer import Signer, signing
from polit.web.core.acting import SYSTEM


def test_export_is_a_disclosure_of_the_case(export: Path, witness: Path, tmp_path: Path) -> None:
    audited_logs.export(tmp_path / "case", witness, "OP-1")
    event = AuditEvent.objects.order_by("-seq")[0]
    assert (event.action, event.nature, event.case_reference) == (
        "audit.export", "disclosure", "OP-1",
    )  # fmt: skip
    assert event.case_id == audited_logs.CASES[0].id
    assert not list(tmp_path.glob(".*"))
    assert (export / "events.jsonl").stat().st_mode & 0o077 == 0


def test_export_of_days_withholds_what_was_before(
    export: Path, witness: Path, tmp_path: Path
) -> None:
    del export
    made = audit_export(
        SYSTEM, tmp_path / "new", reason="a test", selection=Selection(since="2999-01-01"),
        witness=witness,
    )  # fmt: skip
    found = verifier.check_export(tmp_path / "new", witness)
    # Its own record is before that day, and shown all the same.
    assert (found.fault_count, found.events, made.events, found.withheld) == (0, 1, 1, 13)


def test_folder_that_is_there_is_not_written_into(export: Path, witness: Path) -> None:
    count = AuditEvent.objects.count()
    with pytest.raises(UsageError, match="there already"):
        audited_logs.export(export, witness)
    assert AuditEvent.objects.count() == count


def test_case_that_the_log_does_not_know_is_refused(
    export: Path, witness: Path, tmp_path: Path
) -> None:
    del export
    with pytest.raises(UsageError, match="no event of a case"):
        audited_logs.export(tmp_path / "case", witness, "OP-9")


def test_export_before_the_signer_ever_ran_is_refused(witness: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceMissing):
        audited_logs.export(tmp_path / "export", witness)


def test_export_that_nothing_signs_hands_nothing_out(
    signer: Signer, witness: Path, tmp_path: Path, write_acts: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_acts(1)
    signer.round(is_last=True)
    waited: list[float] = []
    monkeypatch.setattr(exports, "sleep_s", waited.append)
    clock = iter(range(0, 10_000, 50))
    monkeypatch.setattr(exports, "monotonic_s", lambda: next(clock))
    with pytest.raises(SignerBusy, match="is 'polit signer' running"), signing(witness):
        audited_logs.export(tmp_path / "export", witness)
    assert waited == [1.0, 1.0, 1.0][: len(waited)]
    assert waited
    assert not (tmp_path / "export").exists()
    assert not list(tmp_path.glob(".*"))


def test_live_log_is_checked_with_a_key_from_outside(export: Path, witness: Path) -> None:
    key = (export / "public-key").read_text()
    assert check_live(witness, key).findings.fault_count == 0
    with pytest.raises(IntegrityError):
        check_live(witness, "no key")


def test_live_log_shorter_than_the_witness_is_a_fault(
    export: Path, witness: Path, write_acts: Grow
) -> None:
    del export
    write_acts(1)
    assert check_live(witness).tail == 1
    newest = max(witness.glob("*.checkpoint"))
    (witness / verifier.note_name(99)).write_bytes(newest.read_bytes())
    assert check_live(witness).findings.fault_count == 1


def test_live_log_that_was_rolled_back_is_a_fault(export: Path, witness: Path) -> None:
    del export
    key = log_keys.open_signing_key()
    name = log_keys.public_half(key).name
    later = sign_checkpoint(Checkpoint(name, 99, bytes(32), "2026-11-26T12:00:00Z"), key)
    (witness / verifier.note_name(99)).write_text(later)
    found = check_live(witness).findings
    assert [fault.place for fault in found.faults] == ["witness"]


def test_log_that_grows_while_it_is_checked_holds(
    signer: Signer, witness: Path, write_acts: Grow
) -> None:
    write_acts(3)
    signer.round(is_last=True)
    seen: list[str] = []

    def grow_before(execute: Any, sql: str, *rest: Any) -> Any:
        if sql not in seen and ("audit_leaf" in sql or "audit_checkpoint" in sql):
            seen.append(sql)
            with patch.object(connection, "execute_wrappers", []):
                write_acts(1)
                signer.round(is_last=True)
        return execute(sql, *rest)

    with connection.execute_wrapper(grow_before):
        live = check_live(witness)
    assert len(seen) >= 4
    assert [*live.findings.faults] == []


def test_live_checkpoint_that_is_forged_is_a_fault(signer: Signer, witness: Path) -> None:
    audited_logs.grow(4, random.Random(1), witness)
    last = AuditCheckpoint.objects.get()
    AuditCheckpoint(
        size=3, root=last.root, note=last.note, peaks="", signed_at=last.signed_at
    ).save()
    assert check_live(witness).findings.fault_count == 1
    assert AuditLeaf.objects.count() == 4
    del signer
