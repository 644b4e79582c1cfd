"""The one-file verifier: what it takes, what it refuses, how it speaks, and what it needs."""

import ast
import json
import os
import random
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import audited_logs
import pytest
from audit_tampering import Forgery
from audited_logs import Grow
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from polit.web.audit import log_keys
from polit.web.audit import verify_audit as verifier
from polit.web.audit.models import AuditEvent
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.audit.signer import Signer, signing
from polit.web.core.acting import SYSTEM

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def said(folder: Path, witness: Path | None, key: str = "") -> str:
    """Return all faults as one text."""
    found = verifier.check_export(folder, witness, key)
    return "\n".join(f"{fault.place}: {fault.said}" for fault in found.faults)


def forgery(folder: Path) -> Forgery:
    forged = Forgery(folder, (), log_keys.open_signing_key(), random.Random(1))
    forged.load()
    return forged


def let_events_be_changed() -> None:
    """Take the trigger away, as whoever erases by law has to."""
    on_postgres = "ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_change"
    on_sqlite = "DROP TRIGGER audit_event_no_update"
    with connection.cursor() as cursor:
        cursor.execute(on_postgres if connection.vendor == "postgresql" else on_sqlite)


def test_untouched_export_holds(export: Path, witness: Path) -> None:
    found = verifier.check_export(export, witness)
    assert found.fault_count == 0
    assert (found.leaves, found.events, found.withheld, found.erased) == (13, 13, 0, 0)
    assert (found.checkpoints, found.last_witnessed_size, found.tail) == (3, 13, 0)
    assert "(all cases)" in found.disclosed


@pytest.mark.parametrize("name", ["events.jsonl", "manifest.json", "checkpoints", "more"])
@pytest.mark.parametrize("make", ["link", "pipe"])
def test_what_is_no_plain_file_is_a_fault_and_never_opened(
    export: Path, witness: Path, name: str, make: str
) -> None:
    path = export / name
    aside = export.with_name(f"genuine-{name}")
    if path.exists():
        path.rename(aside)
    path.symlink_to(aside if name != "more" else "/dev/zero") if make == "link" else os.mkfifo(path)
    command = [sys.executable, "-I", verifier.__file__, str(export), "--witness", str(witness)]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=30)
    assert (ended.returncode, ended.stderr) == (4, b"")
    assert b"is no" in ended.stdout


def test_verifier_runs_alone_as_a_command(export: Path, witness: Path) -> None:
    command = [sys.executable, "-I", str(export / "verify_audit.py"), str(export)]
    ended = subprocess.run(
        [*command, "--witness", str(witness), "--public-key", str(export / "public-key"), "--json"],
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout)["holds"] is True


def test_verifier_imports_the_standard_library_and_cryptography_alone() -> None:
    source = Path(verifier.__file__).read_text(encoding="utf-8")
    names = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source, feature_version=(3, 9)))
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else []
        )
    }  # fmt: skip
    assert names - set(sys.stdlib_module_names) == {"cryptography"}


def test_without_a_witness_the_report_warns(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verifier.main([str(export)]) == 0
    told = capsys.readouterr().out
    assert "nothing is witnessed" in told
    assert "without a witness" in told
    assert "the key comes from the export" in told


def test_fault_is_told_with_its_place_and_exit_code(
    export: Path, witness: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = forgery(export)
    forged.lines[3]["body"]["actor_name"] = "B. Example \u202e\u001b[2J"
    forged.save()
    key = (export / "public-key").read_text().strip()
    assert verifier.main([str(export), "--witness", str(witness), "--public-key", key]) == 4
    told = capsys.readouterr().out
    assert "DOES NOT HOLD" in told
    assert "event 3: it is not the event that the log took in" in told
    assert "\u202e" not in told
    assert "\u001b" not in told


def test_folder_that_is_none_is_refused(export: Path, tmp_path: Path) -> None:
    for arguments in ([str(tmp_path / "no")], [str(export), "--witness", str(tmp_path / "no")]):
        with pytest.raises(SystemExit) as stopped:
            verifier.main(arguments)
        assert stopped.value.code == 2


def test_tail_is_a_number_where_the_witness_is_behind(
    export: Path, witness: Path, tmp_path: Path
) -> None:
    audited_logs.leave_behind(witness, tmp_path / "behind")
    found = verifier.check_export(export, tmp_path / "behind")
    assert (found.fault_count, found.last_witnessed_size, found.tail) == (0, 12, 1)
    shutil.rmtree(tmp_path / "behind")
    (tmp_path / "behind").mkdir()
    found = verifier.check_export(export, tmp_path / "behind")
    assert (found.fault_count, found.last_witnessed_size, found.tail) == (0, 0, 13)
    assert "nothing is witnessed" in verifier.report(found, key_was_given=True)


def test_later_checkpoints_of_the_witness_are_counted(
    export: Path, witness: Path, write_acts: Grow
) -> None:
    write_acts(2)
    with signing(witness) as signer:
        signer.round(is_last=True)
    found = verifier.check_export(export, witness)
    assert (found.fault_count, found.later_witnessed) == (0, 1)


@pytest.mark.usefixtures("export")
def test_case_export_withholds_other_cases(
    witness: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audited_logs.export(tmp_path / "case", witness, "OP-1")
    found = verifier.check_export(tmp_path / "case", witness)
    assert (found.fault_count, found.events, found.withheld) == (0, 5, 9)
    assert verifier.main([str(tmp_path / "case"), "--witness", str(witness)]) == 0
    assert "withheld event" in capsys.readouterr().out


@pytest.mark.usefixtures("export")
def test_event_taken_out_of_a_case_export_is_missed(witness: Path, tmp_path: Path) -> None:
    audited_logs.export(tmp_path / "case", witness, "OP-1")
    forged = forgery(tmp_path / "case")
    del forged.lines[1]
    forged.save()
    forged.mend_manifest()
    assert "its last event is not the record of this export" in said(tmp_path / "case", witness)


def test_event_of_another_case_does_not_belong(export: Path, witness: Path) -> None:
    path = export / "manifest.json"
    manifest = json.loads(path.read_bytes()) | {"case": "OP-1"}
    path.write_bytes(verifier.canonical(manifest) + b"\n")
    assert "event 1: it does not belong into this export" in said(export, witness)


def test_event_erased_by_law_is_counted_apart(
    signer: Signer, witness: Path, write_acts: Grow, tmp_path: Path
) -> None:
    write_acts(3)
    with act(SYSTEM, "audit.erase", reason="a court's order", nature=Nature.ERASURE) as deed:
        deed.about("audit_leaf", "1")
    let_events_be_changed()
    second = AuditEvent.objects.order_by("seq")[1]
    signer.round(is_last=True)
    AuditEvent.objects.filter(pk=second.pk).update(salt="", details="", actor_name="")
    audited_logs.export(tmp_path / "export", witness)
    found = verifier.check_export(tmp_path / "export", witness)
    assert (found.fault_count, found.erased, found.events) == (0, 1, 4)


def test_erasure_that_no_event_tells_of_is_a_fault(export: Path, witness: Path) -> None:
    for by, told in ((3, "cannot have done it"), (5, "no event of the log tells of its erasure")):
        forged = forgery(export)
        forged.lines[3] = {"erased_by": by, "index": 3}
        forged.save()
        assert told in said(export, witness)


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new, 1))

    return change


def manifest_with(**values: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_bytes()) | values
        path.write_bytes(verifier.canonical(manifest) + b"\n")

    return change


def line_with(**values: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        forged = forgery(folder)
        forged.lines[3] |= values
        forged.save()

    return change


def rewritten(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return write


def held(name: str, data: bytes) -> Callable[[Path], None]:
    return rewritten(name, lambda was: was[:0] + data)


def prefixed(name: str, data: bytes) -> Callable[[Path], None]:
    return rewritten(name, lambda was: data + was)


def signed_out_of_order(folder: Path) -> None:
    note = min((folder / "checkpoints").iterdir())
    text = note.read_text(encoding="utf-8")
    note.write_text(text.replace("signed 2", "signed 3"), encoding="utf-8")
    forgery(folder).sign_anew(log_keys.open_signing_key())


def exchanged(folder: Path) -> None:
    path = folder / "leaves.bin"
    data = path.read_bytes()
    path.write_bytes(data[32:64] + data[:32] + data[64:])


def misnamed(folder: Path) -> None:
    note = min((folder / "checkpoints").iterdir())
    note.rename(note.with_name(verifier.note_name(7)))


def beyond(folder: Path) -> None:
    forged = forgery(folder)
    forged.leaves = forged.leaves[:5]
    forged.save()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda folder: (folder / "leaves.bin").unlink(), "leaves.bin: it is missing"),
        (lambda folder: (folder / "new").touch(), "new: it was added"),
        (lambda folder: (folder / "checkpoints/new").touch(), "checkpoints/new: it was added"),
        (replaced("README.txt", b"export", b"report"), "its text was altered"),
        (replaced("public-key", b"polit", b"tilop"), "name, id and key disagree"),
        (held("public-key", b"x+y+AAAA\n"), "no Ed25519 key"),
        (held("public-key", b"x+y+!\n"), "no base64"),
        (held("public-key", b"\xff"), "public-key is no text"),
        (rewritten("public-key", lambda data: data + b"\n"), "not the key that was given"),
        (manifest_with(format="another"), "manifest.json is none of"),
        (manifest_with(size=-1), "manifest.json is none of"),
        (manifest_with(origin="another"), "it names another log"),
        (manifest_with(events=4), "counts other events"),
        (manifest_with(size=20), "leaves.bin: it ends before leaf 13"),
        (manifest_with(size=12), "leaves.bin: it goes on after the last leaf"),
        (manifest_with(size=12), "event 12: the log never took it in"),
        (manifest_with(since="3"), "event 3: it does not belong into this export"),
        (held("manifest.json", b"[]\n"), "no JSON object in its one form"),
        (held("manifest.json", b"\xff"), "manifest.json is no text"),
        (held("manifest.json", b"{"), "no JSON object"),
        (prefixed("events.jsonl", b'{"x":"\\ud800"'), "event 0: it is no JSON"),
        (rewritten("events.jsonl", lambda data: data + data), "stands twice or out of order"),
        (rewritten("events.jsonl", lambda data: data[:-9]), "not the record of this export"),
        (rewritten("leaves.bin", lambda data: data + bytes(32)), "goes on after the last leaf"),
        (line_with(salt="00" * 32), "event 3: it is not the event"),
        (line_with(body={"x": "y"}), "event 3: the line has not the parts"),
        (line_with(body=7), "event 3: the line has not the parts"),
        (line_with(extra=1), "event 3: the line has not the parts"),
        (replaced("events.jsonl", b'"salt":"', b'"salt": "'), "no event, or stands twice"),
        (replaced("events.jsonl", b'{"body":{"action', b'{ "body":{"action'), "in its one form"),
        (exchanged, "the events before it are not those that were signed"),
        (signed_out_of_order, "before the one before it"),
        (misnamed, "it is called 000000000007.checkpoint and speaks of 6 events"),
        (beyond, "it speaks of 6 events, the log has 5"),
        (lambda folder: forgery(folder).sign_anew(OTHER_KEY), "holds another one of this size"),
    ],
)  # fmt: skip
def test_each_kind_of_damage_is_told(
    export: Path, witness: Path, change: Callable[[Path], None], told: str
) -> None:
    change(export)
    assert told in said(export, witness)


def change_note(folder: Path, change: Callable[[bytes], bytes]) -> None:
    note = min((folder / "checkpoints").iterdir())
    note.write_bytes(change(note.read_bytes()))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda note: b"\xff" + note, "it is no text"),
        (lambda note: note.replace(b"signed 2", b"signed 1"), "signature does not hold"),
        (lambda note: note[:-20] + b"AAAAAAAAAAAAAAAAAAA=\n"[-20:], "does not hold"),
        (lambda note: note[:0], "no checkpoint of this log"),
        (lambda note: note.replace(b" ", b"", 1), "no checkpoint of this log"),
    ],
)
def test_each_kind_of_damage_to_a_checkpoint_is_told(
    export: Path, witness: Path, change: Callable[[bytes], bytes], told: str
) -> None:
    change_note(export, change)
    assert told in said(export, witness)
    assert "checkpoint 6: the witness has this checkpoint, the log has not" in said(export, witness)


def test_note_signed_under_the_name_by_another_key_is_refused(export: Path) -> None:
    given = verifier.Key((export / "public-key").read_text())
    note = min((export / "checkpoints").iterdir())
    text, _, line = note.read_text(encoding="utf-8").partition("\n\n")
    parts = line.split(" ")
    parts[2] = "AAAA" + parts[2][4:]
    findings = verifier.Findings()
    forged = f"{text}\n\n{' '.join(parts)}".encode()
    assert given.try_open(note.name, forged, findings) is None
    assert findings.faults[0].said == "it was signed by another key"


def test_key_given_from_outside_is_the_one_that_counts(export: Path, witness: Path) -> None:
    key = (export / "public-key").read_text().strip()
    assert said(export, witness, key) == ""
    forgery(export).sign_anew(OTHER_KEY)
    assert "public-key: it is not the key that was given" in said(export, witness, key)


def test_insider_with_the_logs_own_key_is_found_by_the_witness(export: Path, witness: Path) -> None:
    forged = forgery(export)
    forged.lines[3]["body"]["actor_name"] = "Somebody else"
    forged.mend_leaves()
    forged.mend_record()
    forged.mend_leaves()
    forged.save()
    forged.sign_anew(forged.own_key)
    forged.mend_manifest()
    assert said(export, None) == ""
    assert "checkpoint 6: the witness holds another one" in said(export, witness)


def test_unwitnessed_copy_that_is_no_note_is_a_fault(export: Path, witness: Path) -> None:
    (witness / verifier.note_name(999)).write_bytes(b"")
    assert "checkpoints/000000000999.checkpoint" in said(export, witness)


def test_only_the_first_hundred_faults_are_kept() -> None:
    findings = verifier.Findings()
    for number in range(150):
        findings.fault(str(number), "it is a test")
    assert (findings.fault_count, len(findings.faults)) == (150, 100)


def test_export_that_ends_without_its_record_covered_is_refused(
    export: Path, witness: Path
) -> None:
    max((export / "checkpoints").iterdir()).unlink()
    forgery(export).mend_manifest()
    assert "must end with the first checkpoint" in said(export, witness)


def one_leaf_log(line: bytes) -> str:
    """Return what the check of a log says whose only event has this line."""
    findings = verifier.Findings()
    verifier.LogCheck(findings, iter(())).record(bytes(32), line)
    return findings.faults[0].said


def test_line_given_without_an_export_is_checked_as_strictly() -> None:
    assert one_leaf_log(b'{"body":{},"index":1,"salt":""}\n') == "the line names another place"
    body = verifier.canonical(dict.fromkeys(verifier.BODY_KEYS, ""))
    line = b'{"body":' + body + b',"index":0,"salt":"x"}\n'
    assert one_leaf_log(line) == "its salt is malformed"


def test_base64_has_one_form(export: Path) -> None:
    given = verifier.Key((export / "public-key").read_text())
    note = min((export / "checkpoints").iterdir())
    data = note.read_bytes()
    root = data.split(b"\n")[2]
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    twin = root[:-2] + letters[letters.index(root[-2]) ^ 1 :][:1] + b"="
    findings = verifier.Findings()
    assert given.try_open(note.name, data.replace(root, twin), findings) is None
    assert findings.faults[0].said == "it holds base64 in another than its one form"


def test_command_answers_as_json_and_by_a_file_of_the_key(
    export: Path,
    witness: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = [str(export), "--witness", str(witness), "--json"]
    arguments += ["--public-key", str(export / "public-key")]
    monkeypatch.setattr(sys, "argv", ["verify_audit.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(verifier.__file__, run_name="__main__")
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["faults"] == []


def test_missing_event_of_a_full_export_is_told(export: Path, witness: Path) -> None:
    forged = forgery(export)
    del forged.lines[4]
    forged.save()
    assert "event 4: it is missing" in said(export, witness)


def test_witness_without_folder_of_checkpoints_in_the_export_is_a_fault(
    export: Path, witness: Path
) -> None:
    shutil.rmtree(export / "checkpoints")
    assert "checkpoints: it cannot be read" in said(export, witness)
