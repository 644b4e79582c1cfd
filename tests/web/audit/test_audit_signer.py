"""The signer takes everything in, once, in order; signs in time; survives every fault."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from audited_logs import Grow
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.db import DatabaseError

from polit.base import faults
from polit.base.clock import now_utc
from polit.base.errors import (
    IntegrityError,
    SignerBusy,
    SourceMissing,
    SourceUnreadable,
    StorageFull,
)
from polit.web.audit import log_keys
from polit.web.audit import signer as signers
from polit.web.audit.checkpoint import LogKey
from polit.web.audit.live import check_live
from polit.web.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditPending
from polit.web.audit.signer import Signer, signing

POINTS = (
    "signer.take_in", "signer.unqueue", "signer.commit", "signer.took_in", "signer.sign",
    "signer.signed", "witness.write", "witness.sync", "witness.rename", "witness.sync_folder",
)  # fmt: skip


def holds(witness: Path) -> bool:
    """Tell whether the log holds and nothing is left in its tail."""
    live = check_live(witness)
    return live.findings.fault_count == 0 and live.tail == 0


def test_events_get_leaves_in_the_order_they_were_committed(
    signer: Signer, witness: Path, write_acts: Grow
) -> None:
    write_acts(5)
    done = signer.round(is_last=True)
    assert (done.events, done.checkpoints, done.size) == (5, 1, 5)
    assert not AuditPending.objects.exists()
    assert {path.stat().st_mode & 0o777 for path in witness.iterdir()} == {0o644}
    leaves = AuditLeaf.objects.order_by("index").values_list("index", "event__seq")
    events = AuditEvent.objects.order_by("seq").values_list("seq", flat=True)
    assert list(leaves) == list(enumerate(events))
    assert holds(witness)


def test_nothing_new_is_not_signed_again(signer: Signer, write_acts: Grow) -> None:
    write_acts(1)
    signer.round(is_last=True)
    assert signer.round(is_last=True) == signers.Signed(0, 0, 1)


def test_checkpoint_waits_for_its_time(
    signer: Signer, write_acts: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_acts(1)
    assert signer.round().checkpoints == 0
    write_acts(1)
    assert signer.round().checkpoints == 0
    later = now_utc() + signers.CHECKPOINT_EVERY
    monkeypatch.setattr(signers, "now_utc", lambda: later)
    assert signer.round().checkpoints == 1


def test_checkpoint_is_signed_at_its_number(
    signer: Signer, write_acts: Grow, monkeypatch: pytest.MonkeyPatch, witness: Path
) -> None:
    monkeypatch.setattr(signers, "CHECKPOINT_EVENTS", 4)
    write_acts(10)
    assert signer.round() == signers.Signed(10, 2, 10)
    with signing(witness) as another:
        assert another.round(is_last=True) == signers.Signed(0, 1, 10)
    assert sorted(AuditCheckpoint.objects.values_list("size", flat=True)) == [4, 8, 10]
    assert holds(witness)


def test_event_that_commits_late_is_not_lost(
    signer: Signer, witness: Path, write_acts: Grow
) -> None:
    signer.round()  # it has begun, and looks for forgotten events no more
    write_acts(2)
    late = AuditPending.objects.order_by("pk").first()
    assert late is not None
    number = late.event_id
    late.delete()  # as if its transaction were still open
    signer.round(is_last=True)
    AuditPending(event_id=number).save(force_insert=True)
    signer.round(is_last=True)
    leaf = AuditLeaf.objects.get(event_id=number)
    assert leaf.index == 1
    assert holds(witness)


def test_event_taken_from_the_queue_is_found_at_the_next_start(
    signer: Signer, witness: Path, write_acts: Grow
) -> None:
    write_acts(2)
    AuditPending.objects.all().delete()
    assert signer.round(is_last=True).events == 2
    assert holds(witness)


def test_one_signer_works_at_a_time(witness: Path, data: Path) -> None:
    with signing(witness), pytest.raises(SignerBusy), signing(witness):
        pass
    assert (data / "signer" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert (data / "signer").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("action", ["eio", "enospc"])
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("turn", [1, 2])
def test_each_write_may_fail_once(
    point: str, action: str, turn: int, witness: Path, write_acts: Grow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(faults, "_planted", faults._parse(f"{point}@{turn}:{action}"))
    failed = 0
    with signing(witness) as signer:
        for _ in range(3):
            write_acts(2)
            try:
                signer.round(is_last=True)
            except (OSError, StorageFull):
                failed += 1
        signer.round(is_last=True)
    assert failed == 1
    assert holds(witness)


def test_database_older_than_the_witness_is_not_signed(
    signer: Signer, witness: Path, write_acts: Grow
) -> None:
    write_acts(1)
    signer.round(is_last=True)
    (witness / "000000000009.checkpoint").write_text("a later one")
    with pytest.raises(IntegrityError, match="older copy"), signing(witness) as another:
        another.round()


def test_checkpoint_of_another_key_is_not_continued(
    signer: Signer, witness: Path, write_acts: Grow, data: Path
) -> None:
    write_acts(1)
    signer.round(is_last=True)
    (data / "signer" / "key.pem").unlink()
    with pytest.raises(IntegrityError), signing(witness) as another:
        another.round()


def test_checkpoint_whose_columns_differ_from_its_note_is_not_continued(
    signer: Signer, witness: Path, write_acts: Grow
) -> None:
    write_acts(2)
    signer.round(is_last=True)
    last = AuditCheckpoint.objects.get()
    AuditCheckpoint(
        size=3, root=last.root, note=last.note, peaks="00" * 64, signed_at=now_utc()
    ).save()
    with pytest.raises(IntegrityError, match="not what was signed"), signing(witness) as another:
        another.round()


def test_gap_between_leaves_stops_the_signer(
    signer: Signer, witness: Path, write_acts: Grow
) -> None:
    write_acts(2)
    signer.round(is_last=True)
    write_acts(1)
    event = AuditEvent.objects.order_by("-seq")[0]
    AuditPending.objects.all().delete()
    AuditLeaf(index=7, event=event, leaf_hash="00" * 32).save()
    with pytest.raises(IntegrityError, match="leaf 2"), signing(witness) as another:
        another.round()
    assert check_live(witness).findings.faults[0].place == "leaves"


def test_copy_that_differs_stops_the_signer(
    signer: Signer, witness: Path, write_acts: Grow
) -> None:
    witness.mkdir(parents=True)
    write_acts(1)
    signer.round()
    (witness / "000000000001.checkpoint").write_text("another")
    with pytest.raises(IntegrityError, match="forked"):
        signer.round(is_last=True)


def test_copy_that_is_the_same_already_is_left(
    signer: Signer, witness: Path, write_acts: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "_planted", faults._parse("witness.sync_folder:eio"))
    write_acts(1)
    with pytest.raises(OSError, match="planted"):
        signer.round(is_last=True)
    signer.round(is_last=True)
    assert holds(witness)


def test_witness_of_another_log_is_refused(signer: Signer, witness: Path) -> None:
    witness.mkdir(parents=True)
    other = "polit.invalid/audit/66687aadf862bd77"
    key = LogKey(other, bytes(32))
    (witness / "public-key").write_text(f"{key.text}\n")
    with pytest.raises(IntegrityError, match="another log's key"):
        signer.round()


def test_signer_goes_on_after_what_passes_by_itself(
    signer: Signer, write_acts: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_acts(1)
    outcomes = iter([OSError("planted"), DatabaseError("locked"), IntegrityError("forked")])
    said: list[str] = []

    def fail(_self: Signer) -> signers.Signed:
        raise next(outcomes)

    monkeypatch.setattr(Signer, "round", fail)
    monkeypatch.setattr(signers, "sleep_s", lambda _seconds: None)
    monkeypatch.setattr(signers, "close_old_connections", lambda: None)
    with pytest.raises(IntegrityError):
        signers.keep_signing(signer, said.append)
    assert said == ["the audit log waits: planted", "the audit log waits: locked"]


def test_key_that_is_missing_or_damaged_is_told(data: Path, witness: Path) -> None:
    with pytest.raises(SourceMissing):
        log_keys.open_signing_key()
    with pytest.raises(SourceMissing):
        log_keys.read_log_key(witness)
    log_keys.make_log_key()
    path = data / "signer" / "key.pem"
    path.write_bytes(b"no key")
    with pytest.raises(SourceUnreadable, match="damaged"):
        log_keys.open_signing_key()
    another = generate_private_key(SECP256R1())
    path.write_bytes(another.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SourceUnreadable, match="no Ed25519 key"):
        log_keys.open_signing_key()


def test_witness_folder_is_a_setting(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert log_keys.witness_folder() == data / "witness"
    monkeypatch.setitem(os.environ, "POLIT_WITNESS", "/elsewhere")
    assert log_keys.witness_folder() == Path("/elsewhere")


def test_old_uncovered_leaf_is_signed_at_the_next_start(
    signer: Signer, witness: Path, write_acts: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_acts(1)
    signer.round()
    with signing(witness) as another:
        another.round()
        later = now_utc() + signers.CHECKPOINT_EVERY + timedelta(seconds=1)
        monkeypatch.setattr(signers, "now_utc", lambda: later)
        assert another.round().checkpoints == 1
