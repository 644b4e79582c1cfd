"""Finding, opening and reading the files of an image."""

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from polit.base.errors import EvidenceChanged, SourceMissing, SourceUnreadable
from polit.evidence.containers.raw import RawSource
from polit.evidence.segments import (
    close_segments,
    ewf_number,
    find_segments,
    open_segments,
    read_segment,
)


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_bytes(name.encode())
    return folder


def found(path: Path) -> list[str]:
    return [one.name for one in find_segments(path).paths]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("a.E01", 1),
        ("a.e99", 99),
        ("a.EAA", 100),
        ("a.EAZ", 125),
        ("a.EBA", 126),
        ("a.EZZ", 775),
        ("a.FAA", 776),
        ("a.ZZZ", 14_971),
        ("a.E00", None),
        ("a.E1", None),
        ("a.E001", None),
        ("a.DAA", None),
        ("a.S01", None),
        ("a", None),
    ],
)
def test_name_gives_the_number(name: str, number: int | None) -> None:
    assert ewf_number(name) == number


def test_smart_names_count_from_s() -> None:
    assert ewf_number("a.s01", "S") == 1
    assert ewf_number("a.SAB", "S") == 101
    assert ewf_number("a.RAA", "S") is None


class TestFindSegments:
    def test_single_file_stands_alone(self, tmp_path: Path) -> None:
        touched(tmp_path, "disk.dd", "disk.txt", "disk.E01", "disk.exe")
        assert found(tmp_path / "disk.dd") == ["disk.dd"]
        assert found(tmp_path / "disk.exe") == ["disk.exe"]
        assert found(tmp_path / "disk.E01") == ["disk.E01"]

    @pytest.mark.parametrize("asked", ["disk.E01", "disk.E03"])
    def test_e01_set_from_any_member(self, tmp_path: Path, asked: str) -> None:
        touched(tmp_path, "disk.E03", "disk.E01", "disk.E02", "other.E04", "disk.E05.txt")
        assert found(tmp_path / asked) == ["disk.E01", "disk.E02", "disk.E03"]

    def test_e01_set_goes_on_in_letters(self, tmp_path: Path) -> None:
        names = [f"disk.e{number:02d}" for number in range(1, 100)] + ["disk.eaa", "disk.eab"]
        touched(tmp_path, *names)
        assert found(tmp_path / "disk.e01") == names

    def test_absent_numbers_of_an_e01_set_are_named(self, tmp_path: Path) -> None:
        touched(tmp_path, "disk.E02", "disk.E05")
        assert find_segments(tmp_path / "disk.E05").missing_numbers == (1, 3, 4)
        touched(tmp_path / ".", "lone.E02")
        assert find_segments(tmp_path / "lone.E02").missing_numbers == (1,)

    def test_absent_e99_is_named_though_letters_follow(self, tmp_path: Path) -> None:
        touched(tmp_path, *(f"disk.E{number:02d}" for number in range(1, 99)), "disk.EAA")
        assert find_segments(tmp_path / "disk.E01").missing_numbers == (99,)

    def test_case_of_the_asked_name_wins(self, tmp_path: Path) -> None:
        touched(tmp_path, "disk.E01", "disk.E02", "disk.e02")
        assert found(tmp_path / "disk.E01") == ["disk.E01", "disk.E02"]

    def test_mixed_case_is_one_set(self, tmp_path: Path) -> None:
        touched(tmp_path, "disk.E01", "disk.e02")
        assert found(tmp_path / "disk.E01") == ["disk.E01", "disk.e02"]

    @pytest.mark.parametrize("first", ["disk.001", "disk.000", "disk.00001", "disk.dd.00"])
    def test_numbered_parts(self, tmp_path: Path, first: str) -> None:
        stem, digits = first.rsplit(".", 1)
        names = [f"{stem}.{int(digits) + n:0{len(digits)}d}" for n in range(12)]
        touched(tmp_path, *names, "disk.1", "disk.txt")
        assert found(tmp_path / names[5]) == names

    def test_numbered_part_missing_between_is_an_error(self, tmp_path: Path) -> None:
        touched(tmp_path, "disk.001", "disk.002", "disk.004")
        with pytest.raises(SourceMissing, match="part 3 of the split image"):
            find_segments(tmp_path / "disk.001")

    def test_numbered_set_without_a_beginning_is_an_error(self, tmp_path: Path) -> None:
        touched(tmp_path, "disk.002", "disk.003")
        with pytest.raises(SourceMissing, match="part 1 "):
            find_segments(tmp_path / "disk.002")

    def test_year_is_no_part(self, tmp_path: Path) -> None:
        touched(tmp_path, "backup.2023", "backup.2024")
        assert found(tmp_path / "backup.2024") == ["backup.2024"]

    def test_lettered_parts(self, tmp_path: Path) -> None:
        touched(tmp_path, "disk.dd.aa", "disk.dd.ab", "disk.dd.ac", "disk.dd.gz")
        assert found(tmp_path / "disk.dd.aa") == ["disk.dd.aa", "disk.dd.ab", "disk.dd.ac"]

    @pytest.mark.parametrize("name", ["disk.dd", "disk.E01", "disk.001", "no/disk.E01"])
    def test_nothing_there_is_an_error(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(SourceMissing, match="does not exist"):
            find_segments(tmp_path / name)

    def test_absent_member_of_a_set_that_is_there(self, tmp_path: Path) -> None:
        touched(tmp_path, "disk.E01", "disk.E02")
        with pytest.raises(SourceMissing):
            find_segments(tmp_path / "disk.E07")


class TestOpenSegments:
    def test_one_that_fails_closes_the_others(self, tmp_path: Path) -> None:
        touched(tmp_path, "a.001")
        before = len(list(Path("/proc/self/fd").iterdir()))
        with pytest.raises(SourceMissing):
            open_segments([tmp_path / "a.001", tmp_path / "a.002"])
        assert len(list(Path("/proc/self/fd").iterdir())) == before

    def test_pipe_is_refused_at_once(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "disk.dd")
        with pytest.raises(SourceUnreadable, match="neither a file nor a block device"):
            open_segments([tmp_path / "disk.dd"])

    def test_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SourceUnreadable):
            open_segments([tmp_path])

    def test_file_of_another_owner_is_opened_without_noatime(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = touched(tmp_path, "disk.dd") / "disk.dd"
        asked = []

        def only_plain(name: Path, flags: int) -> int:
            asked.append(flags)
            if flags & os.O_NOATIME:
                raise PermissionError(errno.EPERM, "Operation not permitted")
            return real(name, flags)

        real = os.open
        monkeypatch.setattr(os, "open", only_plain)
        segments = open_segments([path])
        monkeypatch.undo()
        assert segments[0].size_bytes == len("disk.dd")
        assert len(asked) == 2
        assert stat.S_ISREG(os.fstat(segments[0].descriptor).st_mode)
        close_segments(segments)
        close_segments(segments)


class TestReadSegment:
    def test_short_only_at_the_end(self, tmp_path: Path) -> None:
        segments = open_segments([touched(tmp_path, "disk.dd") / "disk.dd"])
        assert read_segment(segments[0], 5, 100) == b"disk.dd"[5:]
        assert read_segment(segments[0], 7, 1) == b""
        assert read_segment(segments[0], 70, 1) == b""
        close_segments(segments)

    def test_short_reads_are_joined(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        segments = open_segments([touched(tmp_path, "disk.dd") / "disk.dd"])
        pread = os.pread
        monkeypatch.setattr(os, "pread", lambda fd, length, at: pread(fd, min(length, 2), at))
        assert read_segment(segments[0], 0, 7) == b"disk.dd"
        monkeypatch.undo()
        close_segments(segments)

    def test_shorter_file_is_changed_evidence(self, tmp_path: Path) -> None:
        path = touched(tmp_path, "disk.dd") / "disk.dd"
        segments = open_segments([path])
        path.write_bytes(b"dis")
        with pytest.raises(EvidenceChanged, match="had 7"):
            read_segment(segments[0], 0, 7)
        close_segments(segments)


def test_every_read_gives_a_sign_of_life(tmp_path: Path) -> None:
    segments = open_segments([touched(tmp_path, "disk.dd") / "disk.dd"])
    signs: list[int] = []
    watched = replace(segments[0], on_read=lambda: signs.append(1))
    assert watched == segments[0]
    read_segment(watched, 0, 4)
    read_segment(watched, 4, 3)
    assert len(signs) == 2
    close_segments(segments)


class TestUnreadableSectors:
    def source(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: set[int]
    ) -> tuple[RawSource, bytes]:
        """Return a raw source of two parts on a medium with bad sectors of 512 bytes."""
        data = bytes(range(1, 251)) * 400
        (tmp_path / "a.001").write_bytes(data[:50_000])
        (tmp_path / "a.002").write_bytes(data[50_000:])
        segments = open_segments([tmp_path / "a.001", tmp_path / "a.002"])
        first, pread = segments[0].descriptor, os.pread

        def faulty(descriptor: int, length: int, offset: int) -> bytes:
            hit = any(at < offset + length and offset < at + 512 for at in bad)
            if descriptor == first and hit:
                raise OSError(errno.EIO, "Input/output error")
            return pread(descriptor, length, offset)

        monkeypatch.setattr(os, "pread", faulty)
        return RawSource(segments), data

    def test_are_zeros_and_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source, data = self.source(tmp_path, monkeypatch, {8192, 49_664})
        expected = bytearray(data)
        expected[8192:12_288] = bytes(4096)
        expected[49_152:50_000] = bytes(848)
        assert source.read_at(0, len(data)) == bytes(expected)
        ranges = [(bad.offset_bytes, bad.length_bytes) for bad in source.bad_ranges()]
        assert ranges == [(8192, 4096), (49_152, 848)]
        assert {bad.code for bad in source.bad_ranges()} == {"read_error"}

    def test_other_refusals_are_errors(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source, _ = self.source(tmp_path, monkeypatch, set())

        def stale(*_: object) -> bytes:
            raise OSError(errno.ESTALE, "Stale file handle")

        monkeypatch.setattr(os, "pread", stale)
        with pytest.raises(SourceUnreadable, match="Stale") as caught:
            source.read_at(0, 10)
        assert caught.value.errno == errno.ESTALE


def test_empty_raw_image_has_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "disk.dd").write_bytes(b"")
    segments = open_segments([tmp_path / "disk.dd"])
    source = RawSource(segments)
    assert source.size_bytes == 0
    assert source.read_at(0, 10) == b""
    close_segments(segments)
