"""Tampers with exports of an audit log and lets the one-file verifier judge, alone."""

import hashlib
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from audit_tampering import Forgery, tamper
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from polit.web.audit import verify_audit as verifier

_NEVER = 1 << 62
_KINDS = ("full", "full", "full", "early", "case")


@dataclass(slots=True)
class Judged:
    """How many tamperings came to what.

    Args:
        found: Found by the verifier.
        in_tail: Not found, and nothing before the last witnessed checkpoint was touched.
        undone: Tried again, because every byte was a genuine export's in the end.
        by_command: Judged by the file as a command of its own.
        missed: Not found, though it touched what is witnessed.
        ways: How often each way was tried.
    """

    found: int = 0
    in_tail: int = 0
    undone: int = 0
    by_command: int = 0
    missed: list[str] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)


class Court:
    """Judges tamperings of the exports of one installation.

    Args:
        place: What ``audited_logs.make_installation`` made.
        stranger: The same of another installation.
        scratch: Where copies go.
        own_key: The private key of the log.
    """

    def __init__(self, place: Path, stranger: Path, scratch: Path, own_key: Path) -> None:
        self._place, self._scratch = place, scratch
        self._others = (place / "full", place / "early", place / "case", stranger / "full")
        key = load_pem_private_key(own_key.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
        self._own_key = key
        self._public = (place / "full" / "public-key").read_text(encoding="utf-8").strip()
        self._genuine = {digest(place / name) for name in ("full", "early", "case")}

    def judge(self, seed: int, judged: Judged, *, by_command: bool) -> None:
        """Tamper once and count what it came to."""
        rng = random.Random(seed)
        export = self._place / rng.choice(_KINDS)
        witness = self._place / rng.choice(("witness", "behind"))
        copy, way = self._tampered(export, rng, judged)
        key = rng.choice(("", self._public))
        judged.ways[way] += 1
        judged.by_command += by_command
        if self._is_found(copy, witness, key, by_command=by_command):
            judged.found += 1
        elif first_touched(export, copy) >= last_witnessed(witness):
            judged.in_tail += 1
        else:
            judged.missed.append(f"{seed}: {way} of {export.name}, {witness.name}")

    def _tampered(self, export: Path, rng: random.Random, judged: Judged) -> tuple[Path, str]:
        """Return a copy that was tampered with, and how; try again where nothing came of it."""
        copy = self._scratch / "copy"
        while True:
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(export, copy)
            way = tamper(Forgery(copy, self._others, self._own_key, rng))
            if digest(copy) not in self._genuine:
                return copy, way
            judged.undone += 1

    def _is_found(self, copy: Path, witness: Path, key: str, *, by_command: bool) -> bool:
        if not by_command:
            return verifier.check_export(copy, witness, key).fault_count > 0
        command = [sys.executable, "-I", str(self._others[0] / "verify_audit.py"), str(copy)]
        ended = subprocess.run(
            [*command, "--witness", str(witness), *(("--public-key", key) if key else ())],
            capture_output=True,
            check=False,
        )
        assert ended.returncode in {0, 4}, ended.stderr
        return ended.returncode == 4


def last_witnessed(witness: Path) -> int:
    """Return the size of a witness's last checkpoint."""
    return max(int(path.stem) for path in witness.glob("*.checkpoint"))


def first_touched(export: Path, copy: Path) -> int:
    """Return the least event that differs in text, leaf or checkpoint; 0 where all may."""
    for name in ("README.txt", "public-key"):
        if (export / name).read_bytes() != (copy / name).read_bytes():
            return 0
    return min(_first_leaf(export, copy), _first_line(export, copy), _first_note(export, copy))


def _first_leaf(export: Path, copy: Path) -> int:
    one, two = ((folder / "leaves.bin").read_bytes() for folder in (export, copy))
    pairs = enumerate(zip_longest(one, two))
    return next((at // 32 for at, (left, right) in pairs if left != right), _NEVER)


def _first_line(export: Path, copy: Path) -> int:
    one, two = ((folder / "events.jsonl").read_bytes().split(b"\n") for folder in (export, copy))
    for pair in zip_longest(one, two):
        if pair[0] != pair[1]:
            return min(int(json.loads(line)["index"]) for line in pair if line)
    return _NEVER


def _first_note(export: Path, copy: Path) -> int:
    one, two = (
        {path.name: path.read_bytes() for path in (folder / "checkpoints").iterdir()}
        for folder in (export, copy)
    )
    names = sorted({*one, *two})
    return next((int(name[:12]) for name in names if one.get(name) != two.get(name)), _NEVER)


def digest(folder: Path) -> str:
    """Return one digest over names and contents of all files of an export."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(f"{path.relative_to(folder)}\0{verifier.file_sha256(path)}\0".encode())
    return whole.hexdigest()
