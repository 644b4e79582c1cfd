"""Which blocks are in use: a bitmap read page by page, so that a big volume costs little."""

from collections import OrderedDict
from collections.abc import Callable, Iterator

import numpy as np

_PAGES_KEPT = 64


class AllocationMap:
    """A bitmap of blocks, the least significant bit first; pages are read when asked for.

    Memory stays under 64 pages. A bit that lies beyond what the volume holds counts as free.
    """

    def __init__(
        self, *, block_count: int, page_bits: int, read_page: Callable[[int], bytes]
    ) -> None:
        """Describe the map.

        Args:
            block_count: How many blocks it covers.
            page_bits: Blocks of one page, a multiple of 8.
            read_page: Gives the bytes of a page by its number; bit set means in use.
        """
        self.block_count = block_count
        self._page_bits = page_bits
        self._read_page = read_page
        self._kept: OrderedDict[int, int] = OrderedDict()

    def any_used(self, first_block: int, count: int) -> bool:
        """Tell whether one of ``count`` blocks from ``first_block`` on is in use."""
        block, end = max(first_block, 0), min(first_block + count, self.block_count)
        while block < end:
            page, bit = divmod(block, self._page_bits)
            taken = min(end - block, self._page_bits - bit)
            if (self._page(page) >> bit) & ((1 << taken) - 1):
                return True
            block += taken
        return False

    def free_blocks(self) -> int:
        """Count the blocks that nothing uses."""
        used = 0
        for page in range(-(-self.block_count // self._page_bits)):
            left = min(self.block_count - page * self._page_bits, self._page_bits)
            bits = int.from_bytes(self._read_page(page), "little")
            used += (bits & ((1 << left) - 1)).bit_count()
        return self.block_count - used

    def free_runs(self) -> Iterator[tuple[int, int]]:
        """Yield ``(first_block, count)`` of the blocks that nothing uses, in order, joined."""
        begun = -1
        for page in range(-(-self.block_count // self._page_bits)):
            first = page * self._page_bits
            left = min(self.block_count - first, self._page_bits)
            # A one at each end makes each run begin and end with an edge.
            used = np.ones(left + 2, np.int8)
            raw = self._read_page(page)[: -(-left // 8)].ljust(-(-left // 8), b"\0")
            used[1:-1] = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")[:left]
            edges = np.flatnonzero(np.diff(used)).tolist()
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                if begun >= 0 and start > 0:
                    yield begun, first - begun
                    begun = -1
                if begun < 0:
                    begun = first + start
                if end < left:
                    yield begun, first + end - begun
                    begun = -1
            if begun >= 0 and not edges:
                yield begun, first - begun
                begun = -1
        if begun >= 0:
            yield begun, self.block_count - begun

    def _page(self, number: int) -> int:
        bits = self._kept.get(number)
        if bits is None:
            bits = self._kept[number] = int.from_bytes(self._read_page(number), "little")
            if len(self._kept) > _PAGES_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(number)
        return bits
