"""LUKS 1 and 2: one volume inside, opened by a password or by the volume's key. Walker only.

Read by polit itself: of the libraries that are kept up one reads version 1 alone. It is the
tests' second reader, beside cryptsetup.
"""

from collections.abc import Callable, Sequence
from functools import partial

from polit.base.errors import SourceUnreadable
from polit.evidence.layer import Layer, VolumeLocked
from polit.evidence.layers._given import given, how_to_give
from polit.evidence.layers._inner import BytesLayer, inner_volume
from polit.evidence.layers._luks_facts import MAGIC, LuksFacts, read_luks1
from polit.evidence.layers._luks_json import SECOND_MAGIC, read_luks2
from polit.evidence.layers._luks_keys import Tried, find_key
from polit.evidence.layers._sector_cipher import UNIT_BYTES, Decipher, is_readable, sector_cipher
from polit.evidence.layers._window import Window
from polit.evidence.ranges import Derived, bad_within, widened
from polit.evidence.source import BadRange, ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts

ORDER = 20
NAME = "luks"

_SECOND_AT = 0x4000
_READ_BYTES = 1 << 20


def detect(source: ByteSource, volume: VolumeFacts) -> bool:
    """Tell whether a volume begins with a LUKS header, or has the second copy of one."""
    window = Window(source, volume)
    if window.read_at(0, len(MAGIC)) == MAGIC:
        return int.from_bytes(window.read_at(6, 2), "big") in (1, 2)
    return window.read_at(_SECOND_AT, len(SECOND_MAGIC)) == SECOND_MAGIC


def open_layer(
    source: ByteSource,
    volume: VolumeFacts,
    *,
    secrets: Sequence[bytes],
    on_read: Callable[[], None] | None,
) -> Layer:
    """Open a LUKS volume; see ``LayerPlugin``."""
    window = Window(source, volume, on_read)
    version = int.from_bytes(window.read_at(6, 2), "big")
    facts = read_luks1(window) if version == 1 else read_luks2(window)
    if not is_readable(facts.encryption):
        raise SourceUnreadable(
            f"it is LUKS {facts.version}, encrypted by {facts.encryption[:80]}: "
            "this version does not read that"
        )
    _check_data(window, facts)
    wanted = given(secrets)
    tried = find_key(window, facts, wanted, on_read or _keep_silent)
    if tried.found is None:
        raise VolumeLocked(_locked(facts, tried, how_to_give(tried.tried, len(wanted))))
    decipher = sector_cipher(facts.encryption, tried.found.key, facts.sector_bytes)
    inner = LuksSource(window, facts, decipher)
    secret = tried.found.secret
    described = f"LUKS {facts.version}, {facts.encryption}, {facts.uuid}"
    return BytesLayer(
        [inner_volume(1, NAME, described, inner.size_bytes)],
        {1: partial(_same, inner)},
        opened_by=f"{secret.kind.value} {secret.number}",
        problems=[SourceProblem("luks_header", flaw) for flaw in facts.flaws],
    )


class LuksSource:
    """The deciphered bytes of a LUKS volume; see ``ByteSource``."""

    def __init__(self, volume: ByteSource, facts: LuksFacts, decipher: Decipher) -> None:
        """Read the data of a volume by its key."""
        self._volume, self._facts, self._decipher = volume, facts, decipher
        sector = facts.sector_bytes
        self.size_bytes = _data_bytes(volume, facts) // sector * sector
        self._bad = Derived(self._lost)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return a range, shorter only at the end."""
        if offset_bytes < 0:
            return b""
        end = min(offset_bytes + length_bytes, self.size_bytes)
        parts = []
        for at in range(offset_bytes, end, _READ_BYTES):
            parts.append(self._part(at, min(at + _READ_BYTES, end)))  # noqa: PERF401 (it reads)
        return b"".join(parts)

    def _part(self, start: int, end: int) -> bytes:
        sector = self._facts.sector_bytes
        first = start // sector * sector
        last = -(-end // sector) * sector
        stored = self._volume.read_at(self._facts.data_offset_bytes + first, last - first)
        whole = len(stored) // sector * sector
        vector = self._facts.first_vector + first // UNIT_BYTES
        return self._decipher(stored[:whole], vector)[start - first : end - first]

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the sectors that the source around it could not give: noise, deciphered."""
        return self._bad.ranges(self._volume.bad_ranges())

    def _lost(self, around: tuple[BadRange, ...]) -> tuple[BadRange, ...]:
        bad = bad_within(around, self._facts.data_offset_bytes, self.size_bytes, at=0)
        return widened(bad, self._facts.sector_bytes, size_bytes=self.size_bytes)

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return none: they are told of the source that the volume lies in."""
        return ()


def _check_data(volume: ByteSource, facts: LuksFacts) -> None:
    if not 0 < facts.data_offset_bytes < volume.size_bytes:
        raise SourceUnreadable(
            f"the LUKS header states its data at byte {facts.data_offset_bytes}, the volume has "
            f"{volume.size_bytes}: a header kept apart from its data is not read"
        )


def _data_bytes(volume: ByteSource, facts: LuksFacts) -> int:
    behind = volume.size_bytes - facts.data_offset_bytes
    return behind if facts.data_bytes is None else min(facts.data_bytes, behind)


def _locked(facts: LuksFacts, tried: Tried, how: str) -> str:
    message = (
        f"LUKS {facts.version} ({facts.encryption[:80]}, {len(facts.keyslots)} key slots, "
        f"{facts.uuid}): {how} A password of any slot opens it, or "
        "hex: and the volume key."
    )
    if tried.is_cut_short:
        message += " The rest of the list was not tried: each try is dear; give a shorter list."
    if tried.refused:
        message += " Not tried: " + "; ".join(tried.refused) + "."
    return message


def _same(source: ByteSource) -> ByteSource:
    return source


def _keep_silent() -> None:
    """Give no sign of life."""
