"""The header of a LUKS volume of version 2: a binary part and JSON, in two copies.

Source: LUKS2 On-Disk Format Specification 1.1.1.
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import replace
from typing import Any

import msgspec

from polit.base.errors import SourceUnreadable
from polit.evidence.layers._derivation import Derivation
from polit.evidence.layers._luks_facts import (
    DIGEST_BYTES_AT_MOST,
    MAGIC,
    KeyDigest,
    Keyslot,
    LuksFacts,
    text_of,
)
from polit.evidence.source import ByteSource

SECOND_MAGIC = b"SKUL\xba\xbe"
_BINARY = struct.Struct(">6sHQQ48s32s64s40s48sQ184s64s")
_BINARY_BYTES = 4096
_CHECKSUM_AT, _CHECKSUM_BYTES = 448, 64
_SIZES = tuple(1 << shift for shift in range(14, 23))
_SECTOR_SIZES = (512, 1024, 2048, 4096)
_ITEMS_AT_MOST = 32


class _Kdf(msgspec.Struct):
    type: str
    salt: str
    hash: str = ""
    iterations: int = 0
    time: int = 0
    memory: int = 0
    cpus: int = 1


class _Af(msgspec.Struct):
    type: str
    stripes: int
    hash: str


class _Area(msgspec.Struct):
    type: str
    offset: str = "0"
    size: str = "0"
    encryption: str = ""
    key_size: int = 0


class _Slot(msgspec.Struct):
    type: str
    area: _Area
    key_size: int = 0
    af: _Af | None = None
    kdf: _Kdf | None = None


class _Segment(msgspec.Struct):
    type: str
    offset: str = "0"
    size: str = "dynamic"
    iv_tweak: str = "0"
    encryption: str = ""
    sector_size: int = 512
    integrity: Any = None
    flags: list[str] = []


class _Digest(msgspec.Struct):
    type: str
    keyslots: list[str]
    segments: list[str]
    salt: str
    digest: str
    hash: str = ""
    iterations: int = 0


class _Config(msgspec.Struct):
    requirements: Any = None


class _Header(msgspec.Struct):
    keyslots: dict[str, _Slot]
    segments: dict[str, _Segment]
    digests: dict[str, _Digest]
    config: _Config


_decoder = msgspec.json.Decoder(_Header)


def read_luks2(volume: ByteSource) -> LuksFacts:
    """Read a header of version 2: the first copy that holds, the newer one where both do.

    Raises:
        SourceUnreadable: No copy holds, or what it states this version does not read.
    """
    flaws: list[str] = []
    copies: list[tuple[int, int, bytes, str]] = []
    for place in (0, *_SIZES):
        if place and (copies and copies[0][1] != place):
            continue
        copy = _read_copy(volume, place, flaws)
        if copy is not None:
            copies.append(copy)
            if place:
                break
    if not copies:
        raise SourceUnreadable("no copy of the LUKS header holds: " + "; ".join(flaws[:4]))
    if len(copies) == 1:
        flaws.append("only one copy of the LUKS header holds")
    newest = max(copies, key=lambda copy: copy[0])
    return replace(_facts(newest[2], newest[3]), flaws=tuple(flaws[:4]))


def _read_copy(
    volume: ByteSource, place: int, flaws: list[str]
) -> tuple[int, int, bytes, str] | None:
    """Return ``(sequence, size, JSON, UUID)`` of a copy, ``None`` where it does not hold."""
    head = volume.read_at(place, _BINARY_BYTES)
    magic = SECOND_MAGIC if place else MAGIC
    if len(head) < _BINARY_BYTES or not head.startswith(magic):
        return None
    _, version, size, sequence, _, algorithm, _, uuid, _, offset, _, checksum = _BINARY.unpack_from(
        head
    )
    name = f"the copy of the LUKS header at {place}"
    if version != 2 or size not in _SIZES or offset != place:
        flaws.append(f"{name} states figures that cannot be")
        return None
    raw = head + volume.read_at(place + _BINARY_BYTES, size - _BINARY_BYTES)
    digest = text_of(algorithm)
    if len(raw) < size or digest not in hashlib.algorithms_guaranteed or "shake" in digest:
        flaws.append(f"{name} is cut short, or its checksum is not known")
        return None
    end = _CHECKSUM_AT + _CHECKSUM_BYTES
    found = hashlib.new(digest, raw[:_CHECKSUM_AT] + bytes(_CHECKSUM_BYTES) + raw[end:]).digest()
    if checksum[: len(found)] != found:
        flaws.append(f"{name} does not agree with its checksum")
        return None
    return sequence, size, raw[_BINARY_BYTES:].partition(b"\0")[0], text_of(uuid)


def _facts(untrusted_json: bytes, uuid: str) -> LuksFacts:
    try:
        header = _decoder.decode(untrusted_json)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise SourceUnreadable(f"the LUKS header's JSON cannot be read: {error}") from error
    if max(len(header.keyslots), len(header.segments), len(header.digests)) > _ITEMS_AT_MOST:
        raise SourceUnreadable(f"the LUKS header states over {_ITEMS_AT_MOST} slots or segments")
    if _requirements(header.config.requirements):
        raise SourceUnreadable(
            "the LUKS volume asks for what this version does not read: "
            f"{', '.join(_requirements(header.config.requirements))[:200]}"
        )
    name, segment = _data_segment(header)
    digest = next((one for one in header.digests.values() if name in one.segments), None)
    if digest is None or digest.type != "pbkdf2":
        raise SourceUnreadable("the LUKS header states no digest of its key")
    slots, unread = _slots(header)
    value = _bytes(digest.digest)
    if not 16 <= len(value) <= DIGEST_BYTES_AT_MOST:
        raise SourceUnreadable("the LUKS header's digest has an impossible length")
    return LuksFacts(
        version=2,
        uuid=uuid,
        encryption=segment.encryption,
        data_offset_bytes=_figure(segment.offset),
        data_bytes=None if segment.size == "dynamic" else _figure(segment.size),
        sector_bytes=segment.sector_size,
        first_vector=_figure(segment.iv_tweak),
        keyslots=slots,
        digest=KeyDigest(
            Derivation("pbkdf2", _bytes(digest.salt), digest.hash, digest.iterations),
            value,
            frozenset(digest.keyslots),
        ),
        unread=unread,
    )


def _requirements(stated: Any) -> list[str]:
    """Return what a reader must know and this one does not."""
    if stated is None:
        return []
    mandatory = stated.get("mandatory", []) if isinstance(stated, dict) else [stated]
    return [str(one) for one in mandatory] if isinstance(mandatory, list) else [str(mandatory)]


def _data_segment(header: _Header) -> tuple[str, _Segment]:
    live = {
        name: one
        for name, one in header.segments.items()
        if not any(flag.startswith("backup-") for flag in one.flags)
    }
    if len(live) != 1:
        raise SourceUnreadable(
            f"the LUKS volume has {len(live)} segments: it is being encrypted anew, "
            "which this version does not read"
        )
    name, segment = next(iter(live.items()))
    if segment.type != "crypt" or segment.integrity is not None:
        raise SourceUnreadable(
            f"the LUKS volume's data is of type {segment.type[:40]!r}"
            + (" with integrity tags" if segment.integrity is not None else "")
            + ": not read by this version"
        )
    if segment.sector_size not in _SECTOR_SIZES:
        raise SourceUnreadable(f"the LUKS header states sectors of {segment.sector_size} bytes")
    return name, segment


def _slots(header: _Header) -> tuple[tuple[Keyslot, ...], tuple[str, ...]]:
    """Return the slots that can be tried, and why others cannot."""
    found, unread = [], []
    for name, slot in header.keyslots.items():
        if slot.type != "luks2" or slot.area.type != "raw" or slot.kdf is None or slot.af is None:
            unread.append(f"slot {name[:10]} is of type {slot.type[:40]!r}: not read")
            continue
        kdf = slot.kdf
        passes = kdf.iterations if kdf.type == "pbkdf2" else kdf.time
        derived = Derivation(kdf.type, _bytes(kdf.salt), kdf.hash, passes, kdf.memory, kdf.cpus)
        found.append(
            Keyslot(
                name, derived, _figure(slot.area.offset), slot.area.encryption,
                slot.area.key_size, slot.key_size, slot.af.stripes, slot.af.hash,
            )
        )  # fmt: skip
    return tuple(found), tuple(unread)


def _figure(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise SourceUnreadable(f"the LUKS header states a figure {text[:30]!r}")
    return int(text)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SourceUnreadable("the LUKS header holds what is no Base64") from error
