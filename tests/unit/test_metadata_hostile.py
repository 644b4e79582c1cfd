"""Any bytes at all: nothing raises, and what is said fits the border of the sandbox."""

import struct

import msgspec
from hostile_exif import MUTATED_BLOCKS, MUTATED_PACKETS, SAMPLES
from hypothesis import given
from hypothesis import strategies as st

from polit.base.clock import monotonic_s
from polit.decode._exif_sample import SAMPLE_PACKET, header
from polit.decode.metadata import MAX_THUMBNAIL_BYTES, Metadata, read_metadata
from polit.sandbox.facts import MAX_TAGS, Facts, Place, Size, Taken, encode_facts


def check_limits(found: Metadata) -> None:
    taken, place = found.taken, found.position
    facts = Facts(
        width_px=1,
        height_px=1,
        size=Size(1, 1, 1, 1),
        orientation=found.orientation,
        make=found.make,
        model=found.model,
        serial=found.serial,
        taken=None if taken is None
        else Taken(taken.wall_clock, taken.basis, taken.offset_min, taken.source),  # type: ignore[arg-type] # the decoder below checks it
        position=None if place is None
        else Place(place.latitude_e7, place.longitude_e7, place.altitude_mm, place.source),
        tags=tuple((tag.name, tag.value) for tag in found.tags),
    )  # fmt: skip
    msgspec.msgpack.decode(encode_facts(facts), type=Facts)
    assert len(found.tags) <= MAX_TAGS
    assert all("\0" not in tag.value and tag.value for tag in found.tags)
    assert len(found.thumbnail) <= MAX_THUMBNAIL_BYTES


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_random_bytes_never_raise(untrusted_exif: bytes, untrusted_xmp: bytes) -> None:
    check_limits(read_metadata(untrusted_exif, untrusted_xmp))


@given(st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]), st.binary(max_size=400))
def test_random_directories_never_raise(start: bytes, untrusted: bytes) -> None:
    check_limits(read_metadata(start + untrusted, b""))


@given(st.text(max_size=200), st.text(max_size=50))
def test_random_text_in_a_packet_never_raises(value: str, name: str) -> None:
    untrusted = SAMPLE_PACKET.replace("One", value).replace("exif:GPSAltitude=", name)
    check_limits(read_metadata(b"", untrusted.encode("utf-8", errors="surrogatepass")))


def test_mutated_blocks_never_raise() -> None:
    for untrusted in MUTATED_BLOCKS:
        check_limits(read_metadata(untrusted, b""))


def test_mutated_packets_never_raise() -> None:
    for untrusted in MUTATED_PACKETS:
        check_limits(read_metadata(b"", untrusted))


def test_blocks_cut_anywhere_never_raise() -> None:
    for sample in SAMPLES:
        for end in range(len(sample)):
            check_limits(read_metadata(sample[:end], b""))


def test_the_same_bytes_say_the_same() -> None:
    for untrusted in MUTATED_BLOCKS[:300]:
        assert read_metadata(untrusted, b"") == read_metadata(bytes(bytearray(untrusted)), b"")


def test_the_longest_directories_end_soon() -> None:
    """Each entry that is read points at the same large value."""
    entry = struct.pack("<HHII", 0x010E, 2, 1 << 22, 8)
    untrusted = header("<", 8) + struct.pack("<H", 65535) + entry * 65535
    untrusted += bytes(max(0, (1 << 22) + 8 - len(untrusted)))
    started_s = monotonic_s()
    check_limits(read_metadata(untrusted, b""))
    assert monotonic_s() - started_s < 1


def test_of_a_long_file_only_the_directories_are_read() -> None:
    untrusted = SAMPLES[0] + bytes(1 << 26)
    started_s = monotonic_s()
    assert read_metadata(untrusted, b"").make == "Maker"
    assert monotonic_s() - started_s < 0.5


def test_a_packet_as_long_as_is_read_ends_soon() -> None:
    values = "".join(f"<dc:creator>{number}</dc:creator>" for number in range(19_000))
    untrusted = SAMPLE_PACKET.replace("<dc:creator>", values + "<dc:creator>", 1).encode()
    assert len(untrusted) < 1 << 20
    started_s = monotonic_s()
    check_limits(read_metadata(b"", untrusted))
    assert monotonic_s() - started_s < 3
