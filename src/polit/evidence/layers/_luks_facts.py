"""What the header of a LUKS volume states, whichever its version; and the header of version 1.

Source: LUKS On-Disk Format Specification 1.2.3 (version 1).
"""

import struct
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.evidence.layers._derivation import Derivation
from polit.evidence.layers._sector_cipher import UNIT_BYTES
from polit.evidence.source import ByteSource

MAGIC = b"LUKS\xba\xbe"
KEY_BYTES_AT_MOST = 128
STRIPES_AT_MOST = 16_384
AREA_BYTES_AT_MOST = 4 << 20
DIGEST_BYTES_AT_MOST = 512
_HEAD = struct.Struct(">6sH32s32s32sII20s32sI40s")
_SLOT = struct.Struct(">II32sII")
_SLOTS = 8
_IN_USE = 0x00AC71F3


@dataclass(frozen=True, slots=True)
class Keyslot:
    """One slot: the volume's key, split into stripes and encrypted under a password's key.

    Args:
        name: Its number as stored.
        derivation: How the key of a password is derived.
        area_offset_bytes: Where the stripes lie in the volume.
        area_encryption: How they are encrypted, as dm-crypt names it.
        area_key_bytes: Length of the password's key.
        key_bytes: Length of the volume's key.
        stripes: How many.
        stripe_digest: The hash function that spreads them.
    """

    name: str
    derivation: Derivation
    area_offset_bytes: int
    area_encryption: str
    area_key_bytes: int
    key_bytes: int
    stripes: int
    stripe_digest: str


@dataclass(frozen=True, slots=True)
class KeyDigest:
    """What tells whether a key is the volume's: a digest of it, derived at a cost."""

    derivation: Derivation
    value: bytes
    keyslots: frozenset[str]


@dataclass(frozen=True, slots=True)
class LuksFacts:
    """A LUKS volume.

    Args:
        version: 1 or 2.
        uuid: As stated, printable.
        encryption: How the data is encrypted, as dm-crypt names it.
        data_offset_bytes: Where the data begins in the volume.
        data_bytes: How much there is, ``None`` for all that follows.
        sector_bytes: What is encrypted at once.
        first_vector: The number of the first sector, in units of 512 bytes.
        keyslots: In stored order.
        digest: Of the volume's key.
        flaws: What is wrong with the header, and did not keep it from being read.
        unread: Why slots of it cannot be tried.
    """

    version: int
    uuid: str
    encryption: str
    data_offset_bytes: int
    data_bytes: int | None
    sector_bytes: int
    first_vector: int
    keyslots: tuple[Keyslot, ...]
    digest: KeyDigest
    flaws: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def read_luks1(volume: ByteSource) -> LuksFacts:
    """Read a header of version 1.

    Raises:
        SourceUnreadable: It is cut short, or a figure cannot be.
    """
    raw = volume.read_at(0, _HEAD.size + _SLOTS * _SLOT.size)
    if len(raw) < _HEAD.size + _SLOTS * _SLOT.size:
        raise SourceUnreadable("the LUKS header is cut short")
    (_, _, cipher, mode, digest, payload, key_bytes, value, salt, passes, uuid) = _HEAD.unpack_from(
        raw
    )
    if not 1 <= key_bytes <= KEY_BYTES_AT_MOST:
        raise SourceUnreadable(f"the LUKS header states a key of {key_bytes} bytes")
    encryption, hashed = f"{text_of(cipher)}-{text_of(mode)}", text_of(digest).lower()
    slots = []
    for number in range(_SLOTS):
        state, slot_passes, slot_salt, offset, stripes = _SLOT.unpack_from(
            raw, _HEAD.size + number * _SLOT.size
        )
        if state == _IN_USE:
            derived = Derivation("pbkdf2", slot_salt, hashed, slot_passes)
            at = offset * UNIT_BYTES
            slots.append(
                Keyslot(str(number), derived, at, encryption, key_bytes, key_bytes, stripes, hashed)
            )
    names = frozenset(slot.name for slot in slots)
    known = KeyDigest(Derivation("pbkdf2", salt, hashed, passes), value, names)
    return LuksFacts(
        1, text_of(uuid), encryption, payload * UNIT_BYTES, None, UNIT_BYTES, 0, tuple(slots), known
    )


def text_of(untrusted_field: bytes) -> str:
    """Return a text field up to its first NUL; what is not printable ASCII is replaced."""
    text = untrusted_field.partition(b"\0")[0].decode("ascii", "replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
