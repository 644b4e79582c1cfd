"""The segments of a JPEG: tables, frame and scans, checked before an entropy decoder follows them.

Imported by ``_jpeg_follow``. Source: ITU-T T.81, Annex B.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from polit.evidence.carvers import _jpeg_kernel as kernel

SOI, EOI, SOS, DHT, DQT, DRI, DNL = 0xD8, 0xD9, 0xDA, 0xC4, 0xDB, 0xDD, 0xDC
_FRAMES = {0xC0, 0xC1, 0xC2}
_APPLICATION = {*range(0xE0, 0xF0), 0xFE}
_MOST_MCUS = 1 << 22
_MOST_TABLES = 2048
_MOST_BLOCKS = 1 << 22
"""Blocks of a progressive picture of about 170 megapixels; 8 bytes are kept of each."""


class Senseless(ValueError):
    """Raised where a segment is none, and caught where the file is followed."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a frame: its identifier, sampling and quantiser, its blocks."""

    name: int
    across: int
    down: int
    quantiser: int
    blocks_across: int
    blocks_down: int
    stride: int
    base: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame header states, and the MCUs that follow from it."""

    is_progressive: bool
    bits: int
    width_px: int
    height_px: int
    mcus_across: int
    mcus_down: int
    blocks: int
    components: tuple[Component, ...]


@dataclass(slots=True)
class Tables:
    """The tables defined so far; a copy shares what is never changed in place."""

    codes: list[NDArray[np.uint16] | None] = field(default_factory=lambda: [None] * 8)
    dc_steps: dict[int, int] = field(default_factory=dict)
    restart_mcus: int = 0
    defined: int = 0

    def count(self) -> None:
        """Count a table.

        Raises:
            Senseless: There are more than any encoder writes.
        """
        self.defined += 1
        if self.defined > _MOST_TABLES:
            raise Senseless("too_many_tables")

    def copy(self) -> "Tables":
        """Return tables that may be changed on their own."""
        return Tables(list(self.codes), dict(self.dc_steps), self.restart_mcus, self.defined)


def is_segment(marker: int) -> bool:
    """Tell whether a marker begins a segment that stands before or between scans."""
    return marker in _APPLICATION or marker in _FRAMES or marker in {SOS, DHT, DQT, DRI, DNL}


def is_frame(marker: int) -> bool:
    """Tell whether a marker begins a frame that can be followed."""
    return marker in _FRAMES


def read_tables(tables: Tables, marker: int, untrusted_body: bytes) -> None:
    """Take the tables of a DHT, DQT or DRI segment.

    Raises:
        Senseless: No encoder writes such tables.
    """
    if marker == DHT:
        _read_codes(tables, untrusted_body)
    elif marker == DQT:
        _read_quantisers(tables, untrusted_body)
    elif marker == DRI:
        if len(untrusted_body) != 2:
            raise Senseless("restart_interval")
        tables.restart_mcus = int.from_bytes(untrusted_body, "big")


def _read_quantisers(tables: Tables, body: bytes) -> None:
    while body:
        tables.count()
        wide, name = body[0] >> 4, body[0] & 15
        size = 64 * (1 + wide)
        if wide > 1 or name > 3 or len(body) < 1 + size:
            raise Senseless("quantisers")
        steps = np.frombuffer(body, dtype=">u2" if wide else "u1", count=64, offset=1)
        if not steps.all():
            raise Senseless("quantisers")
        tables.dc_steps[name] = int(steps[0])
        body = body[1 + size :]


def _read_codes(tables: Tables, body: bytes) -> None:
    while body:
        tables.count()
        if len(body) < 17:
            raise Senseless("codes")
        kind, name, counts = body[0] >> 4, body[0] & 15, body[1:17]
        total = sum(counts)
        if kind > 1 or name > 3 or total > 256 or len(body) < 17 + total:
            raise Senseless("codes")
        tables.codes[4 * kind + name] = _code_table(counts, body[17 : 17 + total])
        body = body[17 + total :]


def _code_table(counts: bytes, symbols: bytes) -> NDArray[np.uint16]:
    """Return the length and symbol for each of the 65,536 values of the next 16 bits."""
    lengths = np.repeat(np.arange(1, 17), np.frombuffer(counts, np.uint8))
    spans = 1 << (16 - lengths)
    filled = int(spans.sum())
    if filled > 1 << 16:
        raise Senseless("codes")
    entries = (lengths << 8 | np.frombuffer(symbols, np.uint8)).astype(np.uint16)
    table = np.zeros(1 << 16, dtype=np.uint16)
    table[:filled] = np.repeat(entries, spans)
    return table


def read_frame(marker: int, untrusted_body: bytes) -> Frame:
    """Return what a frame header states.

    Raises:
        Senseless: It states nothing that can be, or more than is followed.
    """
    if len(untrusted_body) < 6:
        raise Senseless("frame")
    bits, count = untrusted_body[0], untrusted_body[5]
    height = int.from_bytes(untrusted_body[1:3], "big")
    width = int.from_bytes(untrusted_body[3:5], "big")
    parts = [untrusted_body[6 + 3 * n : 9 + 3 * n] for n in range(count)]
    if len(untrusted_body) != 6 + 3 * count or not 1 <= count <= 4 or bits not in {8, 12}:
        raise Senseless("frame")
    if not width or not height or (bits == 12 and marker == 0xC0):
        raise Senseless("frame")
    samplings = [(part[1] >> 4, part[1] & 15, part[2]) for part in parts]
    if any(not 1 <= h <= 4 or not 1 <= v <= 4 or q > 3 for h, v, q in samplings):
        raise Senseless("frame")
    if len({part[0] for part in parts}) != count:
        raise Senseless("frame")
    return _frame(marker == 0xC2, (bits, width, height), parts)


def _parts(whole: int, size: int) -> int:
    """Return how many parts of a size cover a whole."""
    return (whole + size - 1) // size


def _frame(is_progressive: bool, sizes: tuple[int, int, int], parts: list[bytes]) -> Frame:
    bits, width, height = sizes
    most_across, most_down = max(p[1] >> 4 for p in parts), max(p[1] & 15 for p in parts)
    across, down = _parts(width, 8 * most_across), _parts(height, 8 * most_down)
    components, base = [], 0
    for part in parts:
        h, v = part[1] >> 4, part[1] & 15
        own_across = _parts(_parts(width * h, most_across), 8)
        own_down = _parts(_parts(height * v, most_down), 8)
        stride = across * h
        components.append(Component(part[0], h, v, part[2], own_across, own_down, stride, base))
        base += stride * down * v
    if across * down > _MOST_MCUS or base > _MOST_BLOCKS * (1 if is_progressive else 4):
        raise Senseless("too_large")
    return Frame(is_progressive, bits, width, height, across, down, base, tuple(components))


def read_scan(frame: Frame, tables: Tables, untrusted_body: bytes) -> tuple[int, NDArray[np.int64]]:
    """Return which components a scan has, as bits, and its plan for the entropy decoder.

    Raises:
        Senseless: It cannot be a scan of this frame, or its tables are not defined.
    """
    count = untrusted_body[0] if untrusted_body else 0
    if not 1 <= count <= 4 or len(untrusted_body) != 4 + 2 * count:
        raise Senseless("scan")
    names = [component.name for component in frame.components]
    chosen = [untrusted_body[1 + 2 * n] for n in range(count)]
    if any(name not in names for name in chosen) or len(set(chosen)) != count:
        raise Senseless("scan")
    plan = np.zeros(kernel.PLAN_SIZE, dtype=np.int64)
    _plan_bands(plan, frame, count, untrusted_body[-3:])
    parts = [
        (frame.components[names.index(name)], untrusted_body[2 + 2 * n])
        for n, name in enumerate(chosen)
    ]
    for which, (component, _) in enumerate(parts):
        place = kernel.COMPONENTS + 4 * which
        step = tables.dc_steps.get(component.quantiser)
        if step is None:
            raise Senseless("quantisers")
        wide = (component.down << 8 | component.across) if count > 1 else 0x101
        most = (((1536 << (frame.bits - 8)) // step) + 1) >> int(plan[kernel.LOW])
        plan[place : place + 4] = component.base, component.stride, wide, most + 1
    _plan_blocks(plan, frame, tables, parts)
    plan[kernel.RESTART] = tables.restart_mcus
    return sum(1 << names.index(name) for name in chosen), plan


def _plan_bands(plan: NDArray[np.int64], frame: Frame, count: int, bands: bytes) -> None:
    first, last, high, low = bands[0], bands[1], bands[2] >> 4, bands[2] & 15
    if not frame.is_progressive:
        # Ss, Se, Ah and Al are fixed here, and some encoders write what they like.
        plan[kernel.KIND], first, last, high, low = kernel.SEQUENTIAL, 0, 63, 0, 0
    elif low > 13 or (high and high != low + 1) or last > 63:
        raise Senseless("scan")
    elif first == 0:
        if last:
            raise Senseless("scan")
        plan[kernel.KIND] = kernel.DC_REFINE if high else kernel.DC_FIRST
    elif count != 1 or last < first:
        raise Senseless("scan")
    else:
        plan[kernel.KIND] = kernel.AC_REFINE if high else kernel.AC_FIRST
    plan[kernel.FIRST], plan[kernel.LAST], plan[kernel.LOW] = first, last, low


def _plan_blocks(
    plan: NDArray[np.int64], frame: Frame, tables: Tables, parts: list[tuple[Component, int]]
) -> None:
    only = parts[0][0] if len(parts) == 1 else None
    across = only.blocks_across if only else frame.mcus_across
    plan[kernel.ACROSS] = across
    plan[kernel.MCUS] = across * (only.blocks_down if only else frame.mcus_down)
    plan[kernel.UNTIL] = plan[kernel.MCUS] + 1
    kind, blocks = int(plan[kernel.KIND]), 0
    for which, (component, selectors) in enumerate(parts):
        dc, ac = selectors >> 4, selectors & 15
        if dc > 3 or ac > 3:
            raise Senseless("scan")
        if kind <= kernel.DC_FIRST and tables.codes[dc] is None:
            raise Senseless("codes")
        if kind not in {kernel.DC_FIRST, kernel.DC_REFINE} and tables.codes[4 + ac] is None:
            raise Senseless("codes")
        places = (
            [0]
            if only
            else [y << 8 | x for y in range(component.down) for x in range(component.across)]
        )
        for place in places:
            if blocks == 10:
                raise Senseless("scan")
            block = kernel.BLOCK + 4 * blocks
            plan[block : block + 4] = which, dc, 4 + ac, place
            blocks += 1
    plan[kernel.BLOCKS] = blocks
