"""Sealing originals: any size comes back, any part alone, and any flipped bit is seen."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import vaults
from hypothesis import example, given
from hypothesis import strategies as st

from polit.base.errors import VaultDamaged
from polit.store.sealed_original import (
    SEGMENT_BYTES,
    Binding,
    Original,
    SealedOriginal,
    padded_bytes,
    seal_original,
    stored_bytes,
)

BINDING = Binding(bytes(range(32)), "T-1", "ab" * 32)
EDGES = [
    size + change for size in (0, 1024, SEGMENT_BYTES, 2 * SEGMENT_BYTES) for change in (-1, 0, 1)
]
sizes = st.one_of(st.sampled_from(EDGES[1:]), st.integers(0, 3 * SEGMENT_BYTES))


def sealed_file(content: bytes, binding: Binding = BINDING) -> bytes:
    original = Original(hashlib.sha256(content).digest(), len(content), "image/png")
    with vaults.in_memory(content) as descriptor:
        return b"".join(seal_original(original, descriptor, binding))


@contextmanager
def opened(file: bytes, binding: Binding = BINDING) -> Iterator[SealedOriginal]:
    with vaults.in_memory(file) as descriptor:
        yield SealedOriginal(descriptor, binding)


def content_of(size: int) -> bytes:
    return (os.urandom(64) * (size // 64 + 1))[:size]


@given(sizes, st.data())
def test_any_size_comes_back_whole_and_in_parts(size: int, data: st.DataObject) -> None:
    content = content_of(size)
    file = sealed_file(content)
    assert len(file) == stored_bytes(size)
    with opened(file) as sealed:
        assert sealed.original.size_bytes == size
        assert b"".join(sealed.pieces()) == content
        sealed.check()
        for _ in range(5):
            offset = data.draw(st.integers(0, size + 10))
            length = data.draw(st.integers(0, size + 10))
            assert sealed.read(offset, length) == content[offset : offset + length]


@given(st.integers(0, 5000), st.integers(0, 1 << 20), st.integers(0, 7))
@example(0, 0, 0)
def test_any_flipped_bit_is_seen(size: int, at: int, bit: int) -> None:
    file = bytearray(sealed_file(content_of(size)))
    file[at % len(file)] ^= 1 << bit
    with pytest.raises(VaultDamaged), opened(bytes(file)) as sealed:
        sealed.check()


@given(st.integers(1, 4 * SEGMENT_BYTES), st.integers(0, 1 << 30))
def test_any_cut_is_seen(size: int, at: int) -> None:
    file = sealed_file(content_of(size))
    with pytest.raises(VaultDamaged), opened(file[: at % len(file)]):
        pass


def test_segments_cannot_change_places() -> None:
    file = sealed_file(content_of(3 * SEGMENT_BYTES))
    stored = SEGMENT_BYTES + 16
    start = len(file) - len(file) // stored * stored
    first, second = file[start : start + stored], file[start + stored : start + 2 * stored]
    swapped = file[:start] + second + first + file[start + 2 * stored :]
    with pytest.raises(VaultDamaged, match="does not open"), opened(swapped) as sealed:
        sealed.check()


@pytest.mark.parametrize(
    "other",
    [
        Binding(bytes(32), BINDING.case, BINDING.name),
        Binding(BINDING.case_key, "T-2", BINDING.name),
        Binding(BINDING.case_key, BINDING.case, "cd" * 32),
    ],
    ids=["key", "case", "name"],
)
def test_what_was_sealed_for_another_does_not_open(other: Binding) -> None:
    with pytest.raises(VaultDamaged, match="does not open"), opened(sealed_file(b"x", other)):
        pass


def test_a_digest_that_was_never_the_contents_is_seen() -> None:
    """Only who holds the key can make this: the last line of defence is the digest."""
    content = b"a circle"
    lying = Original(bytes(32), len(content), "image/png")
    with vaults.in_memory(content) as descriptor:
        pieces = seal_original(lying, descriptor, BINDING)
        file = next(pieces) + next(pieces)
    with pytest.raises(VaultDamaged, match="its digest"), opened(file) as sealed:
        sealed.check()


@given(st.integers(0, 1 << 40))
def test_padding_costs_at_most_an_eighth(size: int) -> None:
    padded = padded_bytes(size)
    assert max(size, 1024) <= padded <= max(1024, size + size // 8)
    assert padded_bytes(padded) == padded
