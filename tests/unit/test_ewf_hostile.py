"""EWF files made by hand that lie: bounded time, bounded memory, never a crash."""

import errno
import os
import resource
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from container_images import (
    MadeImage,
    descriptor,
    made_table,
    opened,
    read_all,
    with_sum,
)

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import ContainerSource, SectorRange, StoredDigest
from polit.evidence.containers._ewf_recovery import Recovery
from polit.evidence.containers._ewf_sections import walk_sections
from polit.evidence.segments import Segment

CHUNK = 32_768
COMPRESSED = 1 << 31


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Fail what takes more than 20 s or 300 MiB: everything here is a few bytes."""
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.monotonic() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10


def image_of(chunks: list[bytes], *, entries: list[int] | None = None) -> MadeImage:
    """Make an image of stored chunks, zlib streams by their first byte, without its end."""
    made = MadeImage()
    made.add_volume(len(chunks), 64 * len(chunks))
    start = made.add("sectors", b"".join(chunks)) + 76
    offsets = []
    for chunk in chunks:
        offsets.append(start | (COMPRESSED if chunk[:1] == b"\x78" else 0))
        start += len(chunk)
    made.add_table(offsets if entries is None else entries)
    made.add_table(offsets if entries is None else entries, kind="table2")
    return made


def plain(fill: int) -> bytes:
    return with_sum(bytes([fill]) * CHUNK)


def written(tmp_path: Path, data: bytes, name: str = "disk.E01") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def codes(source: ContainerSource) -> set[str]:
    return {problem.code for problem in source.problems()}


def test_made_image_is_read(tmp_path: Path) -> None:
    made = image_of([plain(1), zlib.compress(b"\x02" * CHUNK), plain(3)])
    with opened(written(tmp_path, made.end())) as source:
        assert read_all(source) == b"".join(bytes([fill]) * CHUNK for fill in (1, 2, 3))
        assert source.problems() == ()


class TestChains:
    def test_loop_ends(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        made.add("header", following=13)
        with opened(written(tmp_path, made.end())) as source:
            assert "section_chain" in codes(source)
            assert read_all(source) == b"\x01" * CHUNK

    def test_endless_sections_end(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        start = len(made.data)
        sections = [descriptor(b"ltypes", start + 76 * n, 76) for n in range(1, 250_001)]
        made.data += b"".join(sections)
        with opened(written(tmp_path, made.end())) as source:
            assert "section_chain" in codes(source)
            assert read_all(source) == b"\x01" * CHUNK

    def test_endless_damage_ends(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        for _ in range(20_000):
            made.data += descriptor(b"ltypes", len(made.data) + 76, 76)
            made.data += b"table".ljust(76, b"\0")
        with opened(written(tmp_path, made.end())) as source:
            assert 0 < len(source.problems()) <= 1_001
            assert source.read_at(0, 1) == b"\x01"

    def test_endless_problems_are_summed_up(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        for _ in range(3_000):
            made.add("hash", bytes(36))
        with opened(written(tmp_path, made.end())) as source:
            assert len(source.problems()) == 1_001
            assert source.problems()[-1].detail == "2000 more of the same kind"

    def test_next_beyond_the_file_is_a_truncation(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        made.add("header", following=1 << 62)
        with opened(written(tmp_path, bytes(made.data))) as source:
            assert "segment_truncated" in codes(source)
            assert read_all(source) == b"\x01" * CHUNK

    def test_only_a_name_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path, os.urandom(100_000))
        with pytest.raises(SourceUnreadable, match="no intact volume"), opened(path):
            pass


class TestSizes:
    @pytest.mark.parametrize(("per_chunk", "size"), [(0, 512), (1 << 31, 1 << 31), (64, 0)])
    def test_chunk_beyond_sense_is_refused(self, tmp_path: Path, per_chunk: int, size: int) -> None:
        made = MadeImage()
        made.add_volume(1, 64, per_chunk, size)
        with pytest.raises(SourceUnreadable), opened(written(tmp_path, made.end())):
            pass

    def test_more_chunks_than_tables_is_named(self, tmp_path: Path) -> None:
        made = MadeImage()
        made.add_volume(0xFFFF_FFFF, 1 << 60)
        start = made.add("sectors", plain(1)) + 76
        made.add_table([start])
        with opened(written(tmp_path, made.end())) as source:
            assert "geometry_disagrees" in codes(source)
            assert source.size_bytes == CHUNK
            assert read_all(source) == b"\x01" * CHUNK

    def test_size_that_no_file_can_hold_is_clamped(self, tmp_path: Path) -> None:
        made = MadeImage()
        made.add_volume(0xFFFF_FFFF, 1 << 60)
        start = made.add("sectors", plain(1)) + 76
        made.add_table([start])
        with opened(written(tmp_path, made.end("next"))) as source:
            assert {"size_clamped", "segment_missing"} <= codes(source)
            assert source.size_bytes == 64 << 30
            assert len(source.bad_ranges()) == 1
            assert source.read_at(source.size_bytes - 10, 20) == bytes(10)

    @pytest.mark.parametrize("count", [0, 2, 0xFFFF_FFFF])
    def test_lying_count_of_entries(self, tmp_path: Path, count: int) -> None:
        made = MadeImage()
        made.add_volume(1, 64)
        start = made.add("sectors", plain(1)) + 76
        made.add("table", made_table([start], count=count))
        with opened(written(tmp_path, made.end())) as source:
            assert codes(source) & {"table_checksum", "geometry_disagrees"}
            assert read_all(source) == b"\x01" * CHUNK

    def test_bomb_stops_at_the_size_of_a_chunk(self, tmp_path: Path) -> None:
        bomb = zlib.compress(bytes(256 << 20), 9)
        with opened(written(tmp_path, image_of([bomb, plain(2)]).end())) as source:
            assert read_all(source) == bytes(CHUNK) + b"\x02" * CHUNK
            assert [bad.code for bad in source.bad_ranges()] == ["chunk_inflate"]

    def test_short_stream_is_a_bad_chunk(self, tmp_path: Path) -> None:
        short = zlib.compress(bytes(100))
        with opened(written(tmp_path, image_of([short, plain(2)]).end())) as source:
            assert read_all(source) == bytes(CHUNK) + b"\x02" * CHUNK
            assert [bad.code for bad in source.bad_ranges()] == ["chunk_inflate"]

    def test_wrong_checksum_of_a_stream_is_told_from_a_broken_one(self, tmp_path: Path) -> None:
        wrong = zlib.compress(b"\x01" * CHUNK)[:-1] + b"\xff"
        with opened(written(tmp_path, image_of([wrong]).end())) as source:
            read_all(source)
            assert [bad.code for bad in source.bad_ranges()] == ["chunk_checksum"]

    def test_offsets_out_of_the_file_are_lost_chunks(self, tmp_path: Path) -> None:
        made = image_of([plain(1)] * 3, entries=[0x7FFF_FFFF, 0xFFFF_FFFF, 1])
        with opened(written(tmp_path, made.end())) as source:
            assert read_all(source) == bytes(3 * CHUNK)
            assert sum(bad.length_bytes for bad in source.bad_ranges()) == 3 * CHUNK

    def test_chunks_out_of_order_are_read(self, tmp_path: Path) -> None:
        made = MadeImage()
        made.add_volume(2, 128)
        start = made.add("sectors", plain(2) + plain(1)) + 76
        made.add_table([start + CHUNK + 4, start])
        with opened(written(tmp_path, made.end())) as source:
            assert read_all(source) == b"\x01" * CHUNK + b"\x02" * CHUNK

    def test_scan_without_a_table_is_bounded(self, tmp_path: Path) -> None:
        scan = Recovery(CHUNK, chunks=5)
        made = image_of([zlib.compress(bytes(CHUNK))] * 9)
        path = written(tmp_path, made.end())
        with path.open("rb") as stream:
            segment = Segment(path.name, stream.fileno(), path.stat().st_size)
            volume, sectors = walk_sections(segment).sections[:2]
            assert volume.kind == "volume"
            assert len(scan.scan(segment, sectors)[0]) == 5
            assert len(scan.scan(segment, sectors)[0]) == 0


class TestLargeOffsets:
    def sparse(self, tmp_path: Path, *, base: int, flag: int) -> Path:
        """Make a sparse file with a chunk before and one behind 2 GiB."""
        made = MadeImage()
        made.add_volume(3, 192)
        sectors = len(made.data)
        places = [sectors + 76, (1 << 31) - 40_000, (1 << 31) + 1_000]
        end = places[-1] + CHUNK + 4
        head = bytes(made.data) + descriptor(b"sectors", end, end - sectors)
        entries = [place - base for place in places]
        entries[1] |= flag
        table = made_table(entries, base)
        path = tmp_path / "large.E01"
        with path.open("wb") as stream:
            stream.write(head)
            for fill, place in enumerate(places, 1):
                stream.seek(place)
                stream.write(plain(fill))
            for kind in (b"table", b"table2"):
                here = stream.tell()
                stream.write(descriptor(kind, here + 76 + len(table), 76 + len(table)) + table)
            stream.write(descriptor(b"done", stream.tell(), 76))
        return path

    def test_offset_of_all_32_bits_is_an_overflow(self, tmp_path: Path) -> None:
        with opened(self.sparse(tmp_path, base=0, flag=0)) as source:
            assert read_all(source) == b"".join(bytes([fill]) * CHUNK for fill in (1, 2, 3))
            assert source.bad_ranges() == ()

    def test_base_offset_is_added(self, tmp_path: Path) -> None:
        with opened(self.sparse(tmp_path, base=1128, flag=0)) as source:
            assert read_all(source) == b"".join(bytes([fill]) * CHUNK for fill in (1, 2, 3))


class TestStatements:
    def test_read_errors_of_the_imaging_are_offered(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        entries = b"".join(value.to_bytes(4, "little") for value in (3, 1, 40, 8))
        head = with_sum((2).to_bytes(4, "little") + bytes(512))
        made.add("error2", head + with_sum(entries))
        with opened(written(tmp_path, made.end())) as source:
            facts = source.acquisition()
            assert facts.acquisition_errors == (SectorRange(3, 1), SectorRange(40, 8))
            assert facts.sector_size_bytes == 512
            assert source.problems() == ()

    @pytest.mark.parametrize("count", [3, 0xFFFF_FFFF])
    def test_lying_count_of_read_errors(self, tmp_path: Path, count: int) -> None:
        made = image_of([plain(1)])
        made.add("error2", with_sum(count.to_bytes(4, "little") + bytes(512)) + bytes(12))
        with opened(written(tmp_path, made.end())) as source:
            assert codes(source) == {"section_checksum"}

    def test_sessions_are_checked(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        made.add("session", with_sum((1).to_bytes(4, "little") + bytes(28)) + with_sum(bytes(32)))
        made.add("session", with_sum((1).to_bytes(4, "little") + bytes(28)) + bytes(36))
        with opened(written(tmp_path, made.end())) as source:
            (problem,) = source.problems()
            assert "session" in problem.detail

    def test_digests_are_offered_once(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        for _ in range(2):
            made.add("hash", with_sum(b"\xab" * 16 + bytes(16)))
        made.add("digest", with_sum(bytes(16) + b"\xcd" * 20 + bytes(40)))
        with opened(written(tmp_path, made.end())) as source:
            assert source.stored_digests() == (
                StoredDigest("md5", "ab" * 16, "hash"),
                StoredDigest("sha1", "cd" * 20, "digest"),
            )

    def test_digests_that_disagree_are_named(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        for fill in (b"\xab", b"\xcd"):
            made.add("hash", with_sum(fill * 16 + bytes(16)))
        with opened(written(tmp_path, made.end())) as source:
            assert len(source.stored_digests()) == 2
            assert codes(source) == {"digests_disagree"}

    def test_interrupted_acquisition_is_named(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        made.add("incomplete", bytes(40))
        with opened(written(tmp_path, made.end())) as source:
            assert codes(source) == {"acquisition_incomplete"}

    def test_hostile_text_stays_text(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        text = "1\nmain\nc\te\tp\tzz\n\u202eAB\tx\tsecret\t\x1b[2J\n\n"
        made.add("header2", zlib.compress(text.encode("utf-16")))
        made.add("header", zlib.compress(b"1\nmain\nc\n\xff\xfe\x00\n\n"))
        with opened(written(tmp_path, made.end())) as source:
            texts = source.acquisition().untrusted_texts
            assert ("case_number", "\u202eAB") in texts
            assert ("zz", "\x1b[2J") in texts
            assert "secret" not in {value for _, value in texts}

    @pytest.mark.parametrize(
        "content",
        [b"", b"\x78\x9c", zlib.compress(b"1\nmain"), zlib.compress(b"main"), zlib.compress(b"")],
    )
    def test_odd_text_is_no_crash(self, tmp_path: Path, content: bytes) -> None:
        made = image_of([plain(1)])
        made.add("header", content)
        made.add("header2", content)
        with opened(written(tmp_path, made.end())) as source:
            assert source.acquisition().untrusted_texts == ()

    def test_bomb_in_a_header_is_bounded(self, tmp_path: Path) -> None:
        made = image_of([plain(1)])
        made.add("header", zlib.compress(bytes(300 << 20), 9))
        made.add("xheader", zlib.compress(bytes(300 << 20), 9))
        with opened(written(tmp_path, made.end())) as source:
            assert codes(source) == {"section_checksum"}


class TestMediumFaults:
    def test_unreadable_sectors_cost_their_chunks(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = image_of([plain(fill) for fill in range(1, 9)])
        path = written(tmp_path, made.end())
        bad_start = len(made.data) // 2
        pread = os.pread

        def faulty(descriptor: int, length: int, offset: int) -> bytes:
            if offset < bad_start + 512 and bad_start < offset + length:
                raise OSError(errno.EIO, "Input/output error")
            return pread(descriptor, length, offset)

        with opened(path) as source:
            monkeypatch.setattr(os, "pread", faulty)
            data = read_all(source)
            monkeypatch.undo()
            assert {bad.code for bad in source.bad_ranges()} == {"read_error"}
            assert 1 <= sum(bad.length_bytes for bad in source.bad_ranges()) // CHUNK <= 2
            good = {data[at] for at in range(0, len(data), CHUNK)} - {0}
            assert len(good) >= 6

    def test_refused_read_is_an_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(*_: object) -> bytes:
            raise OSError(errno.ESTALE, "Stale file handle")

        with opened(written(tmp_path, image_of([plain(1)]).end())) as source:
            monkeypatch.setattr(os, "pread", refused)
            with pytest.raises(SourceUnreadable, match="Stale"):
                source.read_at(0, 1)
            monkeypatch.undo()

    def test_negative_offset_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path, image_of([plain(1)]).end())
        with opened(path) as source, pytest.raises(SourceUnreadable):
            source.read_at(-1, 1)
