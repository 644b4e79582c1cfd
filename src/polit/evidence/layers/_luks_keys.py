"""The key of a LUKS volume out of its slots, by the secrets that were given.

Source: LUKS On-Disk Format Specification 1.2.3, 2.4 (anti-forensic splitting), 5 (checking).
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.evidence.layers._derivation import is_digest
from polit.evidence.layers._luks_facts import (
    AREA_BYTES_AT_MOST,
    KEY_BYTES_AT_MOST,
    STRIPES_AT_MOST,
    Keyslot,
    LuksFacts,
)
from polit.evidence.layers._sector_cipher import UNIT_BYTES, sector_cipher
from polit.evidence.source import ByteSource
from polit.model.secrets import Secret, SecretKind

BUDGET = 60.0
"""So many of the dearest derivations allowed may be made for one volume: about half an hour."""


@dataclass(frozen=True, slots=True)
class FoundKey:
    """The volume's key, and what gave it."""

    key: bytes
    secret: Secret


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying came to.

    Args:
        found: The key, ``None`` where no secret gave it.
        tried: How many secrets were tried.
        refused: Why slots were not tried, without repeats.
        is_cut_short: The budget was used up before the last secret.
    """

    found: FoundKey | None
    tried: int
    refused: tuple[str, ...] = ()
    is_cut_short: bool = False


def find_key(
    volume: ByteSource, facts: LuksFacts, secrets: Sequence[Secret], on_read: Callable[[], None]
) -> Tried:
    """Try secrets on every slot, each secret in turn.

    Args:
        volume: The LUKS volume.
        facts: What its header states.
        secrets: In the order in which they are tried.
        on_read: Called with signs of life.

    Raises:
        SourceUnreadable: The digest that tells the key asks for what is refused.
    """
    facts.digest.derivation.check()
    slots, refused = _usable(volume, facts)
    left = BUDGET
    tried = 0
    for secret in secrets:
        price = sum(slot.derivation.cost_share for slot in slots)
        price += facts.digest.derivation.cost_share * max(len(slots), 1)
        if price > left and tried:
            return Tried(None, tried, refused, is_cut_short=True)
        left -= price
        tried += 1
        for key in _candidates(volume, slots, secret, on_read):
            if _is_key(facts, key, on_read):
                return Tried(FoundKey(key, secret), tried, refused)
    return Tried(None, tried, refused)


def _usable(volume: ByteSource, facts: LuksFacts) -> tuple[list[Keyslot], tuple[str, ...]]:
    """Return the slots whose figures hold, and what is wrong with the others."""
    usable, refused = [], list(facts.unread)
    for slot in facts.keyslots:
        if slot.name not in facts.digest.keyslots:
            continue
        try:
            _check(volume, slot)
        except SourceUnreadable as error:
            refused.append(f"slot {slot.name[:10]}: {error}")
        else:
            usable.append(slot)
    return usable, tuple(dict.fromkeys(refused))[:4]


def _check(volume: ByteSource, slot: Keyslot) -> None:
    slot.derivation.check()
    area_bytes = slot.key_bytes * slot.stripes
    if not 1 <= slot.key_bytes <= KEY_BYTES_AT_MOST or not 1 <= slot.stripes <= STRIPES_AT_MOST:
        raise SourceUnreadable(f"it states {slot.stripes} stripes of {slot.key_bytes} bytes")
    if area_bytes > AREA_BYTES_AT_MOST:
        raise SourceUnreadable(f"it states an area of {area_bytes} bytes")
    if slot.area_offset_bytes + area_bytes > volume.size_bytes:
        raise SourceUnreadable("its area lies outside the volume")
    if not is_digest(slot.stripe_digest):
        raise SourceUnreadable(f"its stripes are spread by {slot.stripe_digest[:40]!r}: not known")
    if not 1 <= slot.area_key_bytes <= KEY_BYTES_AT_MOST:
        raise SourceUnreadable(f"it states a key of {slot.area_key_bytes} bytes")
    sector_cipher(slot.area_encryption, bytes(slot.area_key_bytes), UNIT_BYTES)


def _candidates(
    volume: ByteSource, slots: Sequence[Keyslot], secret: Secret, on_read: Callable[[], None]
) -> Iterator[bytes]:
    if secret.kind is SecretKind.KEY:
        yield secret.value
        return
    for slot in slots:
        yield _open_slot(volume, slot, secret.value, on_read)


def _open_slot(
    volume: ByteSource, slot: Keyslot, password: bytes, on_read: Callable[[], None]
) -> bytes:
    """Return what a password makes of a slot: the volume's key, or noise."""
    key = slot.derivation.derive(password, slot.area_key_bytes, on_read)
    decipher = sector_cipher(slot.area_encryption, key, UNIT_BYTES)
    length = slot.key_bytes * slot.stripes
    whole = -(-length // UNIT_BYTES) * UNIT_BYTES
    stored = volume.read_at(slot.area_offset_bytes, whole)
    # The last sector may lie across the volume's end: what is absent is no part of the key.
    stripes = decipher(stored.ljust(whole, b"\0"), 0)[:length]
    return _merge(stripes, slot)


def _merge(stripes: bytes, slot: Keyslot) -> bytes:
    """Put the stripes together again."""
    size = slot.key_bytes
    mixed = bytes(size)
    for number in range(slot.stripes - 1):
        stripe = stripes[number * size : (number + 1) * size]
        mixed = _spread(_xor(mixed, stripe), slot.stripe_digest)
    return _xor(mixed, stripes[(slot.stripes - 1) * size :])


def _spread(block: bytes, digest: str) -> bytes:
    size = hashlib.new(digest).digest_size
    parts = []
    for number, at in enumerate(range(0, len(block), size)):
        part = block[at : at + size]
        spread = hashlib.new(digest, number.to_bytes(4, "big") + part).digest()
        parts.append(spread[: len(part)])
    return b"".join(parts)


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(len(left), "big")


def _is_key(facts: LuksFacts, key: bytes, on_read: Callable[[], None]) -> bool:
    if not 1 <= len(key) <= KEY_BYTES_AT_MOST:
        return False
    value = facts.digest.value
    return hmac.compare_digest(facts.digest.derivation.derive(key, len(value), on_read), value)
