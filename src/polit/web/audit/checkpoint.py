"""Signed checkpoints of the log: C2SP tlog-checkpoint in a signed note, Ed25519. No Django.

A checkpoint's text is the log's origin, its size, its root, and one extension line with the
time of signing. The key's name is the origin. The parser takes what ``sign_checkpoint`` writes
and nothing else: one form for one meaning.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from polit.base.errors import IntegrityError
from polit.web.audit.tree import HASH_BYTES

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_MARK = "\N{EM DASH} "
_TIME = "signed "
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log says of itself at one moment.

    Args:
        origin: The log's name, which is its key's name.
        size: The number of leaves.
        root: The 32 bytes of the tree's root.
        signed_at: When, RFC 3339 in UTC, whole seconds.
    """

    origin: str
    size: int
    root: bytes
    signed_at: str

    @property
    def text(self) -> str:
        """What is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n{_TIME}{self.signed_at}\n"


@dataclass(frozen=True, slots=True)
class LogKey:
    """The public half of a log's key, with its name."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that notes name the key by. Source: C2SP signed-note."""
        named = self.name.encode() + b"\n" + _ED25519 + self.public_key
        return hashlib.sha256(named).digest()[:_KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key in one line, as verifiers of signed notes take it: ``name+id+key``."""
        encoded = base64.b64encode(_ED25519 + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def log_key(text: str) -> LogKey:
    """Read a key's line.

    Raises:
        IntegrityError: It is none, or its parts disagree.
    """
    name, _, rest = text.strip().partition("+")
    _, _, encoded = rest.partition("+")
    raw = _decoded(encoded)
    key = LogKey(name, raw[1:])
    if raw[:1] != _ED25519 or len(raw) != 1 + HASH_BYTES or key.text != text.strip():
        raise IntegrityError("this is no public key of an audit log: name+id+key is expected")
    return key


def sign_note(text: str, name: str, signing: Ed25519PrivateKey) -> str:
    """Return a text as a signed note. Source: C2SP signed-note.

    Args:
        text: One or more lines, each ended.
        name: The key's name.
        signing: The key.
    """
    key = LogKey(name, signing.public_key().public_bytes_raw())
    signature = base64.b64encode(key.key_id + signing.sign(text.encode())).decode()
    return f"{text}\n{_MARK}{name} {signature}\n"


def check_note(note: str, key: LogKey) -> str:
    """Return the text of a note that one key, and only this one, signed.

    Raises:
        IntegrityError: It is no note, or the signature is another's or does not hold.
    """
    text, blank, line = note.rpartition("\n\n")
    text += "\n"
    opening = f"{_MARK}{key.name} "
    if not blank or not line.startswith(opening) or line.count("\n") != 1 or line[-1] != "\n":
        raise IntegrityError("the checkpoint is no note that this log's key signed")
    signature = _decoded(line[len(opening) : -1])
    if signature[:_KEY_ID_BYTES] != key.key_id:
        raise IntegrityError("the checkpoint was signed by another key")
    try:
        public = Ed25519PublicKey.from_public_bytes(key.public_key)
        public.verify(signature[_KEY_ID_BYTES:], text.encode())
    except InvalidSignature as error:
        raise IntegrityError("the checkpoint's signature does not hold") from error
    return text


def sign_checkpoint(checkpoint: Checkpoint, signing: Ed25519PrivateKey) -> str:
    """Return a checkpoint as a signed note."""
    return sign_note(checkpoint.text, checkpoint.origin, signing)


def check_checkpoint(note: str, key: LogKey) -> Checkpoint:
    """Return what a signed checkpoint says.

    Raises:
        IntegrityError: The signature does not hold, or the text is no checkpoint of this log.
    """
    checkpoint = _parse(check_note(note, key))
    if checkpoint.origin != key.name:
        raise IntegrityError(f"the checkpoint speaks of another log: {checkpoint.origin}")
    return checkpoint


def origin_of(public_key: bytes) -> str:
    """Return the name of the log that a key signs: its own fingerprint, so no two share it."""
    return f"polit.invalid/audit/{hashlib.sha256(public_key).hexdigest()[:16]}"


def _parse(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 5 or not lines[3].startswith(_TIME):
        raise IntegrityError("the checkpoint has not the four lines of one")
    origin, size, root, signed_at = lines[0], lines[1], _decoded(lines[2]), lines[3][len(_TIME) :]
    forms = ((_NAME, origin), (_SIZE, size), (_INSTANT, signed_at))
    if len(root) != HASH_BYTES or not all(form.fullmatch(part) for form, part in forms):
        raise IntegrityError("the checkpoint's name, size, root or time is malformed")
    return Checkpoint(origin, int(size), root, signed_at)


def _decoded(encoded: str) -> bytes:
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise IntegrityError("the checkpoint holds text that is no base64") from error
    if base64.b64encode(raw).decode() != encoded:
        raise IntegrityError("the checkpoint holds base64 in another than its one form")
    return raw
