"""What every container must do: the same class runs all of them."""

import fcntl
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from container_images import FORMATS, acquire, evidence_of, mixed_bytes, opened, read_all
from disk_images import DISKS
from evidence.logical_images import COMPRESSIONS, write_aff4
from evidence.tools import run
from made_differences import DIFFERENCES

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import ContainerSource
from polit.evidence.container import HEAD_BYTES, container_plugins, open_container
from polit.evidence.segments import close_segments, open_segments

SIZE_BYTES = 3 * (1 << 20) + 7 * 512
"""Whole sectors, no whole chunks: the last chunk is short."""


@dataclass(frozen=True)
class Example:
    """An image, the plugin that must take it, and the bytes it must give."""

    path: Path
    plugin: str
    expected: bytes


def build_raw(folder: Path, expected: bytes) -> Path:
    path = folder / "disk.dd"
    path.write_bytes(expected)
    return path


def build_odd_raw(folder: Path, expected: bytes) -> Path:
    """A raw image that ends within a sector, with a name of no convention."""
    return build_raw(folder, expected).rename(folder / "disk")


def build_split(folder: Path, expected: bytes) -> Path:
    """``split -b 1000000 -a 3 --numeric-suffixes=1 disk.dd disk.``."""
    raw = build_raw(folder, expected)
    run(["split", "-b", "1000000", "-a", "3", "--numeric-suffixes=1", raw, folder / "disk."])
    return folder / "disk.001"


def build_lettered(folder: Path, expected: bytes) -> Path:
    """``split -b 1000001 disk.dd disk.dd.``: parts that end within sectors."""
    raw = build_raw(folder, expected)
    run(["split", "-b", "1000001", raw, folder / "disk.dd."])
    return folder / "disk.dd.aa"


def ewf_builder(kind: str, *options: str) -> Callable[[Path, bytes], Path]:
    def build(folder: Path, expected: bytes) -> Path:
        return acquire(build_raw(folder, expected), folder / "image", *options, kind=kind)

    return build


def aff4_builder(method: str) -> Callable[[Path, bytes], Path]:
    def build(folder: Path, expected: bytes) -> Path:
        write_aff4(folder / "disk.aff4", expected, compression=method)
        return folder / "disk.aff4"

    return build


BUILDERS: dict[str, tuple[str, Callable[[Path, bytes], Path]]] = {
    "raw": ("raw", build_raw),
    "raw_without_suffix": ("raw", build_odd_raw),
    "split": ("raw", build_split),
    "split_lettered": ("raw", build_lettered),
    **{f"ewf_{kind}": ("ewf", ewf_builder(kind, "-c", "fast")) for kind in FORMATS},
    **{
        f"ewf_{level}": ("ewf", ewf_builder("encase6", "-c", level, "-d", "sha1"))
        for level in ("none", "empty-block", "best")
    },
    **{
        f"ewf_chunks_of_{sectors}": ("ewf", ewf_builder("encase6", "-c", "fast", "-b", sectors))
        for sectors in ("16", "256", "4096", "32768")
    },
    "ewf_sectors_of_4096": ("ewf", ewf_builder("encase6", "-c", "fast", "-P", "4096")),
    "ewf_segments": ("ewf", ewf_builder("encase5", "-c", "none", "-S", "1 MiB")),
    "ewf_segments_smart": ("ewf", ewf_builder("smart", "-c", "none", "-S", "1 MiB")),
    "ewf_segments_encase1": ("ewf", ewf_builder("encase1", "-c", "none", "-S", "1 MiB")),
    "ewf_segments_encase7": ("ewf", ewf_builder("encase7", "-c", "fast", "-S", "1 MiB")),
    **DISKS,
    **DIFFERENCES,
    **{f"aff4_{method}": ("aff4", aff4_builder(method)) for method in COMPRESSIONS},
}


@pytest.fixture(scope="module", params=sorted(BUILDERS))
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Example:
    plugin, build = BUILDERS[request.param]
    size = SIZE_BYTES // 4096 * 4096 if "4096" in request.param else SIZE_BYTES
    size = size >> 20 << 20 if "vhdx" in request.param else size
    expected = mixed_bytes(size)
    return Example(build(tmp_path_factory.mktemp("image"), expected), plugin, expected)


class TestContainer:
    """The contract of ``ContainerSource``."""

    @pytest.fixture
    def source(self, example: Example) -> Iterator[ContainerSource]:
        with opened(example.path) as source:
            yield source

    def test_plugin_claims_it(self, example: Example) -> None:
        _, segments = evidence_of(example.path)
        container = open_container(segments)
        assert container.name == example.plugin
        container.source.close()
        close_segments(segments)

    def test_gives_the_bytes_of_the_device(self, source: ContainerSource, example: Example) -> None:
        assert source.size_bytes == len(example.expected)
        for step in (1 << 20, 77_777):
            assert read_all(source, step) == example.expected
        assert source.read_at(0, len(example.expected)) == example.expected

    def test_reads_any_slice(self, source: ContainerSource, example: Example) -> None:
        size = len(example.expected)
        for offset in (size - 1, 0, 512, 32_767, 32_768, size - 600, size // 2, 999_999, 5):
            for length in (0, 1, 2, 511, 4096, 32_769, 100_000):
                data = source.read_at(offset, length)
                assert type(data) is bytes
                assert data == example.expected[offset : offset + length]

    def test_ends_where_it_ends(self, source: ContainerSource) -> None:
        assert len(source.read_at(source.size_bytes - 10, 20)) == 10
        assert source.read_at(source.size_bytes, 1) == b""
        assert source.read_at(source.size_bytes + 4096, 1) == b""

    def test_sound_image_has_nothing_bad(self, source: ContainerSource) -> None:
        read_all(source)
        assert source.bad_ranges() == ()
        assert source.problems() == ()

    def test_close_may_come_twice(self, source: ContainerSource) -> None:
        source.read_at(0, 1 << 20)
        source.close()
        source.close()

    def test_nothing_can_write(self, example: Example) -> None:
        _, segments = evidence_of(example.path)
        for segment in segments:
            assert fcntl.fcntl(segment.descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
            assert fcntl.fcntl(segment.descriptor, fcntl.F_GETFD) & fcntl.FD_CLOEXEC
        close_segments(segments)

    def test_reading_leaves_the_evidence_alone(self, example: Example) -> None:
        paths, held = evidence_of(example.path)
        close_segments(held)
        before = [(path.stat().st_mtime_ns, path.stat().st_atime_ns) for path in paths]
        with opened(example.path) as source:
            read_all(source)
        assert [(path.stat().st_mtime_ns, path.stat().st_atime_ns) for path in paths] == before

    def test_works_without_opening_a_file(
        self, example: Example, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, segments = evidence_of(example.path)

        def refuse(*_: object, **__: object) -> int:
            raise AssertionError("a container opened a file")

        monkeypatch.setattr(os, "open", refuse)
        monkeypatch.setattr("builtins.open", refuse)
        source = open_container(segments).source
        data = read_all(source)
        source.close()
        monkeypatch.undo()
        close_segments(segments)
        assert data == example.expected


def test_every_plugin_states_what_it_is() -> None:
    plugins = container_plugins()
    assert [plugin.NAME for plugin in plugins] == [
        *(
            "aff4",
            "ad1",
            "l01",
            "refused",
            "ewf",
            "ex01",
            "vmdk",
            "vhd",
            "vhdx",
            "qcow",
            "dmg",
            "raw",
        ),
    ]
    assert len({plugin.ORDER for plugin in plugins}) == len(plugins)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"LEF2\x0d\x0a\x81\x00", "files.Lx01"),
        (b"ADCRYPT\x00", "disk.E01"),
        (b"AFF10\x0d\x0a\x00", "disk.aff"),
        (b"<<< Oracle VM VirtualBox", "disk.vdi"),
        (b"PK\x03\x04", "files.zip"),
    ],
)
def test_other_container_is_refused_by_name(tmp_path: Path, head: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(head.ljust(HEAD_BYTES * 2, b"\x01"))
    segments = open_segments([path])
    with pytest.raises(SourceUnreadable, match="does not open yet"):
        open_container(segments)
    close_segments(segments)


def test_no_segment_is_refused() -> None:
    with pytest.raises(SourceUnreadable, match="at least one segment"):
        open_container(())
