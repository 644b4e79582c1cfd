#!/usr/bin/env python3
"""Checks an export of polit's audit log, without polit. One file, for an outside expert.

::

    python3 verify_audit.py EXPORT --witness FOLDER [--public-key KEY] [--json]

It needs Python 3.9 or newer and the package ``cryptography``; nothing of polit, no network. It
reads and never writes. Exit code: 0 the log holds, 4 it does not, 2 it was called wrongly.

What is proved: every alteration, removal, insertion or reordering of an event up to the last
witnessed checkpoint is found. Events after it are the *tail*: their number is told, and they are
never called proved. The format is described in docs/reference/audit-export-format.md of polit.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any, Iterator, NamedTuple  # noqa: UP035 - Python 3.9 runs this file too

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "polit-audit-export/1"
NOTES = "checkpoints"
README = """\
This folder is an export of the audit log of polit.

events.jsonl     the events, one a line, with the salt of each
leaves.bin       32 bytes for each event of the whole log: its place in the log's tree
checkpoints/     what the log said of itself from time to time, signed
public-key       the key that signed them
verify_audit.py  checks all this; needs Python 3.9 and its package "cryptography"
manifest.json    what belongs to this export

    python3 verify_audit.py . --witness FOLDER --public-key KEY

FOLDER is a copy of the checkpoints that somebody else keeps. KEY is the public key as it was
written down when the log was begun. Take both, and verify_audit.py, from another source than
this folder: what is checked must not check itself.
"""
BODY_KEYS = {
    *("event_id", "recorded_at", "actor_kind", "actor_id", "actor_name", "action", "nature"),
    *("reason", "purpose", "case_id", "case_reference", "subject_kind", "subject_id"),
    *("subject_label", "details"),
}
_MANIFEST_KEYS = {"format", "origin", "size", "cut", "events", "checkpoints", "case", "since"}
FILES = ("README.txt", "events.jsonl", "leaves.bin", "public-key", "verify_audit.py")
_NOTE_NAME = re.compile(r"[0-9]{12}\.checkpoint")
_NOTE = re.compile(
    "(?P<text>(?P<origin>[^\\s+]+)\n(?P<size>[1-9][0-9]{0,11})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    "signed (?P<at>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\n)\n"
    "\u2014 (?P<name>[^\\s+]+) (?P<signature>[A-Za-z0-9+/]{91}=)\n"
)
_LINE_END = re.compile(rb',"index":(0|[1-9][0-9]{0,11})(?:,"salt":"[0-9a-f]{64}")?\}\n\Z')
_HASH_BYTES = 32
_LONGEST_LINE_BYTES = 1 << 24
_LONGEST_NOTE_BYTES = 1 << 12
_FAULTS_KEPT = 100


class Fault(NamedTuple):
    """Something that does not hold: where, and what."""

    place: str
    said: str


class _Malformed(Exception):
    """A part is not what the format says."""


class Checkpoint(NamedTuple):
    """A checkpoint whose signature holds."""

    name: str
    size: int
    root: bytes
    at: str
    note: bytes


class Key:
    """The log's public key, from its line ``name+id+key``."""

    def __init__(self, line: str) -> None:
        """Read the line; ``_Malformed`` where it is none."""
        self.line = line.strip()
        self.name, _, rest = self.line.partition("+")
        raw = _decoded(rest.partition("+")[2])
        if raw[:1] != b"\x01" or len(raw) != 1 + _HASH_BYTES:
            raise _Malformed("it is no Ed25519 key of a log (name+id+key)")
        self.key_id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        if self.line != f"{self.name}+{self.key_id.hex()}+{base64.b64encode(raw).decode()}":
            raise _Malformed("its name, id and key disagree")
        self._public = Ed25519PublicKey.from_public_bytes(raw[1:])

    def _opened(self, name: str, note: bytes) -> Checkpoint:
        try:
            found = _NOTE.fullmatch(note.decode())
        except UnicodeDecodeError as error:
            raise _Malformed("it is no text") from error
        if found is None or found["origin"] != self.name or found["name"] != self.name:
            raise _Malformed("it is no checkpoint of this log")
        root, signature = _decoded(found["root"]), _decoded(found["signature"])
        if signature[:4] != self.key_id:
            raise _Malformed("it was signed by another key")
        try:
            self._public.verify(signature[4:], found["text"].encode())
        except InvalidSignature as error:
            raise _Malformed("its signature does not hold") from error
        if name != note_name(int(found["size"])):
            raise _Malformed(f"it is called {name} and speaks of {found['size']} events")
        return Checkpoint(name, int(found["size"]), root, found["at"], note)

    def try_open(self, name: str, note: bytes, findings: Findings) -> Checkpoint | None:
        """Return what a signed checkpoint says; one that says nothing good is a fault."""
        try:
            return self._opened(name, note)
        except _Malformed as error:
            findings.fault(f"{NOTES}/{name}", str(error))
            return None


class Tree:
    """A Merkle tree that only grows (RFC 9162, 2.1)."""

    def __init__(self) -> None:
        """Begin empty."""
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append the hash of a leaf."""
        self.size += 1
        rest = self.size
        while rest % 2 == 0:
            leaf = hashlib.sha256(b"\x01" + self._peaks.pop() + leaf).digest()
            rest //= 2
        self._peaks.append(leaf)

    def root(self) -> bytes:
        """Return the root; the tree holds a leaf."""
        root = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            root = hashlib.sha256(b"\x01" + peak + root).digest()
        return root


class Findings:
    """What was found; the faults and the figures."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.faults: list[Fault] = []
        self.fault_count = 0
        self.leaves = self.events = self.erased = self.withheld = 0
        self.checkpoints = self.later_witnessed = 0
        self.last_signed_size = self.signed_before = 0
        self.last_witnessed_size: int | None = None
        self.last_witnessed_at = ""
        self.key = ""
        self.disclosed = ""

    def fault(self, place: str, said: str) -> None:
        """Note a fault; the first hundred are kept, all are counted."""
        self.fault_count += 1
        if len(self.faults) < _FAULTS_KEPT:
            self.faults.append(Fault(place, said))

    @property
    def tail(self) -> int:
        """Events after the last witnessed checkpoint; after the last signed one without it."""
        covered = self.last_witnessed_size
        return self.leaves - (self.last_signed_size if covered is None else covered)

    def facts(self) -> dict[str, Any]:
        """Return all of it as one JSON object."""
        names = (
            "fault_count leaves events erased withheld checkpoints last_signed_size"
            " last_witnessed_size last_witnessed_at later_witnessed tail key disclosed"
        )
        facts: dict[str, Any] = {"schema_version": 1, "holds": not self.fault_count}
        facts.update((name, getattr(self, name)) for name in names.split())
        facts["faults"] = [fault._asdict() for fault in self.faults]
        return facts


class LogCheck:
    """Checks a log record by record, in the order of its leaves, in constant memory."""

    def __init__(self, findings: Findings, checkpoints: Iterator[Checkpoint]) -> None:
        """Take where findings go, and the log's checkpoints by ascending size."""
        self._findings, self._checkpoints = findings, checkpoints
        self._tree = Tree()
        self._due = next(checkpoints, None)
        self._erasures: dict[int, int] = {}
        self._last_at = ""

    def record(self, leaf: bytes, line: bytes | None) -> dict[str, str] | None:
        """Check the next leaf against its event, and the tree against a checkpoint due here.

        Args:
            leaf: The leaf's hash.
            line: The event's line; ``None`` where it is withheld.

        Returns:
            What the event says, where it says something and belongs to the leaf.
        """
        index, body = self._tree.size, None
        self._tree.add(leaf)
        self._findings.leaves = self._tree.size
        if line is None:
            self._findings.withheld += 1
        else:
            try:
                body = self._event(index, leaf, line)
            except _Malformed as error:
                self._findings.fault(f"event {index}", str(error))
        if self._due is not None and self._due.size == self._tree.size:
            self._meet(self._due)
        return body

    def end(self) -> None:
        """Tell what was announced and did not come."""
        while self._due is not None:
            said = f"it speaks of {self._due.size} events, the log has {self._tree.size}"
            self._findings.fault(f"checkpoint {self._due.size}", said)
            self._due = next(self._checkpoints, None)
        for index in self._erasures.values():
            self._findings.fault(f"event {index}", "no event of the log tells of its erasure")

    def _event(self, index: int, leaf: bytes, line: bytes) -> dict[str, str] | None:
        record = parsed(line)
        if record.get("index") != index:
            raise _Malformed("the line names another place")
        if set(record) == {"erased_by", "index"} and type(record["erased_by"]) is int:
            if record["erased_by"] <= index or record["erased_by"] in self._erasures:
                raise _Malformed("it is called erased by an event that cannot have done it")
            self._erasures[record["erased_by"]] = index
            self._findings.erased += 1
            return None
        if set(record) != {"body", "index", "salt"} or not _is_body(record["body"]):
            raise _Malformed("the line has not the parts of an event")
        body: dict[str, str] = record["body"]
        if not re.fullmatch("[0-9a-f]{64}", str(record["salt"])):
            raise _Malformed("its salt is malformed")
        text = line[len('{"body":') : -len(f',"index":{index},"salt":"{record["salt"]}"}}\n')]
        if leaf_of(bytes.fromhex(record["salt"]), text) != leaf:
            raise _Malformed("it is not the event that the log took in at this place")
        self._findings.events += 1
        self._erasure(index, body)
        return body

    def _erasure(self, index: int, body: dict[str, str]) -> None:
        told = self._erasures.get(index)
        wanted = ("erasure", "audit_leaf", str(told))
        if told is not None and wanted == (
            body["nature"], body["subject_kind"], body["subject_id"],
        ):  # fmt: skip
            del self._erasures[index]

    def _meet(self, checkpoint: Checkpoint) -> None:
        findings, place = self._findings, f"checkpoint {checkpoint.size}"
        if checkpoint.root != self._tree.root():
            said = "the events before it are not those that were signed: altered, removed, added"
            findings.fault(place, f"{said} or put in another order")
        elif checkpoint.at < self._last_at:
            findings.fault(place, f"it was signed at {checkpoint.at}, before the one before it")
        else:
            findings.signed_before = findings.last_signed_size
            findings.last_signed_size = checkpoint.size
        self._last_at = checkpoint.at
        findings.checkpoints += 1
        self._due = next(self._checkpoints, None)


class Witness:
    """The copies of checkpoints that somebody else keeps."""

    def __init__(self, folder: Path | None, key: Key, findings: Findings) -> None:
        """List the copies; without a folder nothing is witnessed."""
        self._folder, self._key, self._findings = folder, key, findings
        self._left = set() if folder is None else set(note_names(folder))
        self._last: Checkpoint | None = None

    def compare(self, checkpoint: Checkpoint) -> None:
        """Compare a checkpoint with its copy, where there is one."""
        if self._folder is not None and checkpoint.name in self._left:
            self._left.discard(checkpoint.name)
            if read_note(self._folder / checkpoint.name) == checkpoint.note:
                self._last = checkpoint
            else:
                said = "the witness holds another one of this size: one of them was forged"
                self._findings.fault(f"checkpoint {checkpoint.size}", said)

    def end(self) -> None:
        """Look at the copies of which the log had none, and tell how far it is witnessed."""
        for name in sorted(self._left):
            self._look(name)
        if self._folder is not None:
            # A root that does not hold covers nothing, and is a fault already.
            last, good = self._last, self._findings.last_signed_size
            self._findings.last_witnessed_size = min(last.size, good) if last else 0
            self._findings.last_witnessed_at = last.at if last else ""

    def _look(self, name: str) -> None:
        note = read_note((self._folder or Path()) / name)
        copy = self._key.try_open(name, note, self._findings)
        if copy is not None and copy.size > self._findings.leaves:
            self._findings.later_witnessed += 1
        elif copy is not None:
            said = "the witness has this checkpoint, the log has not: it was removed"
            self._findings.fault(f"checkpoint {copy.size}", said)


class Export:
    """The folder of an export, read as a stream."""

    def __init__(self, folder: Path, findings: Findings) -> None:
        """Read the manifest; ``_Malformed`` where it is none."""
        _check_plain(folder)
        self._folder, self._findings = folder, findings
        self._manifest = _manifest(folder / "manifest.json")
        self.note_names = note_names(folder / NOTES)
        self._is_whole = not self._manifest["case"] and not self._manifest["since"]
        self._lines_digest, self._line_count, self._last_line = hashlib.sha256(), 0, -1
        self._disclosure: dict[str, str] | None = None

    def files(self) -> None:
        """Check that the folder holds the files of the manifest, unaltered, and nothing else."""
        wanted = {*FILES, "manifest.json", NOTES}
        found = {path.name for path in self._folder.iterdir()}
        for name in sorted(wanted ^ found):
            self._findings.fault(name, "it is missing" if name in wanted else "it was added")
        notes = {path.name for path in (self._folder / NOTES).iterdir()}
        for name in sorted(notes - set(self.note_names)):
            self._findings.fault(f"{NOTES}/{name}", "it was added")
        for name in sorted(found & set(FILES)):
            if file_sha256(self._folder / name) != self._manifest["files"][name]:
                self._findings.fault(name, "it is not the file that the manifest lists")
        if (self._folder / "README.txt").read_bytes() != README.encode():
            self._findings.fault("README.txt", "its text was altered")

    def key(self, given: str) -> Key:
        """Return the key to check with: the one given, else the export's own."""
        own = _text(self._folder / "public-key")
        if own != f"{(given or own).strip()}\n":
            self._findings.fault("public-key", "it is not the key that was given")
        key = Key(given or own)
        if self._manifest["origin"] != key.name:
            self._findings.fault("manifest.json", "it names another log than the key")
        return key

    def checkpoints(self, key: Key, witness: Witness) -> Iterator[Checkpoint]:
        """Yield the checkpoints whose signature holds, by ascending size."""
        for name in self.note_names:
            opened = key.try_open(name, read_note(self._folder / NOTES / name), self._findings)
            if opened is not None:
                witness.compare(opened)
                yield opened

    def check(self, log: LogCheck) -> None:
        """Check every leaf with its event."""
        lines = self._lines()
        following = next(lines, None)
        with (self._folder / "leaves.bin").open("rb") as leaves:
            for index in range(self._manifest["size"]):
                leaf = leaves.read(_HASH_BYTES)
                if len(leaf) != _HASH_BYTES:
                    self._findings.fault("leaves.bin", f"it ends before leaf {index}")
                    break
                line = None
                if following is not None and following[0] == index:
                    line, following = following[1], next(lines, None)
                elif self._is_whole and index < self._manifest["cut"]:
                    self._findings.fault(f"event {index}", "it is missing")
                self._see(index, log.record(leaf, line))
            if leaves.read(1):
                self._findings.fault("leaves.bin", "it goes on after the last leaf")
        if following is not None:
            self._findings.fault(f"event {following[0]}", "the log never took it in")

    def end(self) -> None:
        """Compare the export with what the log itself says of it: its last event."""
        manifest, body = self._manifest, self._disclosure
        told = {"events": self._line_count, "checkpoints": len(self.note_names)}
        if any(manifest[name] != count for name, count in told.items()):
            self._findings.fault("manifest.json", "it counts other events or checkpoints")
        details = {name: manifest[name] for name in ("case", "cut", "since")}
        details["events"] = self._line_count - 1
        details["events_sha256"] = self._lines_digest.hexdigest()
        wanted = ("audit.export", "disclosure", canonical(details).decode())
        if body is None or wanted != (body["action"], body["nature"], body["details"]):
            said = "its last event is not the record of this export: events were taken out of it"
            self._findings.fault("events.jsonl", f"{said}, added, or it was cut off")
        elif not self._ends_rightly():
            said = "the log must end with the first checkpoint after the record of this export"
            self._findings.fault("leaves.bin", said)
        else:
            scope = f"case {manifest['case']}" if manifest["case"] else "all cases"
            since = f", since {manifest['since']}" if manifest["since"] else ""
            self._findings.disclosed = (
                f"{body['recorded_at']} by {body['actor_name']} ({scope}{since})"
            )

    def _ends_rightly(self) -> bool:
        """Tell whether the log ends with the first checkpoint that covers this export's record."""
        findings, record = self._findings, self._last_line
        least: int = max(self._manifest["cut"], findings.signed_before)
        return least <= record < findings.last_signed_size == findings.leaves

    def _see(self, index: int, body: dict[str, str] | None) -> None:
        """Keep the record of the export, and check that any other event belongs into it."""
        if index == self._last_line:
            self._disclosure = body
        elif body is not None and (
            self._manifest["case"] not in {"", body["case_reference"]}
            or body["recorded_at"] < self._manifest["since"]
        ):
            self._findings.fault(f"event {index}", "it does not belong into this export")

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield index and line of each event; what stands out of order is a fault."""
        last, held = -1, b""
        with (self._folder / "events.jsonl").open("rb") as stream:
            while line := stream.readline(_LONGEST_LINE_BYTES):
                self._lines_digest.update(held)
                held, self._line_count = line, self._line_count + 1
                place = _LINE_END.search(line)
                index = int(place[1]) if place else -1
                if index > last:
                    last = self._last_line = index
                    yield index, line
                else:
                    said = "it is no event, or stands twice or out of order"
                    self._findings.fault(f"events.jsonl line {self._line_count}", said)


def check_export(folder: Path, witness: Path | None, given_key: str = "") -> Findings:
    """Check an export.

    Args:
        folder: The export.
        witness: The witness's copies of checkpoints; ``None`` where there is no witness.
        given_key: The line of the log's public key from another source; empty: the export's.
    """
    findings = Findings()
    try:
        export = Export(folder, findings)
        export.files()
        key = export.key(given_key)
        findings.key = key.line
        copies = Witness(witness, key, findings)
        log = LogCheck(findings, export.checkpoints(key, copies))
        export.check(log)
        log.end()
        copies.end()
        export.end()
    except _Malformed as error:
        findings.fault("export", str(error))
    except OSError as error:
        findings.fault(Path(str(error.filename)).name, f"it cannot be read: {error.strerror}")
    return findings


def canonical(value: object) -> bytes:
    """Return the one form of a JSON value: sorted keys, no white space, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def leaf_of(salt: bytes, body: bytes) -> bytes:
    """Return the leaf's hash of an event's canonical text."""
    return hashlib.sha256(b"\x00" + hashlib.sha256(salt + body).digest()).digest()


def parsed(line: bytes) -> dict[str, Any]:
    """Return the object of a line; ``_Malformed`` where it is none in its one form."""
    try:
        value = json.loads(line)
        if isinstance(value, dict) and canonical(value) + b"\n" == line:
            return value
    except (ValueError, RecursionError):
        pass
    raise _Malformed("it is no JSON object in its one form")


def note_name(size: int) -> str:
    """Return the name of the file that holds the checkpoint of a size."""
    return f"{size:012}.checkpoint"


def note_names(folder: Path) -> list[str]:
    """Return the names of the checkpoints in a folder, by ascending size."""
    return sorted(path.name for path in folder.iterdir() if _NOTE_NAME.fullmatch(path.name))


def read_note(path: Path) -> bytes:
    """Return the bytes of a checkpoint's file."""
    with path.open("rb") as stream:
        return stream.read(_LONGEST_NOTE_BYTES)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as lower-case hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def report(findings: Findings, *, key_was_given: bool) -> str:
    """Return the findings in words, for people who read no code."""
    witnessed = findings.last_witnessed_size
    figures = (
        ("events in the log", f"{findings.leaves:,}"),
        ("  shown here, and as they were taken in", f"{findings.events:,}"),
        ("  erased by law, and their erasure recorded", f"{findings.erased:,}"),
        ("  withheld: their place holds, their text is not shown", f"{findings.withheld:,}"),
        ("checkpoints", f"{findings.checkpoints:,}"),
        ("last signed checkpoint", f"{findings.last_signed_size:,} events"),
        ("last witnessed checkpoint", _witnessed(findings)),
        ("later checkpoints that the witness has", f"{findings.later_witnessed:,}"),
        ("TAIL: events after it, not proved", f"{findings.tail:,}"),
        ("exported", findings.disclosed or "-"),
        ("key", findings.key or "-"),
        ("  which was", "given from outside" if key_was_given else "taken from the export itself"),
    )
    lines = [_verdict(findings), ""]
    lines += [f"  {name:<56}{value}" for name, value in figures]
    if findings.fault_count:
        lines += ["", f"{findings.fault_count:,} faults; the first {len(findings.faults)}:"]
        lines += [f"  {fault.place}: {fault.said}" for fault in findings.faults]
    lines += ["", *_cautions(witnessed, findings, key_was_given=key_was_given)]
    return "".join(f"{_harmless(line)}\n" for line in lines)


def _verdict(findings: Findings) -> str:
    if findings.fault_count:
        return "THE LOG DOES NOT HOLD. What is listed below was altered after it was recorded."
    if not findings.last_witnessed_size:
        return "NO FAULT WAS FOUND, but nothing is witnessed: see the cautions."
    return (
        f"THE LOG HOLDS. Its first {findings.last_witnessed_size:,} events are those that it took "
        "in, all of them and in their order; those shown here are unaltered."
    )


def _witnessed(findings: Findings) -> str:
    if findings.last_witnessed_size is None:
        return "no witness was given"
    at = f", signed {findings.last_witnessed_at}" if findings.last_witnessed_at else ""
    return f"{findings.last_witnessed_size:,} events{at}"


def _cautions(witnessed: int | None, findings: Findings, *, key_was_given: bool) -> Iterator[str]:
    yield "What this does not show: that an event is true, or that what nobody recorded did not"
    yield "happen. It shows what was recorded, and that it was not changed since."
    if witnessed is None:
        yield "Caution: without a witness, whoever holds the log's key can have rewritten it all."
    if not key_was_given:
        yield "Caution: the key comes from the export. Compare it with the one written down."
    if findings.withheld:
        yield "Caution: what a withheld event says cannot be told from here. That no event of this"
        yield "export's own kind is among them is what the log's record of the export says."


def _is_body(body: object) -> bool:
    return (
        isinstance(body, dict)
        and body.keys() == BODY_KEYS
        and all(isinstance(value, str) for value in body.values())
    )


def _manifest(path: Path) -> dict[str, Any]:
    manifest = parsed(_text(path).encode())
    numbers = ("size", "cut", "events", "checkpoints")
    files = manifest.get("files")
    if (
        manifest.get("format") != FORMAT
        or set(manifest) != _MANIFEST_KEYS | {"files"}
        or not all(type(manifest[name]) is int and manifest[name] >= 0 for name in numbers)
        or not all(isinstance(manifest[name], str) for name in ("origin", "case", "since"))
        or not isinstance(files, dict)
        or set(files) != set(FILES)
    ):
        raise _Malformed(f"manifest.json is none of {FORMAT}")
    return manifest


def _check_plain(folder: Path) -> None:
    """Refuse links, pipes and devices: who made the export chooses what they lead to."""
    notes = folder / NOTES
    if notes.is_symlink() or notes.is_file() or notes.is_fifo():
        raise _Malformed(f"{NOTES} is no folder")
    for path in (*folder.iterdir(), *notes.iterdir()):
        if path != notes and (path.is_symlink() or not path.is_file()):
            raise _Malformed(f"{path.name} is no plain file")


def _text(path: Path) -> str:
    try:
        return read_note(path).decode()
    except UnicodeDecodeError as error:
        raise _Malformed(f"{path.name} is no text") from error


def _decoded(encoded: str) -> bytes:
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise _Malformed("it holds text that is no base64") from error
    if base64.b64encode(raw).decode() != encoded:
        raise _Malformed("it holds base64 in another than its one form")
    return raw


def _harmless(text: str) -> str:
    """Show what is no plain letter as an escape: names come from people and devices."""
    return "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in text)


def main(arguments: list[str] | None = None) -> int:
    """Run as a command; return the exit code."""
    parser = argparse.ArgumentParser(description="Check an export of polit's audit log.")
    parser.add_argument("export", type=Path, help="folder of the export")
    parser.add_argument("--witness", type=Path, help="folder of the witness's checkpoints")
    parser.add_argument("--public-key", default="", help="the log's key, or a file that holds it")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(arguments)
    for folder in (options.export, options.witness):
        if folder is not None and not folder.is_dir():
            parser.error(f"{folder} is no folder")
    key = options.public_key
    if key and Path(key).is_file():
        key = Path(key).read_text(encoding="utf-8")
    findings = check_export(options.export, options.witness, key.strip())
    if options.json:
        sys.stdout.write(json.dumps(findings.facts(), indent=1) + "\n")
    else:
        sys.stdout.write(report(findings, key_was_given=bool(key)))
    return 4 if findings.fault_count else 0


if __name__ == "__main__":
    sys.exit(main())
