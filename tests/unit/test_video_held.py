"""Held bytes as a file: whole, or first and last with nothing in between."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_videos import held

CONTENT = bytes(range(256)) * 4


def test_a_whole_content_reads_as_a_file() -> None:
    whole = held(CONTENT)
    assert whole.is_whole
    assert whole.read() == CONTENT
    assert whole.read(10) == b""
    assert whole.seek(-10, io.SEEK_END) == len(CONTENT) - 10
    assert whole.read(100) == CONTENT[-10:]


def test_what_is_not_held_reads_as_the_end() -> None:
    partly = held(CONTENT, head_bytes=100, tail_bytes=50)
    assert not partly.is_whole
    assert partly.tail_at == len(CONTENT) - 50
    assert partly.read() == CONTENT[:100]
    assert partly.read(5) == b""
    assert partly.read_at(99, 5) == CONTENT[99:100]
    assert partly.read_at(partly.tail_at - 1, 5) == b""
    assert partly.read_at(partly.tail_at, 5) == CONTENT[-50:-45]
    assert partly.read_at(len(CONTENT) - 2, 9) == CONTENT[-2:]


@pytest.mark.parametrize(
    ("offset", "whence"), [(-1, io.SEEK_SET), (-2000, io.SEEK_END), (0, 65536)]
)
def test_a_senseless_seek_is_an_error_number_and_moves_nothing(offset: int, whence: int) -> None:
    whole = held(CONTENT)
    whole.seek(7)
    assert whole.seek(offset, whence) < 0
    assert whole.tell() == 7


@given(st.lists(st.tuples(st.integers(-50, 1100), st.sampled_from([0, 1, 2]), st.integers(0, 300))))
def test_it_reads_as_a_file_in_memory_does(steps: list[tuple[int, int, int]]) -> None:
    whole, plain = held(CONTENT), io.BytesIO(CONTENT)
    for offset, whence, count in steps:
        if whole.seek(offset, whence) >= 0:
            plain.seek(offset, whence)
        assert whole.tell() == plain.tell()
        assert whole.read(count) == plain.read(count)


@given(st.integers(0, 1024), st.integers(0, 1024))
def test_what_is_read_is_what_stands_there(head: int, tail: int) -> None:
    partly = held(CONTENT, head_bytes=head, tail_bytes=min(tail, len(CONTENT) - head))
    for at in (0, head, len(CONTENT) - 1, len(CONTENT), 1 << 40):
        data = partly.read_at(at, 1 << 20)
        assert data == CONTENT[at : at + len(data)]
