"""Random ways to tamper with an export of the audit log.

Each takes a copy of an export and changes it. A *clever* tamperer mends what needs no key: the
manifest, the leaves, the record of the export. An *insider* also holds the log's own key and
signs every checkpoint anew; only the witness stands against that one.
"""

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polit.web.audit import verify_audit as verifier
from polit.web.audit.checkpoint import Checkpoint, LogKey, origin_of, sign_checkpoint
from polit.web.audit.tree import Frontier

FIELDS = (
    "event_id", "recorded_at", "actor_kind", "actor_id", "actor_name", "action", "nature",
    "reason", "purpose", "case_id", "case_reference", "subject_kind", "subject_id",
    "subject_label", "details",
)  # fmt: skip


@dataclass(slots=True)
class Forgery:
    """An export while somebody tampers with it.

    Args:
        folder: The copy.
        others: Exports whose parts may be put into it.
        own_key: The log's private key, as an insider holds it.
        rng: All chance.
    """

    folder: Path
    others: tuple[Path, ...]
    own_key: Ed25519PrivateKey
    rng: random.Random
    lines: list[dict[str, Any]] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)

    def load(self) -> None:
        """Read events and leaves."""
        text = (self.folder / "events.jsonl").read_text(encoding="utf-8")
        self.lines = [json.loads(line) for line in text.split("\n") if line]
        raw = (self.folder / "leaves.bin").read_bytes()
        self.leaves = [raw[at : at + 32] for at in range(0, len(raw), 32)]

    def notes(self) -> list[Path]:
        """Return the checkpoints' files by size."""
        return sorted((self.folder / "checkpoints").iterdir())

    def save(self) -> None:
        """Write events and leaves in their canonical form."""
        data = b"".join(verifier.canonical(line) + b"\n" for line in self.lines)
        (self.folder / "events.jsonl").write_bytes(data)
        (self.folder / "leaves.bin").write_bytes(b"".join(self.leaves))

    def mend_manifest(self) -> None:
        """Let the manifest list and count what is there now."""
        path = self.folder / "manifest.json"
        manifest = json.loads(path.read_bytes())
        for name in verifier.FILES:
            if (self.folder / name).exists():
                manifest["files"][name] = verifier.file_sha256(self.folder / name)
        manifest["size"] = (self.folder / "leaves.bin").stat().st_size // 32
        manifest["events"] = (self.folder / "events.jsonl").read_bytes().count(b"\n")
        manifest["checkpoints"] = len(self.notes())
        path.write_bytes(verifier.canonical(manifest) + b"\n")

    def mend_leaves(self) -> None:
        """Give every event the leaf that belongs to it."""
        for line in self.lines:
            if "body" in line and line["index"] < len(self.leaves):
                salt = bytes.fromhex(line["salt"])
                leaf = verifier.leaf_of(salt, verifier.canonical(line["body"]))
                self.leaves[line["index"]] = leaf

    def mend_record(self) -> None:
        """Let the export's own event tell of the events that are there now."""
        if "body" not in self.lines[-1]:
            return
        details = json.loads(self.lines[-1]["body"]["details"])
        others = b"".join(verifier.canonical(line) + b"\n" for line in self.lines[:-1])
        details |= {
            "events": len(self.lines) - 1,
            "events_sha256": hashlib.sha256(others).hexdigest(),
        }
        self.lines[-1]["body"]["details"] = verifier.canonical(details).decode()

    def number_anew(self) -> None:
        """Give the events the places 0, 1, 2, …, as a full export has them."""
        for index, line in enumerate(self.lines):
            line["index"] = index

    def sign_anew(self, signing: Ed25519PrivateKey) -> None:
        """Sign all checkpoints over the leaves that are there now, with the key's own name."""
        public = signing.public_key().public_bytes_raw()
        name, frontier = origin_of(public), Frontier()
        notes = self.folder / "checkpoints"
        told = [_size_and_time(path) for path in self.notes()]
        shutil.rmtree(notes)
        notes.mkdir()
        sizes = dict(told)
        if told and told[-1][0] > len(self.leaves):
            sizes[len(self.leaves)] = told[-1][1]
        for leaf in self.leaves:
            frontier.append(leaf)
            if frontier.size in sizes:
                said = Checkpoint(name, frontier.size, frontier.root(), sizes[frontier.size])
                note = sign_checkpoint(said, signing)
                (notes / verifier.note_name(frontier.size)).write_text(note, encoding="utf-8")
        (self.folder / "public-key").write_text(LogKey(name, public).text + "\n", encoding="utf-8")
        path = self.folder / "manifest.json"
        manifest = json.loads(path.read_bytes()) | {"origin": name}
        path.write_bytes(verifier.canonical(manifest) + b"\n")

    def pick(self) -> int:
        """Return the position of some event."""
        return self.rng.randrange(len(self.lines))


Tamper = Callable[[Forgery], None]


def tamper(forgery: Forgery) -> str:
    """Tamper in one random way; return what it is called."""
    names = list(WAYS)
    name = forgery.rng.choice(names)
    forgery.load()
    WAYS[name](forgery)
    return name


def _size_and_time(path: Path) -> tuple[int, str]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return int(lines[1]), lines[3].removeprefix("signed ")


def _finish(forgery: Forgery) -> None:
    """Save, with none, some or all of the mending that needs no key."""
    depth = forgery.rng.randrange(4)
    if depth >= 2:
        forgery.mend_record()
    if depth >= 1:
        forgery.mend_leaves()
    forgery.save()
    if depth >= 1 or forgery.rng.random() < 0.5:
        forgery.mend_manifest()


def _change_field(forgery: Forgery, at: int) -> None:
    body = forgery.lines[at].get("body")
    if body is None:
        return
    name = forgery.rng.choice(FIELDS)
    text = body[name]
    place = forgery.rng.randrange(len(text) + 1)
    body[name] = text[:place] + forgery.rng.choice("0aZ \u202e.") + text[place:]


def flip_byte(forgery: Forgery) -> None:
    files = [
        path for path in sorted(forgery.folder.rglob("*"))
        if path.is_file() and path.name != "verify_audit.py"
    ]  # fmt: skip
    path = forgery.rng.choice(files)
    data = bytearray(path.read_bytes())
    data[forgery.rng.randrange(len(data))] ^= 1 << forgery.rng.randrange(8)
    path.write_bytes(data)
    if forgery.rng.random() < 0.5 and path.name != "manifest.json":
        forgery.mend_manifest()


def alter_event(forgery: Forgery) -> None:
    _change_field(forgery, forgery.pick())
    _finish(forgery)


def edit_salt(forgery: Forgery) -> None:
    line = forgery.lines[forgery.pick()]
    salt = bytearray(bytes.fromhex(line.get("salt", "00" * 32)))
    salt[forgery.rng.randrange(32)] ^= 1 << forgery.rng.randrange(8)
    line["salt"] = salt.hex()
    _finish(forgery)


def remove_event(forgery: Forgery) -> None:
    at = forgery.pick()
    gone = forgery.lines.pop(at)
    if forgery.rng.random() < 0.5:
        del forgery.leaves[gone["index"]]
        for line in forgery.lines[at:]:
            line["index"] -= 1
    _finish(forgery)


def remove_many(forgery: Forgery) -> None:
    name = forgery.rng.choice([line["body"]["actor_name"] for line in forgery.lines])
    kept = [line for line in forgery.lines if line["body"]["actor_name"] != name]
    forgery.lines = kept or forgery.lines[:-1]
    if forgery.rng.random() < 0.5:
        forgery.leaves = [forgery.leaves[line["index"]] for line in forgery.lines]
        forgery.number_anew()
    _finish(forgery)


def insert_event(forgery: Forgery) -> None:
    at = forgery.pick()
    made = json.loads(json.dumps(forgery.lines[at]))
    forgery.lines.insert(at, made)
    _change_field(forgery, at)
    forgery.leaves.insert(made["index"], forgery.leaves[made["index"]])
    for line in forgery.lines[at + 1 :]:
        line["index"] += 1
    _finish(forgery)


def duplicate_event(forgery: Forgery) -> None:
    at = forgery.pick()
    forgery.lines.insert(at, dict(forgery.lines[at]))
    _finish(forgery)


def reorder(forgery: Forgery) -> None:
    one, two = forgery.pick(), forgery.rng.randrange(len(forgery.lines))
    lines, leaves = forgery.lines, forgery.leaves
    first, second = lines[one]["index"], lines[two]["index"]
    lines[one], lines[two] = lines[two], lines[one]
    if forgery.rng.random() < 0.7:
        lines[one]["index"], lines[two]["index"] = first, second
        leaves[first], leaves[second] = leaves[second], leaves[first]
    _finish(forgery)


def edit_leaves(forgery: Forgery) -> None:
    leaves, at = forgery.leaves, forgery.rng.randrange(len(forgery.leaves))
    match forgery.rng.randrange(4):
        case 0:
            del leaves[at]
        case 1:
            leaves.insert(at, leaves[at])
        case 2:
            other = forgery.rng.randrange(len(leaves))
            leaves[at], leaves[other] = leaves[other], leaves[at]
        case _:
            leaves[at] = forgery.rng.randbytes(32)
    _finish(forgery)


def truncate(forgery: Forgery) -> None:
    size = forgery.rng.randrange(1, len(forgery.leaves))
    forgery.lines = [line for line in forgery.lines if line["index"] < size] or forgery.lines[:1]
    if forgery.rng.random() < 0.7:
        forgery.leaves = forgery.leaves[:size]
    for path in forgery.notes():
        if _size_and_time(path)[0] > size:
            path.unlink()
    _finish(forgery)


def cut_file(forgery: Forgery) -> None:
    files = [path for path in sorted(forgery.folder.rglob("*")) if path.is_file()]
    path = forgery.rng.choice([path for path in files if path.name != "verify_audit.py"])
    data = path.read_bytes()
    path.write_bytes(data[: forgery.rng.randrange(len(data))])
    if forgery.rng.random() < 0.5 and path.name != "manifest.json":
        forgery.mend_manifest()


def edit_checkpoints(forgery: Forgery) -> None:
    notes = forgery.notes()
    path, other = forgery.rng.sample(notes, 2)
    match forgery.rng.randrange(4):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(other.read_bytes())
        case 2:
            path.rename(path.with_name(verifier.note_name(int(path.stem) + 1)))
        case _:
            text = path.read_text(encoding="utf-8").replace("signed 20", "signed 19")
            path.write_text(text, encoding="utf-8")
    if forgery.rng.random() < 0.7:
        forgery.mend_manifest()


def rewrite_with_another_key(forgery: Forgery) -> None:
    if forgery.rng.random() < 0.8:
        _change_field(forgery, forgery.pick())
    forgery.mend_leaves()
    forgery.mend_record()
    forgery.mend_leaves()
    forgery.save()
    forgery.sign_anew(Ed25519PrivateKey.from_private_bytes(forgery.rng.randbytes(32)))
    forgery.mend_manifest()


def rewrite_as_insider(forgery: Forgery) -> None:
    at = forgery.pick()
    match forgery.rng.randrange(3):
        case 0:
            _change_field(forgery, at)
        case 1 if len(forgery.lines) == len(forgery.leaves) and at < len(forgery.lines) - 1:
            del forgery.leaves[forgery.lines.pop(at)["index"]]
            forgery.number_anew()
            _shorten(forgery)
        case _:
            forgery.lines[at]["salt"] = forgery.rng.randbytes(32).hex()
    forgery.mend_leaves()
    forgery.mend_record()
    forgery.mend_leaves()
    forgery.save()
    forgery.sign_anew(forgery.own_key)
    forgery.mend_manifest()


def _shorten(forgery: Forgery) -> None:
    """Let the manifest and the record of the export speak of one event less."""
    path = forgery.folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["cut"] -= 1
    path.write_bytes(verifier.canonical(manifest) + b"\n")
    details = json.loads(forgery.lines[-1]["body"]["details"])
    details["cut"] -= 1
    forgery.lines[-1]["body"]["details"] = verifier.canonical(details).decode()


def swap_files(forgery: Forgery) -> None:
    other = forgery.rng.choice(forgery.others)
    names = ["events.jsonl", "leaves.bin", "public-key", "manifest.json", "checkpoints"]
    for name in forgery.rng.sample(names, forgery.rng.randrange(1, len(names))):
        if name == "checkpoints":
            shutil.rmtree(forgery.folder / name)
            shutil.copytree(other / name, forgery.folder / name)
        else:
            shutil.copyfile(other / name, forgery.folder / name)
    if forgery.rng.random() < 0.5:
        forgery.mend_manifest()


def call_erased(forgery: Forgery) -> None:
    at = forgery.pick()
    index = forgery.lines[at]["index"]
    by = forgery.rng.choice([index, index + 1, forgery.lines[-1]["index"]])
    forgery.lines[at] = {"erased_by": by, "index": index}
    _finish(forgery)


def narrow(forgery: Forgery) -> None:
    """Call it an export of one case, and leave the events of all others out."""
    path = forgery.folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    case = forgery.rng.choice(["OP-1", "OP/2 ünïcode", "OP-3"])
    manifest["case" if forgery.rng.random() < 0.7 else "since"] = case
    path.write_bytes(verifier.canonical(manifest) + b"\n")
    last = forgery.lines[-1]
    kept = [line for line in forgery.lines[:-1] if line["body"]["case_reference"] == case]
    forgery.lines = [*kept, last]
    _finish(forgery)


def respell(forgery: Forgery) -> None:
    """Write the same values in another form."""
    at = forgery.pick()
    path = forgery.folder / "events.jsonl"
    lines = path.read_bytes().split(b"\n")
    line = lines[at]
    lines[at] = forgery.rng.choice([
        line + b" ", line.replace(b'":', b'": ', 1), line + b"\r", b" " + line,
        line.replace(b"e", b"\\u0065", 1), line[:-1] + b',"index":0}', line + b"\n",
        json.dumps(dict(reversed(json.loads(line).items()))).encode(),
    ])  # fmt: skip
    path.write_bytes(b"\n".join(lines))
    if forgery.rng.random() < 0.5:
        forgery.mend_manifest()


def edit_readme(forgery: Forgery) -> None:
    path = forgery.folder / forgery.rng.choice(["README.txt", "new.txt", "checkpoints/new"])
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"This log was verified.\n")
    forgery.mend_manifest()


WAYS: dict[str, Tamper] = {
    way.__name__: way
    for way in (
        flip_byte, alter_event, edit_salt, remove_event, remove_many, insert_event,
        duplicate_event, reorder, edit_leaves, truncate, cut_file, edit_checkpoints,
        rewrite_with_another_key, rewrite_as_insider, swap_files, call_erased, narrow, respell,
        edit_readme,
    )
}  # fmt: skip
