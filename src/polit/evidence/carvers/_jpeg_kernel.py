"""The entropy decoder of JPEG, in the form that numba compiles: where does a stream make no sense?

Imported by ``_jpeg_entropy``, which compiles it, and for its constants by the carver's parts. It
makes no pixels: it follows each Huffman code, MCU by MCU (ITU-T T.81, annexes F and G), and stops
at the first thing that no encoder writes. Bytes are hostile and numba checks no index: each place
is held within its array before it is used, and each loop ends with its bytes or coefficients.

Progressive scans need to know which coefficients are not zero: one bit each, 64 a block.
"""

from collections.abc import MutableSequence, Sequence

import numba

Bytes = Sequence[int]
Codes = Sequence[int]
Whole = MutableSequence[int]
Notes = Sequence[Whole]

# Places in the state. JUMP_AT and JUMP_BY: at the one place the content goes on so much later.
POS, BITS, COUNT, MCU, RUN, RESTARTS, STATUS, ENDED, JUMP_AT, JUMP_BY = range(10)
BORDER, BLANKS, END, PREDICTED = range(10, 14)
STATE_SIZE = 17

# Places in the plan of a scan, then four figures a component, then four a block of the MCU.
MCUS, RESTART, FIRST, LAST, BLOCKS, KIND, ACROSS, PHASE, STEP, FINAL, UNTIL = range(11)
SIZE_BYTES, KNOWN, LEVELS, GAPS, LOW = range(11, 16)
COMPONENTS = 16
BASE, STRIDE, WIDE, MOST = range(4)
BLOCK = COMPONENTS + 16
COMPONENT, DC_TABLE, AC_TABLE, PLACE = range(4)
PLAN_SIZE = BLOCK + 40

# Kinds of scans.
SEQUENTIAL, DC_FIRST, DC_REFINE, AC_FIRST, AC_REFINE = range(5)

# Why it stopped.
RUNNING, DONE, MORE, BAD_CODE, OVERRUN, DC_RANGE, MARKER, BAD_RESTART, REACHED = range(9)

MARGIN_BYTES = 8192
"""More than one MCU can take: 10 blocks of 64 codes of 16 + 15 bits, each byte stuffed."""

BLANK_KEPT = 4
KEPT = 32
"""How many states before the last block borders are kept."""

TRIAL_BYTES = 16_384
"""How far a trial follows: who comes so far behind a gap is followed to the end."""


@numba.njit
def _fill(data: Bytes, state: Whole) -> None:
    """Load bytes up to 48 bits, without the zeros stuffed behind FF; stop before a marker."""
    end, jump = state[END], state[JUMP_AT]
    at, bits, count = state[POS], state[BITS], state[COUNT]
    while count <= 40:
        if at == jump:
            at += state[JUMP_BY]
        if at < 0 or at >= end:
            state[ENDED] = 1
            break
        value = 0 + data[at]
        following = at + 1
        if value == 0xFF:
            if following == jump:
                following += state[JUMP_BY]
            if following < 0 or following >= end or data[following] != 0:
                state[ENDED] = 1
                break
            following += 1
        bits = (bits << 8) | value
        count += 8
        at = following
    state[POS], state[BITS], state[COUNT] = at, bits, count


@numba.njit
def _take(data: Bytes, state: Whole, wanted: int) -> int:
    """Return the next 0 to 16 bits; a shortage becomes the status."""
    if wanted == 0:
        return 0
    if state[COUNT] < wanted:
        if state[ENDED] == 0:
            _fill(data, state)
        if state[COUNT] < wanted:
            state[STATUS] = MARKER
            return 0
    left = state[COUNT] - wanted
    value = state[BITS] >> left
    state[COUNT] = left
    state[BITS] &= (1 << left) - 1
    return value


@numba.njit
def _symbol(data: Bytes, state: Whole, codes: Codes, table: int) -> int:
    """Return the symbol of the next code; a code that is none becomes the status."""
    if state[COUNT] < 16 and state[ENDED] == 0:
        _fill(data, state)
    count = state[COUNT]
    ahead = state[BITS] >> (count - 16) if count >= 16 else state[BITS] << (16 - count)
    entry = 0 + codes[(table << 16) | (ahead & 0xFFFF)]
    length = entry >> 8
    if entry == 0 or length > count:
        state[STATUS] = BAD_CODE if entry == 0 else MARKER
        return 0
    state[COUNT] = count - length
    state[BITS] &= (1 << (count - length)) - 1
    return entry & 0xFF


@numba.njit
def _difference(
    data: Bytes, state: Whole, codes: Codes, table: int, limit: tuple[int, int]
) -> None:
    """Follow the DC coefficient of a block: the difference to the one before."""
    which, most = limit
    size = _symbol(data, state, codes, table)
    if size > 15:
        state[STATUS] = DC_RANGE
        return
    value = _take(data, state, size)
    if size > 0 and value < (1 << (size - 1)):
        value -= (1 << size) - 1
    state[PREDICTED + which] += value
    if abs(state[PREDICTED + which]) > most:
        state[STATUS] = DC_RANGE


@numba.njit
def _sequential(data: Bytes, state: Whole, codes: Codes, table: int) -> None:
    """Follow the 63 AC coefficients of a sequential block."""
    at = 1
    while at < 64 and state[STATUS] == RUNNING:
        symbol = _symbol(data, state, codes, table)
        size = symbol & 15
        if size == 0:
            if symbol != 0xF0:
                if symbol != 0:
                    state[STATUS] = BAD_CODE
                return
            at += 16
            continue
        at += (symbol >> 4) + 1
        if at > 64:
            state[STATUS] = OVERRUN
            return
        _take(data, state, size)


@numba.njit
def _first(data: Bytes, state: Whole, codes: Codes, plan: Whole, before: tuple[int, int]) -> int:
    """Follow a block of the first scan of AC coefficients; return which are not zero."""
    table, known = before
    if state[RUN] > 0:
        state[RUN] -= 1
        return known
    at, last = plan[FIRST], plan[LAST]
    while at <= last and state[STATUS] == RUNNING:
        symbol = _symbol(data, state, codes, table)
        zeros, size = symbol >> 4, symbol & 15
        if size == 0:
            if zeros < 15:
                state[RUN] = (1 << zeros) - 1 + _take(data, state, zeros)
                break
            at += 16
            continue
        at += zeros
        if at > last:
            state[STATUS] = OVERRUN
            break
        _take(data, state, size)
        known |= 1 << at
        at += 1
    return known


@numba.njit
def _correct(data: Bytes, state: Whole, plan: Whole, place: int, known: int) -> int:
    """Pass over known coefficients, one bit each, and ``place >> 8`` zeros; return the place."""
    at, zeros, last = place & 0xFF, place >> 8, plan[LAST]
    while at <= last and state[STATUS] == RUNNING:
        if (known >> at) & 1:
            _take(data, state, 1)
        elif zeros == 0:
            break
        else:
            zeros -= 1
        at += 1
    return at


@numba.njit
def _refine(data: Bytes, state: Whole, codes: Codes, plan: Whole, before: tuple[int, int]) -> int:
    """Follow a block of a refining scan of AC coefficients; return which are not zero."""
    table, known = before
    at, last, found = plan[FIRST], plan[LAST], known
    while state[RUN] == 0 and at <= last and state[STATUS] == RUNNING:
        symbol = _symbol(data, state, codes, table)
        zeros, size = symbol >> 4, symbol & 15
        if size > 1:
            state[STATUS] = BAD_CODE
        elif size == 0 and zeros < 15:
            state[RUN] = (1 << zeros) + _take(data, state, zeros)
        else:
            _take(data, state, size)
            at = _correct(data, state, plan, (zeros << 8) | at, known)
            if size == 1:
                if at > last:
                    state[STATUS] = OVERRUN
                else:
                    found |= 1 << at
            at += 1
    if state[RUN] > 0:
        _correct(data, state, plan, (64 << 8) | at, known)
        state[RUN] -= 1
    return found


@numba.njit
def _block_place(plan: Whole, mcu: int, which: int) -> int:
    """Return where the history of a block of an MCU stands."""
    block = BLOCK + 4 * which
    component = COMPONENTS + 4 * plan[block + COMPONENT]
    row, column = mcu // plan[ACROSS], mcu % plan[ACROSS]
    place, wide = plan[block + PLACE], plan[component + WIDE]
    down, right = (place >> 8) + row * (plan[component + WIDE] >> 8), place & 0xFF
    right += column * (wide & 0xFF)
    return plan[component + BASE] + down * plan[component + STRIDE] + right


@numba.njit
def _follow_mcu(data: Bytes, state: Whole, codes: Codes, plan: Whole, known: Whole) -> None:
    """Follow all blocks of one MCU."""
    kind = plan[KIND]
    for which in range(plan[BLOCKS]):
        block = BLOCK + 4 * which
        component = plan[block + COMPONENT]
        if kind <= DC_FIRST:
            most = plan[COMPONENTS + 4 * component + MOST]
            _difference(data, state, codes, plan[block + DC_TABLE], (component, most))
            if kind == SEQUENTIAL and state[STATUS] == RUNNING:
                _sequential(data, state, codes, plan[block + AC_TABLE])
        elif kind == DC_REFINE:
            _take(data, state, 1)
        else:
            place = _block_place(plan, state[MCU], which)
            if place < 0 or place >= plan[KNOWN]:
                state[STATUS] = OVERRUN
                return
            before = (plan[block + AC_TABLE], known[place])
            if kind == AC_FIRST:
                known[place] = _first(data, state, codes, plan, before)
            else:
                known[place] = _refine(data, state, codes, plan, before)
        if state[STATUS] != RUNNING:
            return


@numba.njit
def _restart(data: Bytes, state: Whole) -> None:
    """Pass over a restart marker: the one that is due, with nothing but filling bits before it."""
    if state[ENDED] == 0:
        _fill(data, state)
    at = state[POS]
    following = at + 1
    if following == state[JUMP_AT]:
        following += state[JUMP_BY]
    inside = 0 <= at < state[END] and 0 <= following < state[END]
    if not inside or state[ENDED] == 0 or state[COUNT] >= 8:
        state[STATUS] = BAD_RESTART
        return
    due = 0xD0 + (state[RESTARTS] & 7)
    if data[at] != 0xFF or data[following] != due:
        state[STATUS] = BAD_RESTART
        return
    state[POS], state[BITS], state[COUNT], state[ENDED], state[RUN] = following + 1, 0, 0, 0, 0
    state[RESTARTS] += 1
    for which in range(4):
        state[PREDICTED + which] = 0


@numba.njit
def _is_blank(data: Bytes, at: int, end: int) -> bool:
    """Tell whether 64 bytes are all the same: zeros and fillings can be valid codes for ever."""
    if at < 0 or at + 64 > end:
        return True
    same = 1
    while same < 64 and data[at + same] == data[at]:
        same += 1
    return same == 64


@numba.njit
def _keep(data: Bytes, state: Whole, before: Whole, plan: Whole, kept: Whole) -> None:
    """Keep the last state that had loaded nothing from behind a block border.

    The first four borders that are followed by filling are kept for good, in the last places.
    """
    border, step, phase = before[BORDER], plan[STEP], plan[PHASE]
    slot = (border - phase) // step % (KEPT - BLANK_KEPT)
    if before[BLANKS] < BLANK_KEPT and _is_blank(data, border, state[END]):
        slot = KEPT - BLANK_KEPT + before[BLANKS]
        state[BLANKS] += 1
    for i in range(STATE_SIZE):
        kept[slot * STATE_SIZE + i] = before[i]
    state[BORDER] = phase + (state[POS] - phase + step - 1) // step * step


@numba.njit
def _begin_mcu(data: Bytes, state: Whole, plan: Whole) -> bool:
    """Tell whether an MCU follows: pass over a restart marker, or state why it stops here."""
    mcu = state[MCU]
    if mcu >= plan[MCUS]:
        state[STATUS] = DONE
    elif plan[FINAL] == 0 and state[POS] + MARGIN_BYTES > state[END]:
        state[STATUS] = MORE
    elif mcu >= plan[UNTIL]:
        state[STATUS] = REACHED
    elif plan[RESTART] > 0 and mcu > 0 and mcu // plan[RESTART] > state[RESTARTS]:
        _restart(data, state)
    return bool(state[STATUS] == RUNNING)


@numba.njit
def _pass_mcu(data: Bytes, state: Whole, codes: Codes, plan: Whole, notes: Notes) -> None:
    """Follow the next MCU, if one follows, and note its brightness."""
    if not _begin_mcu(data, state, plan):
        return
    _follow_mcu(data, state, codes, plan, notes[0])
    if state[STATUS] == RUNNING:
        if state[MCU] < plan[LEVELS]:
            notes[2][state[MCU]] = state[PREDICTED]
        state[MCU] += 1


@numba.njit
def _follow(data: Bytes, state: Whole, codes: Codes, plan: Whole, notes: Notes) -> None:
    """Follow a scan from a state on until it ends, breaks, or needs more bytes."""
    before = notes[5]
    for i in range(STATE_SIZE):
        before[i] = state[i]
    while state[STATUS] == RUNNING:
        if before[BORDER] < state[POS]:
            _keep(data, state, before, plan, notes[1])
        for i in range(STATE_SIZE):
            before[i] = state[i]
        _pass_mcu(data, state, codes, plan, notes)
    # What breaks may be the very first byte behind a border, which is not loaded then.
    if BAD_CODE <= state[STATUS] <= BAD_RESTART and before[BORDER] <= state[POS] + 1:
        _keep(data, state, before, plan, notes[1])


@numba.njit
def _put_back(notes: Notes, plan: Whole, first: int, last: int) -> None:
    """Undo what a trial noted of the blocks of some MCUs."""
    if plan[KIND] < AC_FIRST:
        return
    for mcu in range(first, min(last + 1, plan[MCUS])):
        for which in range(plan[BLOCKS]):
            place = _block_place(plan, mcu, which)
            if 0 <= place < plan[KNOWN]:
                notes[0][place] = notes[3][place]


def follow(
    data: Bytes, states: Whole, codes: Codes, plan: Whole, notes: Notes, results: Whole
) -> None:
    """Follow a scan from a state on, straight or over each of some gaps: compiled only once.

    Args:
        data: The content from some place on; the state's places are places in it.
        states: The state to begin with. ``JUMP_AT`` states where the first fragment ends and gaps
            are tried, -1 for none: then the scan is followed once.
        codes: Eight tables of 65,536: four of DC, four of AC; by the next 16 bits, the length of
            the code and its symbol, 0 where there is none.
        plan: As its places above name it, with the sizes of all arrays.
        notes: What is known of the blocks; the states kept before block borders, in a ring; the
            first component's DC by MCU, as far as there is room; and what is known of the blocks
            in the state begun with, which is put back after each trial; the last state; and room
            for another.
        results: Three figures a gap of so many blocks: the status, the bytes and MCUs behind it.
    """
    jump, size, state = states[JUMP_AT], plan[SIZE_BYTES], notes[4]
    for gap in range(plan[GAPS]):
        far = jump + gap * plan[STEP]
        results[3 * gap] = RUNNING
        if jump >= 0 and _is_blank(data, far, size):
            continue
        for i in range(STATE_SIZE):
            state[i] = states[i]
        state[JUMP_BY] = gap * plan[STEP]
        if state[POS] == jump:
            state[POS] += state[JUMP_BY]
        state[END] = size if jump < 0 else min(size, far + TRIAL_BYTES + MARGIN_BYTES)
        _follow(data, state, codes, plan, notes)
        results[3 * gap], results[3 * gap + 1] = state[STATUS], max(0, state[POS] - far)
        results[3 * gap + 2] = state[MCU] - states[MCU]
        if jump >= 0:
            _put_back(notes, plan, states[MCU], state[MCU])
