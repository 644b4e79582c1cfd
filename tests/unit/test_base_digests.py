"""Digests: published vectors, and any split of the bytes gives the same."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polit.base.digests import DigestMeter, StatedDigest, file_sha256, stated_digest
from polit.base.errors import UsageError

ABC = {
    "md5": "900150983cd24fb0d6963f7d28e17f72",  # RFC 1321, A.5
    "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",  # FIPS 180-4, example
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
}


def test_the_published_vectors() -> None:
    meter = DigestMeter()
    meter.update(b"abc")
    found = meter.digests()
    assert found.size_bytes == 3
    assert {
        "md5": found.md5.hex(),
        "sha1": found.sha1.hex(),
        "sha256": found.sha256.hex(),
    } == ABC


@given(st.lists(st.binary(max_size=100), max_size=6))
def test_pieces_give_the_digests_of_the_whole(pieces: list[bytes]) -> None:
    meter = DigestMeter()
    for piece in pieces:
        meter.update(memoryview(piece))
    whole = b"".join(pieces)
    assert meter.digests().size_bytes == len(whole)
    assert meter.digests().sha256 == hashlib.sha256(whole).digest()


def test_a_file_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    with path.open("rb") as stream:
        stream.seek(2)
        assert file_sha256(stream.fileno()) == ABC["sha256"]
        assert not stream.closed


@pytest.mark.parametrize("algorithm", sorted(ABC))
def test_a_stated_digest_is_read_in_lower_case(algorithm: str) -> None:
    stated = stated_digest(f" {algorithm}:{ABC[algorithm].upper()} ")
    assert stated == StatedDigest(algorithm, ABC[algorithm])
    assert stated.text == f"{algorithm}:{ABC[algorithm]}"


@pytest.mark.parametrize(
    "text", ["", "md5", "crc32:00000000", "md5:", "md5:zz", ABC["md5"], "md5:abc\nsha1:abc"]
)
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no digest"):
        stated_digest(text)


def test_a_digest_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(UsageError, match="31 hex digits: md5 has 32"):
        stated_digest("md5:" + ABC["md5"][:-1])
