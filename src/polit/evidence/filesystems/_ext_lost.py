"""Folder blocks of ext that lie in free space, and the names in them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from polit.evidence.filesystems._ext_layout import ExtLayout
from polit.evidence.filesystems._ext_names import (
    ExtName,
    can_begin_folder,
    is_folder_block,
    lost_names_in_block,
)
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._lost import FOLDERS_AT_MOST, LOST_REPEATED, Listed, tops
from polit.evidence.filesystems._orphans import FreeSpace

_HEAD_BYTES = 12


class LostFolders:
    """The scan of a volume's free blocks for names."""

    def __init__(
        self,
        image: VolumeImage,
        layout: ExtLayout,
        *,
        with_types: bool,
        blocks_of: Callable[[ExtName], list[tuple[int, int]]],
        dropped: Counter[str],
    ) -> None:
        """Stand on a volume.

        Args:
            image: The volume.
            layout: Its figures.
            with_types: Its folders keep file types.
            blocks_of: Gives first block and count of each run of a lost folder's inode, nothing
                where none leads to it: what lies there is listed below its name.
            dropped: Counts what makes no sense, by code.
        """
        self._image, self._layout, self._dropped = image, layout, dropped
        self._with_types, self._blocks_of = with_types, blocks_of

    def names(self, listed: Listed) -> Iterator[ExtName]:
        """Yield the names that are not listed already, in the order of their blocks."""
        lost = list(islice(self._blocks(), FOLDERS_AT_MOST))
        for block in tops(lost, lambda block: self._led_from(block, lost)):
            for name in self._names_in(block, self._drop):
                if listed.add((name.raw_name, name.inode)):
                    yield name
                else:
                    self._drop(LOST_REPEATED)

    def _blocks(self) -> Iterator[int]:
        figures = self._layout
        size, first = figures.block_size_bytes, figures.first_data_block
        free = FreeSpace(
            self._image,
            figures.block_count - first,
            size,
            lambda cluster: (first + cluster - 2) * size,
            figures.used_blocks_page,
        )
        for cluster, head in free.heads(_HEAD_BYTES):
            block = first + cluster - 2
            if can_begin_folder(head, size) and is_folder_block(
                self._image.read_at(block * size, size),
                inode_count=figures.inode_count,
                with_types=self._with_types,
            ):
                yield block

    def _names_in(self, block: int, drop: Callable[[str], None]) -> Iterator[ExtName]:
        size = self._layout.block_size_bytes
        yield from lost_names_in_block(
            self._image.read_at(block * size, size),
            inode_count=self._layout.inode_count,
            with_types=self._with_types,
            drop=drop,
        )

    def _led_from(self, block: int, lost: list[int]) -> Iterator[int]:
        for name in self._names_in(block, lambda _: None):
            for first, count in self._blocks_of(name):
                yield from lost[bisect_left(lost, first) : bisect_left(lost, first + count)]

    def _drop(self, code: str) -> None:
        self._dropped[code] += 1
