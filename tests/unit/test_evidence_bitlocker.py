"""BitLocker volumes: opened by what opens them, locked in words that help; hostile ones end."""

import random
import tarfile
from pathlib import Path

import pytest
from evidence.bitlocker import (
    FREE_AT,
    FREE_BYTES,
    FVEK,
    PASSWORD,
    RECOVERY,
    write_bitlocker,
)
from evidence.tools import run
from walked_evidence import RawImage, whole

from polit.base.errors import SourceUnreadable
from polit.evidence.layer import Layer, VolumeLocked
from polit.evidence.layers import bitlocker
from polit.evidence.source_digests import digest_source

LIST = [b"wrong", RECOVERY.replace("-", "").encode(), PASSWORD.encode()]


def made_plain() -> bytes:
    plain = bytearray(random.Random(3).randbytes(2 << 20))
    plain[FREE_AT : FREE_AT + FREE_BYTES] = bytes(FREE_BYTES)
    return bytes(plain)


PLAIN = made_plain()


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bitlocker") / "locked.img"
    write_bitlocker(path, PLAIN)
    return path


@pytest.fixture(scope="module")
def suspended(locked: Path) -> Path:
    path = locked.with_name("suspended.img")
    write_bitlocker(path, PLAIN, is_suspended=True)
    return path


def opened(path: Path, secrets: list[bytes], changes: dict[int, int] | None = None) -> Layer:
    source = RawImage(path, changes)
    assert bitlocker.detect(source, whole(source))
    return bitlocker.open_layer(source, whole(source), secrets=secrets, on_read=None)


@pytest.mark.parametrize(
    ("secrets", "told"),
    [(LIST[1:2], "recovery_password 1"), ([b"", LIST[0], LIST[2]], "password 3")],
)
def test_what_opens_it_is_told_by_kind_and_number(
    locked: Path, secrets: list[bytes], told: str
) -> None:
    layer = opened(locked, secrets)
    assert layer.opened_by == told
    inner = layer.source(1)
    assert inner.read_at(0, len(PLAIN) + 1) == PLAIN
    for start, length in ((8190, 700), (1, 20_000), (len(PLAIN) - 5, 9), (len(PLAIN), 1)):
        assert inner.read_at(start, length) == PLAIN[start : start + length]


def test_a_suspended_volume_opens_by_itself_and_says_so(suspended: Path) -> None:
    layer = opened(suspended, [])
    assert layer.opened_by == "clear key"
    assert [problem.code for problem in layer.problems()] == ["clear_key"]
    assert layer.source(1).read_at(0, len(PLAIN)) == PLAIN


def test_cryptsetup_finds_the_key_that_the_fixture_was_made_with(
    locked: Path, tmp_path: Path
) -> None:
    secret, key = tmp_path / "secret", tmp_path / "key"
    secret.write_text(RECOVERY)
    run([
        "cryptsetup", "bitlkDump", "--disable-locks", "-q", "--dump-volume-key",
        "--volume-key-file", str(key), "--key-file", str(secret), str(locked),
    ])  # fmt: skip
    assert key.read_bytes() == FVEK


@pytest.mark.parametrize(
    ("secrets", "words"),
    [
        ([], "no password was given"),
        ([b"no"], "1 password or key was tried"),
        ([b"hex:0011"], "none is of a kind that opens it"),
    ],
)
def test_a_locked_volume_says_what_was_tried_and_what_would_open_it(
    locked: Path, secrets: list[bytes], words: str
) -> None:
    with pytest.raises(VolumeLocked, match=words) as caught:
        opened(locked, secrets)
    assert "a password, a recovery password of 48 digits" in str(caught.value)
    assert "BitLocker, AES-XTS 128-bit, 8f595209" in str(caught.value)


def test_flipped_metadata_ends_in_an_error_or_in_the_truth(suspended: Path) -> None:
    chooser = random.Random(11)
    for _ in range(150):
        places = [0, *(FREE_AT + n * (1 << 16) for n in range(3))]
        changes = {place + chooser.randrange(600): chooser.randrange(1, 256) for place in places}
        source = RawImage(suspended, changes)
        if not bitlocker.detect(source, whole(source)):
            continue
        try:
            layer = bitlocker.open_layer(source, whole(source), secrets=[], on_read=None)
            layer.source(1).read_at(0, 1 << 16)
        except SourceUnreadable:
            continue


def test_volumes_made_by_windows_are_read_whole(corpora: Path, tmp_path: Path) -> None:
    packed = corpora / "mbroz+cryptsetup" / "tests" / "bitlk-images.tar.xz"
    if not packed.exists():
        pytest.skip("skipped: the public corpora have no BitLocker images")
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path, filter="data")
    stated = (tmp_path / "bitlk-images" / "images.conf").read_text()
    for name in ("bitlk-aes-cbc-elephant-256", "bitlk-togo-aes-xts-128"):
        section = stated.partition(f"[{name}]\n")[2].split("\n\n")[0]
        told = dict(line.split("=", 1) for line in section.splitlines())
        layer = opened(tmp_path / "bitlk-images" / f"{name}.img", [told["PW"].encode()])
        digest = digest_source(layer.source(1), progress=lambda _: None).digests.sha256
        assert digest.hex() == told["SHA256SUM"]
