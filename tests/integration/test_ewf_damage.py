"""Damaged E01 sets: what can be read is read, what is lost is named."""

import shutil
from pathlib import Path

import pytest
from container_images import (
    MadeSection,
    acquire,
    descriptor,
    flip,
    mixed_bytes,
    opened,
    read_all,
    section,
    sections_of,
    with_sum,
)

from polit.base.errors import EvidenceChanged, SourceUnreadable
from polit.evidence.acquisition import ContainerSource
from polit.evidence.container import open_container
from polit.evidence.segments import close_segments, find_segments, open_segments

CHUNK = 32_768
DEVICE = mixed_bytes(9 * (1 << 20) + 5 * 512, seed=3)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one device as one E01, as segments, and as an S01."""
    folder = tmp_path_factory.mktemp("ewf")
    raw = folder / "disk.dd"
    raw.write_bytes(DEVICE)
    for name, kind, *options in (
        ("one", "encase6", "-c", "fast", "-d", "sha1"),
        ("plain", "encase6", "-c", "none"),
        ("set", "encase6", "-c", "fast", "-S", "1 MiB"),
        ("single", "encase1", "-c", "fast"),
    ):
        (folder / name).mkdir()
        acquire(raw, folder / name / "disk", *options, kind=kind)
    return folder


@pytest.fixture
def image(made: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return the first segment of a copy that a test may damage."""
    name = getattr(request, "param", "one")
    return Path(shutil.copytree(made / name, tmp_path / name)) / "disk.E01"


def intact_elsewhere(source: ContainerSource) -> bool:
    """Tell whether all bytes outside of the bad ranges are the device's, and those zeros."""
    data = read_all(source)
    expected = bytearray(DEVICE)
    for bad in source.bad_ranges():
        end = bad.offset_bytes + bad.length_bytes
        expected[bad.offset_bytes : end] = bytes(bad.length_bytes)
    return data == bytes(expected)


def codes(source: ContainerSource) -> set[str]:
    return {problem.code for problem in source.problems()}


def overwrite(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(data)


def state_identifier(path: Path, identifier: bytes) -> None:
    """Write a set identifier into every geometry of a segment file, checksum included."""
    data = path.read_bytes()
    for one in sections_of(data):
        if one.kind in {"volume", "data"}:
            start = one.offset + 76
            content = data[start : start + 64] + identifier + data[start + 80 : start + 1048]
            overwrite(path, start, with_sum(content))


def table_of(path: Path, kind: str = "table") -> MadeSection:
    return section(path.read_bytes(), kind)


class TestMissingSegments:
    @pytest.mark.parametrize("image", ["set"], indirect=True)
    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_rest_is_read_around_one(self, image: Path, number: int) -> None:
        image.with_suffix(f".E0{number}").unlink()
        first = min(image.parent.iterdir())
        with opened(first) as source:
            assert source.size_bytes == len(DEVICE)
            assert "segment_missing" in codes(source)
            lost = source.bad_ranges()
            assert [bad.code for bad in lost] == ["chunk_missing"]
            assert lost[0].length_bytes < len(DEVICE) // 2
            assert intact_elsewhere(source)
            assert source.bad_ranges() == lost

    @pytest.mark.parametrize("image", ["set"], indirect=True)
    def test_absent_end_is_noticed(self, image: Path) -> None:
        last = max(image.parent.iterdir())
        last.unlink()
        with opened(image) as source:
            assert source.size_bytes == len(DEVICE)
            assert "segment_missing" in codes(source)
            assert intact_elsewhere(source)
            bad = source.bad_ranges()[-1]
            assert bad.offset_bytes + bad.length_bytes == len(DEVICE)

    @pytest.mark.parametrize("image", ["set"], indirect=True)
    def test_between_two_losses_nothing_is_placed(self, image: Path) -> None:
        for number in (2, 4):
            image.with_suffix(f".E0{number}").unlink()
        with opened(image) as source:
            assert "segment_unplaced" in codes(source)
            assert len(source.bad_ranges()) == 1
            assert intact_elsewhere(source)

    @pytest.mark.parametrize("image", ["set"], indirect=True)
    def test_set_names_the_absent_numbers(self, image: Path) -> None:
        image.with_suffix(".E02").unlink()
        assert find_segments(image).missing_numbers == (2,)

    @pytest.mark.parametrize("image", ["set"], indirect=True)
    def test_renamed_segments_are_put_in_order(self, image: Path) -> None:
        second, third = image.with_suffix(".E02"), image.with_suffix(".E03")
        second.rename(image.with_suffix(".tmp"))
        third.rename(second)
        image.with_suffix(".tmp").rename(third)
        with opened(image) as source:
            assert "segment_order" in codes(source)
            assert source.bad_ranges() == ()
            assert read_all(source) == DEVICE

    @pytest.mark.parametrize("image", ["set"], indirect=True)
    def test_segment_of_another_set_is_left_out(self, image: Path) -> None:
        for path in find_segments(image).paths:
            state_identifier(path, b"the set's number")
        state_identifier(image.with_suffix(".E02"), b"another's number")
        with opened(image) as source:
            assert {"segment_foreign", "segment_missing"} <= codes(source)
            assert len(source.bad_ranges()) == 1
            assert intact_elsewhere(source)

    @pytest.mark.parametrize("image", ["set"], indirect=True)
    def test_second_copy_of_a_number_is_left_out(self, image: Path) -> None:
        shutil.copyfile(image.with_suffix(".E02"), image.with_suffix(".E03"))
        with opened(image) as source:
            assert "file_header" in codes(source)


class TestTruncation:
    @pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.99])
    @pytest.mark.parametrize("image", ["one", "plain"], indirect=True)
    def test_what_is_there_is_read_without_a_table(self, image: Path, share: float) -> None:
        sectors = section(image.read_bytes(), "sectors")
        size = sectors.offset + int(sectors.size * share)
        with image.open("r+b") as stream:
            stream.truncate(size)
        with opened(image) as source:
            assert source.size_bytes == len(DEVICE)
            assert "segment_truncated" in codes(source)
            assert intact_elsewhere(source)
            lost = sum(bad.length_bytes for bad in source.bad_ranges())
            assert 0 < lost < len(DEVICE) * (1.1 - share) + 4 * CHUNK

    @pytest.mark.parametrize("kind", ["table", "table2", "data", "digest", "hash", "done"])
    def test_cut_after_the_chunks_loses_no_chunk(self, image: Path, kind: str) -> None:
        offset = section(image.read_bytes(), kind).offset
        with image.open("r+b") as stream:
            stream.truncate(offset + 40)
        with opened(image) as source:
            assert "segment_truncated" in codes(source)
            assert source.bad_ranges() == ()
            assert read_all(source) == DEVICE

    @pytest.mark.parametrize("image", ["set"], indirect=True)
    def test_cut_in_the_middle_of_a_set(self, image: Path) -> None:
        second = image.with_suffix(".E02")
        with second.open("r+b") as stream:
            stream.truncate(second.stat().st_size // 2)
        with opened(image) as source:
            assert "segment_truncated" in codes(source)
            assert intact_elsewhere(source)
            assert len(source.bad_ranges()) == 1
            assert source.bad_ranges()[0].length_bytes < 2 << 20

    @pytest.mark.parametrize("size", [0, 5, 13, 60, 200, 1000])
    def test_cut_before_the_geometry_is_refused(self, image: Path, size: int) -> None:
        with image.open("r+b") as stream:
            stream.truncate(size)
        with pytest.raises(SourceUnreadable, match="no intact volume"), opened(image):
            pass

    def test_file_that_shrinks_while_read_is_changed_evidence(self, image: Path) -> None:
        segments = open_segments([image])
        source = open_container(segments).source
        with image.open("r+b") as stream:
            stream.truncate(10_000)
        with pytest.raises(EvidenceChanged, match="the evidence changed"):
            source.read_at(0, source.size_bytes)
        source.close()
        close_segments(segments)


class TestDamagedTables:
    def test_mirror_is_used(self, image: Path) -> None:
        for place in (76 + 2, 76 + 24 + 4 * 50, 30):
            flip(image, table_of(image).offset + place)
            with opened(image) as source:
                assert codes(source) & {"table_checksum", "section_checksum"}
                assert read_all(source) == DEVICE
                assert source.bad_ranges() == ()
            flip(image, table_of(image).offset + place)

    def test_entries_on_which_both_agree_are_used(self, image: Path) -> None:
        flip(image, table_of(image).offset + 100 + 4 * 50, bit=3)
        flip(image, table_of(image, "table2").offset + 100 + 4 * 70, bit=3)
        with opened(image) as source:
            assert intact_elsewhere(source)
            assert {bad.code for bad in source.bad_ranges()} == {"table_checksum"}
            offsets = {bad.offset_bytes // CHUNK for bad in source.bad_ranges()}
            assert offsets == {50, 70}

    @pytest.mark.parametrize("image", ["one", "plain"], indirect=True)
    def test_both_heads_damaged_chunks_are_found_without_them(self, image: Path) -> None:
        for kind in ("table", "table2"):
            flip(image, table_of(image, kind).offset + 76)
        with opened(image) as source:
            assert "table_checksum" in codes(source)
            assert source.bad_ranges() == ()
            assert read_all(source) == DEVICE

    @pytest.mark.parametrize("image", ["single"], indirect=True)
    def test_only_table_damaged_costs_the_entry(self, image: Path) -> None:
        flip(image, table_of(image).offset + 100 + 4 * 50 + 2, bit=4)
        with opened(image) as source:
            assert "table_checksum" in codes(source)
            assert intact_elsewhere(source)
            assert 50 in {bad.offset_bytes // CHUNK for bad in source.bad_ranges()}
            assert sum(bad.length_bytes for bad in source.bad_ranges()) <= 3 * CHUNK


class TestDamagedSections:
    @pytest.mark.parametrize("number", range(9))
    @pytest.mark.parametrize("place", [0, 17, 25, 40, 73])
    def test_one_descriptor_costs_nothing(self, image: Path, number: int, place: int) -> None:
        at = sections_of(image.read_bytes())[number].offset
        overwrite(image, at + place, b"\xa5\xa5")
        with opened(image) as source:
            assert any(f"byte {at}:" in problem.detail for problem in source.problems())
            assert read_all(source) == DEVICE
            assert source.bad_ranges() == ()

    @pytest.mark.parametrize("kind", ["header2", "volume", "sectors", "table", "data", "hash"])
    def test_wiped_descriptor_costs_nothing(self, image: Path, kind: str) -> None:
        at = section(image.read_bytes(), kind).offset
        overwrite(image, at, bytes(76))
        with opened(image) as source:
            assert "section_checksum" in codes(source)
            assert read_all(source) == DEVICE
            assert source.bad_ranges() == ()

    def test_e01_inside_the_device_is_not_taken_for_sections(
        self, made: Path, tmp_path: Path
    ) -> None:
        inner = (made / "one" / "disk.E01").read_bytes()
        device = tmp_path / "outer.dd"
        device.write_bytes((inner + bytes(512))[: len(inner) // 512 * 512 + 512])
        outer = acquire(device, tmp_path / "outer", "-c", "none")
        overwrite(outer, section(outer.read_bytes(), "sectors").offset, bytes(76))
        with opened(outer) as source:
            assert read_all(source) == device.read_bytes()
            assert source.bad_ranges() == ()

    def test_damaged_digests_are_not_offered(self, image: Path) -> None:
        flip(image, section(image.read_bytes(), "digest").offset + 80)
        with opened(image) as source:
            assert {one.place for one in source.stored_digests()} == {"hash"}
            assert "section_checksum" in codes(source)

    def test_lying_next_offset_is_named(self, image: Path) -> None:
        data = image.read_bytes()
        one = section(data, "header2")
        overwrite(image, one.offset, descriptor(b"header2", one.offset, one.size))
        with opened(image) as source:
            assert "section_chain" in codes(source)
            assert read_all(source) == DEVICE


class TestDamagedChunks:
    @pytest.mark.parametrize("image", ["one", "plain"], indirect=True)
    def test_bad_chunk_is_zeros_and_located(self, image: Path) -> None:
        sectors = section(image.read_bytes(), "sectors")
        overwrite(image, sectors.offset + sectors.size // 2, b"damaged bytes")
        with opened(image) as source:
            assert intact_elsewhere(source)
            (bad,) = source.bad_ranges()
            assert bad.code in {"chunk_checksum", "chunk_inflate"}
            assert bad.length_bytes in {CHUNK, 2 * CHUNK}
            assert bad.offset_bytes % 512 == 0

    def test_bad_chunk_is_noted_by_a_read_beside_it(self, image: Path) -> None:
        sectors = section(image.read_bytes(), "sectors")
        overwrite(image, sectors.offset + 76 + 20, b"damaged bytes")
        with opened(image) as source:
            assert source.bad_ranges() == ()
            source.read_at(CHUNK - 1, 1)
            assert [bad.offset_bytes for bad in source.bad_ranges()] == [0]

    def test_last_short_chunk_is_clipped_to_the_device(self, image: Path) -> None:
        sectors = section(image.read_bytes(), "sectors")
        overwrite(image, sectors.offset + sectors.size - 3, b"\xff\xff\xff")
        with opened(image) as source:
            assert intact_elsewhere(source)
            (bad,) = source.bad_ranges()
            assert bad.offset_bytes + bad.length_bytes == len(DEVICE)
