"""Digesting a whole source, and what the container stated."""

import hashlib
from pathlib import Path

from container_images import acquire, mixed_bytes, opened

from polit.evidence.acquisition import StoredDigest
from polit.evidence.source_digests import differing, digest_source

DEVICE = mixed_bytes(1_500_160, seed=9)


def image(tmp_path: Path) -> Path:
    (tmp_path / "disk.dd").write_bytes(DEVICE)
    return acquire(tmp_path / "disk.dd", tmp_path / "disk", "-c", "fast", "-d", "sha1")


def test_source_has_the_digests_it_states(tmp_path: Path) -> None:
    steps: list[int] = []
    with opened(image(tmp_path)) as source:
        found = digest_source(source, progress=steps.append)
        assert found.digests.sha256 == hashlib.sha256(DEVICE).digest()
        assert found.digests.size_bytes == len(DEVICE)
        assert found.bad_ranges == ()
        assert {one.algorithm for one in source.stored_digests()} == {"md5", "sha1"}
        assert differing(found.digests, source.stored_digests()) == ()
    assert steps == [1 << 20, len(DEVICE)]


def test_damage_shows_in_both(tmp_path: Path) -> None:
    path = image(tmp_path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with opened(path) as source:
        found = digest_source(source, progress=lambda _: None)
        assert len(found.bad_ranges) == 1
        assert differing(found.digests, source.stored_digests()) == source.stored_digests()


def test_unknown_algorithm_never_agrees(tmp_path: Path) -> None:
    with opened(image(tmp_path)) as source:
        found = digest_source(source, progress=lambda _: None)
    strange = StoredDigest("crc32", "00000000", "hash")
    assert differing(found.digests, (strange,)) == (strange,)
