"""AFF4 disks: the reference image and made ones, judged by digests; hostile ones end, by name."""

import contextlib
import random
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from evidence.logical_images import MapRange, write_aff4

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import ContainerSource, SectorRange
from polit.evidence.container import open_container
from polit.evidence.containers import _aff4_volume
from polit.evidence.containers._aff4_turtle import Graph, read_turtle
from polit.evidence.segments import close_segments, open_segments
from polit.evidence.source_digests import digest_source

CHUNK = 32_768
LINEAR_SHA1 = "7d3d27f667f95f7ec5b9d32121622c0f4b60b48d"
"""Of Base-Linear.aff4, as the tests of pyaff4 state it."""


@contextlib.contextmanager
def opened(*paths: Path) -> Iterator[ContainerSource]:
    segments = open_segments(paths)
    try:
        yield open_container(segments).source
    finally:
        close_segments(segments)


def mixed(size: int, seed: int = 5) -> bytes:
    chooser = random.Random(seed)
    return b"".join(
        chooser.randbytes(CHUNK) if number % 3 else b"plain text " * 2979
        for number in range(size // CHUNK + 1)
    )[:size]


def test_reference_image_has_its_digest(corpora: Path) -> None:
    image = corpora / "aff4+ReferenceImages" / "AFF4Std" / "Base-Linear.aff4"
    with opened(image) as source:
        found = digest_source(source, progress=lambda _: None)
        assert source.acquisition().untrusted_texts[0] == ("case_number", "Case ID: 1SR Canonical")
        assert source.problems() == ()
    assert found.digests.sha1.hex() == LINEAR_SHA1
    assert found.bad_ranges == ()


def test_map_puts_streams_and_fillers_together(tmp_path: Path) -> None:
    data, image = mixed(5 * CHUNK), tmp_path / "disk.aff4"
    ranges = [
        MapRange(0, CHUNK, CHUNK, 0),
        MapRange(2 * CHUNK, CHUNK, 0, 2),
        MapRange(3 * CHUNK, CHUNK, 0, 3),
        MapRange(4 * CHUNK, 1024, 0, 4),
        MapRange(4 * CHUNK + 1024, CHUNK, 7, 0),
    ]
    write_aff4(image, data, ranges=ranges, size=6 * CHUNK)
    expected = data[CHUNK : 2 * CHUNK] + bytes(CHUNK) + b"\xff" * CHUNK
    expected += (b"UNKNOWN" * CHUNK)[:CHUNK] + (b"UNREADABLEDATA" * 100)[:1024]
    expected = (expected + data[7 : 7 + CHUNK]).ljust(6 * CHUNK, b"\0")
    with opened(image) as source:
        assert source.read_at(0, 1 << 20) == expected
        assert source.read_at(CHUNK - 1, 2 * CHUNK) == expected[CHUNK - 1 :][: 2 * CHUNK]
        facts = source.acquisition()
        assert facts.acquisition_errors == (SectorRange(192, 64), SectorRange(256, 2))
        assert ("not_acquired", f"{CHUNK} bytes in 1 ranges") in facts.untrusted_texts
        assert source.bad_ranges() == ()


@pytest.mark.parametrize("block_hash", ["sha1", "md5", "sha512"])
def test_a_chunk_without_its_hash_is_bad(block_hash: str, tmp_path: Path) -> None:
    data, image = mixed(20 * CHUNK), tmp_path / "disk.aff4"
    write_aff4(image, data, compression="stored", block_hash=block_hash)
    raw = bytearray(image.read_bytes())
    raw[raw.index(data[17 * CHUNK : 17 * CHUNK + 64]) + 9] ^= 1
    image.write_bytes(raw)
    with opened(image) as source:
        read = source.read_at(0, len(data))
        bad = [(one.offset_bytes, one.length_bytes, one.code) for one in source.bad_ranges()]
    assert bad == [(17 * CHUNK, CHUNK, "chunk_checksum")]
    assert read == data[: 17 * CHUNK] + bytes(CHUNK) + data[18 * CHUNK :]


def lying_index(image: Path, entry: bytes) -> None:
    """Replace the index of the first bevy by entries that lie."""
    with zipfile.ZipFile(image) as made:
        members = {name: made.read(name) for name in made.namelist()}
        comment = made.comment
    with zipfile.ZipFile(image, "w") as made:
        made.comment = comment
        for name, data in members.items():
            is_index = name.endswith("00000000.index")
            made.writestr(name, entry * (len(data) // 12) if is_index else data)


@pytest.mark.parametrize(
    ("offset", "length", "code"),
    [(1 << 63, 100, "chunk_missing"), (0, 1 << 31, "chunk_missing"), (0, 77, "chunk_inflate")],
)
def test_lying_index_costs_its_chunks(offset: int, length: int, code: str, tmp_path: Path) -> None:
    data, image = mixed(17 * CHUNK), tmp_path / "disk.aff4"
    write_aff4(image, data)
    lying_index(image, struct.pack("<QI", offset, length))
    with opened(image) as source:
        assert source.read_at(16 * CHUNK, CHUNK) == data[16 * CHUNK :]
        assert source.read_at(0, 16 * CHUNK) == bytes(16 * CHUNK)
        assert {one.code for one in source.bad_ranges()} == {code}


def test_overlaps_and_lost_streams_are_named(tmp_path: Path) -> None:
    data, image = mixed(4 * CHUNK), tmp_path / "disk.aff4"
    ranges = [MapRange(0, 1 << 62, 0, 1), MapRange(CHUNK, CHUNK, 0, 0), MapRange(CHUNK, 9, 0, 77)]
    write_aff4(image, data, ranges=ranges, size=1 << 62)
    with opened(image) as source:
        codes = {problem.code for problem in source.problems()}
        assert codes == {"map_overlap", "size_clamped"}
        assert len(source.read_at(0, 4 * CHUNK)) == 4 * CHUNK
        assert [one.code for one in source.bad_ranges()] == ["chunk_missing"]


def test_what_is_beyond_all_sense_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = tmp_path / "disk.aff4"
    write_aff4(image, mixed(CHUNK))
    raw = image.read_bytes()
    image.write_bytes(raw[:-3000])
    with pytest.raises(SourceUnreadable, match="cut short"), opened(image):
        pass
    image.write_bytes(raw)
    monkeypatch.setattr(_aff4_volume, "_MAXIMUM_TURTLE_BYTES", 200)
    with pytest.raises(SourceUnreadable, match=r"information\.turtle has"), opened(image):
        pass


def test_chunks_beyond_all_sense_are_refused(tmp_path: Path) -> None:
    image = tmp_path / "disk.aff4"
    with zipfile.ZipFile(image, "w") as made:
        made.comment = b"aff4://5a"
        made.writestr(
            "information.turtle",
            "@prefix a: <http://aff4.org/Schema#> .\n<aff4://5b> a a:Image ; a:dataStream <aff4://5c>."
            "\n<aff4://5c> a a:ImageStream ; a:size 9 ; a:chunkSize 999999999 .",
        )
    with pytest.raises(SourceUnreadable, match="beyond all sense"), opened(image):
        pass


def test_a_member_that_states_more_than_deflate_holds_is_refused(tmp_path: Path) -> None:
    image = tmp_path / "files.aff4"
    with zipfile.ZipFile(image, "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = b"aff4://5a"
        made.writestr("information.turtle", "# nothing\n" * 20)
    raw = bytearray(image.read_bytes())
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 200 << 20)
    image.write_bytes(raw)
    with pytest.raises(SourceUnreadable, match="more than deflate can hold"), opened(image):
        pass


def test_encrypted_image_is_refused_by_name(tmp_path: Path) -> None:
    image = tmp_path / "files.aff4"
    with zipfile.ZipFile(image, "w") as made:
        made.comment = b"aff4://5a"
        made.writestr(
            "information.turtle",
            "@prefix aff4: <http://aff4.org/Schema#> .\n<aff4://5b> a aff4:EncryptedStream .",
        )
    with pytest.raises(SourceUnreadable, match="encrypted AFF4"), opened(image):
        pass


def test_statements_before_a_flaw_are_kept() -> None:
    graph = Graph()
    text = (
        "@prefix a: <http://x#> . # a comment\n"
        '<s> a:p "one \\u00e9 \\"two\\"" , """long\n"quoted" text"""@en ; a:n 3.\n'
        "<t> a:p <relative>; a a:Kind .\n<u> %% broken ."
    )
    read_turtle(text, graph, base="aff4://v/")
    assert [term.value for term in graph.terms("aff4://v/s", "http://x#p")] == [
        'one \u00e9 "two"',
        'long\n"quoted" text',
    ]
    assert graph.number("aff4://v/s", "http://x#n") == 3
    assert graph.value("aff4://v/t", "http://x#p") == "aff4://v/relative"
    assert graph.flaw


def test_hostile_turtle_takes_bounded_time() -> None:
    for text in ("<" * 200_000, '"' * 200_001, "[" * 200_000, "a:" * 100_000, "#" * 200_000):
        graph = Graph()
        read_turtle(text, graph, base="")
        assert graph.subjects == {}
