"""Any reads, in any order, with or without threads, give the slices of the device."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from container_images import FORMATS, acquire, libewf_bytes, mixed_bytes, opened
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import ContainerSource
from polit.evidence.containers._ewf_image import read_image
from polit.evidence.containers.ewf import EwfSource
from polit.evidence.segments import close_segments, find_segments, open_segments

DEVICE = mixed_bytes(20 * (1 << 20) + 3 * 512, seed=5)
SMALL = mixed_bytes(700_416, seed=6)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of several segments with more runs than are read ahead."""
    folder = tmp_path_factory.mktemp("reads")
    (folder / "disk.dd").write_bytes(DEVICE)
    return acquire(folder / "disk.dd", folder / "disk", "-c", "fast", "-S", "4 MiB")


@pytest.fixture(scope="module", params=[0, 1, 3])
def source(image: Path, request: pytest.FixtureRequest) -> Iterator[ContainerSource]:
    """The image, decoded ahead by none, one or three threads."""
    segments = open_segments(find_segments(image).paths)
    source = EwfSource(read_image(segments), request.param)
    yield source
    source.close()
    close_segments(segments)


places = st.integers(0, len(DEVICE) + 1000)
lengths = st.one_of(st.integers(0, 70_000), st.sampled_from([1 << 20, 3 << 20, 1, 512]))


@given(reads=st.lists(st.tuples(places, lengths), min_size=1, max_size=12))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reads_are_slices(source: ContainerSource, reads: list[tuple[int, int]]) -> None:
    for offset, length in reads:
        assert source.read_at(offset, length) == DEVICE[offset : offset + length]
    assert source.bad_ranges() == ()


@given(
    start=st.integers(0, len(DEVICE)),
    step=st.integers(3_000, 900_000),
    other=st.integers(0, len(DEVICE)),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_interleaved_streams_are_slices(
    source: ContainerSource, start: int, step: int, other: int
) -> None:
    for turn in range(15):
        for begin in (start, other):
            offset = begin + turn * step
            assert source.read_at(offset, step) == DEVICE[offset : offset + step]


def test_where_no_thread_can_start_the_caller_decodes(
    image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(ThreadPoolExecutor, "submit", refuse)
    segments = open_segments(find_segments(image).paths)
    source = EwfSource(read_image(segments), 2)
    assert source.read_at(0, len(DEVICE)) == DEVICE
    source.close()
    close_segments(segments)


def test_fork_leaves_the_threads_behind(image: Path) -> None:
    segments = open_segments(find_segments(image).paths)
    source = EwfSource(read_image(segments), 2)
    for offset in range(0, 8 << 20, 1 << 20):
        source.read_at(offset, 1 << 20)
    child = os.fork()
    if child == 0:
        # An alarm ends the child where it waits for threads that it does not have.
        signal.alarm(60)
        os._exit(0 if source.read_at(0, len(DEVICE)) == DEVICE else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert source.read_at(0, len(DEVICE)) == DEVICE
    source.close()
    close_segments(segments)


def test_memory_stays_bounded(image: Path) -> None:
    segments = open_segments(find_segments(image).paths)
    source = EwfSource(read_image(segments), 2)
    for offset in range(0, len(DEVICE), 4096):
        source.read_at(offset, 4096)
    assert len(source._reader._cache) * 32_768 <= 16 << 20
    assert len(source._reader._ahead) <= 6
    source.close()
    close_segments(segments)


@pytest.fixture(scope="module")
def small_images(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, bytes]]:
    folder = tmp_path_factory.mktemp("small")
    (folder / "disk.dd").write_bytes(SMALL)
    made = []
    for kind in ("encase6", "smart", "encase1", "ewfx"):
        path = acquire(folder / "disk.dd", folder / kind, "-c", "fast", kind=kind)
        made.append((path, path.read_bytes()))
    return made


@given(
    which=st.integers(0, 3),
    wounds=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=90)), max_size=5),
    cut=st.one_of(st.just(1.0), st.floats(0, 1)),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_wound_is_named_or_harmless(
    small_images: list[tuple[Path, bytes]],
    which: int,
    wounds: list[tuple[float, bytes]],
    cut: float,
) -> None:
    path, original = small_images[which]
    data = bytearray(original)
    for place, wound in wounds:
        start = int(place * (len(data) - len(wound)))
        data[start : start + len(wound)] = wound
    path.write_bytes(data[: int(len(data) * cut)])
    try:
        with opened(path) as source:
            found = bytearray(source.read_at(0, source.size_bytes))
            for bad in source.bad_ranges():
                end = bad.offset_bytes + bad.length_bytes
                found[bad.offset_bytes : end] = SMALL[bad.offset_bytes : end]
            assert found == SMALL[: len(found)]
            assert len(found) == len(SMALL) or source.problems()
    except SourceUnreadable:
        return
    finally:
        path.write_bytes(original)


@pytest.mark.parametrize("kind", FORMATS)
def test_libewf_reads_the_same(tmp_path: Path, kind: str) -> None:
    (tmp_path / "disk.dd").write_bytes(SMALL)
    path = acquire(tmp_path / "disk.dd", tmp_path / "disk", "-c", "best", kind=kind)
    expected = libewf_bytes(find_segments(path).paths)
    with opened(path) as source:
        assert source.read_at(0, source.size_bytes) == expected == SMALL
