"""Balanced trees of HFS+: records found by a number, walked in their order.

Source: Apple Technical Note TN1150, "B-Trees".
"""

import struct
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content

LEAF, _INDEX, _HEADER = -1, 0, 1
_NODES_KEPT = 128
_DEPTH_AT_MOST = 16
_LEAVES_PASSED_AT_MOST = 16
"""An index that holds leads to the right leaf or the one before; one that lies costs time."""
_NODE = struct.Struct(">IIbBH")


class TreeRecord(NamedTuple):
    """One record of a leaf: its node, its position there, its key and its data."""

    node: int
    position: int
    key: bytes
    data: bytes


class _TreeNode(NamedTuple):
    following: int
    kind: int
    records: int
    raw: bytes


class HfsTree:
    """One tree, read node by node; 128 of them are kept."""

    def __init__(self, content: Content, name: str) -> None:
        """Read the tree's header.

        Raises:
            SourceUnreadable: It is damaged.
        """
        self._content, self._name = content, name
        self._kept: OrderedDict[int, _TreeNode] = OrderedDict()
        head = content.read_at(0, 64)
        if len(head) < 64 or _NODE.unpack_from(head)[2] != _HEADER:
            raise SourceUnreadable(f"the {name} has no header")
        self._node_bytes = int.from_bytes(head[32:34])
        self._root = int.from_bytes(head[16:20])
        if self._node_bytes not in (512, 1024, 2048, 4096, 8192, 16384, 32768):
            raise SourceUnreadable(f"the {name} states nodes of {self._node_bytes} bytes")
        self._node_count = content.size_bytes // self._node_bytes

    def from_first(self, is_before: Callable[[bytes], bool]) -> Iterator[TreeRecord]:
        """Yield the records in order, beginning near the first whose key is not before.

        Args:
            is_before: Tells of a key whether what is looked for comes behind it.

        Raises:
            SourceUnreadable: A node is damaged; records yielded before it stand.
        """
        number = self._leaf_of(is_before)
        seen: set[int] = set()
        is_reached = False
        while number:
            if number in seen:
                raise SourceUnreadable(f"the chain of leaves of the {self._name} does not end")
            if len(seen) > _LEAVES_PASSED_AT_MOST and not is_reached:
                raise SourceUnreadable(f"the index of the {self._name} leads to a wrong leaf")
            seen.add(number)
            node = self._node(number, LEAF)
            for position in range(node.records):
                record = self._record(number, node, position)
                if not is_before(record.key):
                    is_reached = True
                    yield record
            number = node.following

    def record(self, node: int, position: int) -> TreeRecord:
        """Return one record of a leaf.

        Raises:
            SourceUnreadable: There is none.
        """
        found = self._node(node, LEAF)
        if position >= found.records:
            raise SourceUnreadable(f"node {node} of the {self._name} has no record {position}")
        return self._record(node, found, position)

    def _leaf_of(self, is_before: Callable[[bytes], bool]) -> int:
        number = self._root
        for _ in range(_DEPTH_AT_MOST):
            if not number:
                return 0
            node = self._node(number)
            if node.kind == LEAF:
                return number
            below = 0
            for position in range(node.records):
                record = self._record(number, node, position)
                if position and not is_before(record.key):
                    break
                below = int.from_bytes(record.data[:4])
            number = below
        raise SourceUnreadable(f"the {self._name} is too deep")

    def _node(self, number: int, kind: int | None = None) -> _TreeNode:
        node = self._kept.get(number)
        if node is None:
            node = self._kept[number] = self._read(number)
            if len(self._kept) > _NODES_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(number)
        if kind is not None and node.kind != kind:
            raise SourceUnreadable(f"node {number} of the {self._name} is no leaf")
        return node

    def _read(self, number: int) -> _TreeNode:
        raw = b""
        if 0 < number < self._node_count:
            raw = self._content.read_at(number * self._node_bytes, self._node_bytes)
        if len(raw) < self._node_bytes:
            raise SourceUnreadable(f"the {self._name} has no node {number}")
        following, _, kind, _, count = _NODE.unpack_from(raw)
        if kind not in (LEAF, _INDEX) or 14 + 2 * (count + 1) > len(raw):
            raise SourceUnreadable(f"node {number} of the {self._name} is damaged")
        return _TreeNode(following, kind, count, raw)

    def _record(self, number: int, node: _TreeNode, position: int) -> TreeRecord:
        at = len(node.raw) - 2 * position
        end, start = struct.unpack_from(">HH", node.raw, at - 4)
        key_bytes = int.from_bytes(node.raw[start : start + 2])
        data_at = start + 2 + key_bytes + key_bytes % 2
        if not 14 <= start < data_at <= end <= len(node.raw):
            raise SourceUnreadable(f"node {number} of the {self._name} is damaged")
        key = node.raw[start + 2 : start + 2 + key_bytes]
        return TreeRecord(number, position, key, node.raw[data_at:end])
