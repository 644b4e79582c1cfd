"""LUKS volumes: read as cryptsetup, qemu-img and libluksde have them; hostile headers end."""

import hashlib
import struct
from pathlib import Path

import pyluksde
import pytest
from container_images import mixed_bytes
from evidence.luks import PASSWORD, MadeLuks, make_luks1, make_luks2
from walked_evidence import RawImage, whole

from polit.base.errors import SourceUnreadable
from polit.evidence.layer import Layer, VolumeLocked
from polit.evidence.layers import luks

PLAIN = mixed_bytes(1 << 20, seed=5)[: 1 << 20]
LIST = [b"wrong", b"", PASSWORD.encode()]
_CHECKSUM_AT = 448


def opened(path: Path, secrets: list[bytes], changes: dict[int, int] | None = None) -> Layer:
    source = RawImage(path, changes)
    assert luks.detect(source, whole(source))
    return luks.open_layer(source, whole(source), secrets=secrets, on_read=None)


def content(layer: Layer) -> bytes:
    inner = layer.source(1)
    assert layer.volumes[0].facts.size_bytes == inner.size_bytes
    for start, length in ((0, 1), (511, 2), (4095, 9000), (inner.size_bytes - 3, 100)):
        assert inner.read_at(start, length) == PLAIN[start : start + length]
    assert inner.read_at(inner.size_bytes, 1) == b""
    return inner.read_at(0, inner.size_bytes)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeLuks:
    return make_luks2(tmp_path_factory.mktemp("luks") / "2.img", PLAIN)


class TestLuks2:
    @pytest.mark.parametrize(
        ("sector", "kdf", "bits"), [(4096, "argon2id", 256), (512, "pbkdf2", 512)]
    )
    def test_what_was_encrypted_is_read(
        self, tmp_path: Path, sector: int, kdf: str, bits: int
    ) -> None:
        made = make_luks2(tmp_path / "2.img", PLAIN, sector_bytes=sector, kdf=kdf, key_bits=bits)
        assert content(opened(made.path, LIST)) == PLAIN

    def test_the_opening_secret_is_told_by_number(self, made: MadeLuks) -> None:
        assert opened(made.path, LIST).opened_by == "password 3"

    def test_the_key_itself_opens_it(self, made: MadeLuks) -> None:
        layer = opened(made.path, [b"hex:" + made.key.hex().encode()])
        assert layer.opened_by == "key 1"
        assert content(layer) == PLAIN

    def test_a_wrong_password_is_told_with_how_many_were_tried(self, made: MadeLuks) -> None:
        with pytest.raises(VolumeLocked, match="2 passwords or keys were tried"):
            opened(made.path, [b"no", b"nor this"])

    def test_without_a_password_it_says_how_to_give_one(self, made: MadeLuks) -> None:
        with pytest.raises(VolumeLocked, match=r"LUKS 2 .*--passwords"):
            opened(made.path, [])

    def test_a_damaged_first_header_costs_nothing_but_a_problem(self, made: MadeLuks) -> None:
        layer = opened(made.path, LIST, {4096 + 20: 0xFF})
        assert content(layer) == PLAIN
        assert {problem.code for problem in layer.problems()} == {"luks_header"}

    def test_a_wiped_first_header_is_replaced_by_the_second(self, made: MadeLuks) -> None:
        layer = opened(made.path, LIST, dict(enumerate(b"LUKS\xba\xbe")))
        assert content(layer) == PLAIN


class TestLuks1:
    @pytest.mark.parametrize("encryption", ["aes-xts-plain64", "aes-cbc-essiv:sha256"])
    def test_libluksde_reads_the_same(self, tmp_path: Path, encryption: str) -> None:
        made = make_luks1(tmp_path / "1.img", PLAIN, encryption=encryption)
        volume = pyluksde.volume()
        volume.set_password(PASSWORD)
        volume.open(str(made.path))
        layer = opened(made.path, LIST)
        assert volume.read_buffer_at_offset(len(PLAIN), 0) == content(layer) == PLAIN
        volume.close()
        assert layer.opened_by == "password 3"


def sealed(header: bytearray) -> bytes:
    """Return a LUKS 2 header with a checksum that holds: damage that a checksum cannot tell."""
    header[_CHECKSUM_AT : _CHECKSUM_AT + 64] = bytes(64)
    digest = hashlib.sha256(header).digest()
    header[_CHECKSUM_AT : _CHECKSUM_AT + 32] = digest
    return bytes(header)


class TestHostile:
    @pytest.mark.parametrize(
        ("before", "after", "words"),
        [
            (b'"memory":64', b'"memory":4294967295', "KiB"),
            (b'"time":4', b'"time":4294967295', "passes"),
            (b'"cpus":2', b'"cpus":4000000', "lanes"),
            (b'"stripes":4000', b'"stripes":2147483648', "stripes"),
            (b'"iterations":1000', b'"iterations":4294967296', "iterations"),
            (b'"sector_size":512', b'"sector_size":3', "sectors"),
            (b'"aes-xts-plain64"', b'"serpent-xts-plain64"', "serpent"),
            (b'"type":"crypt"', b'"type":"linear"', "linear"),
            (b'"keyslots":{', b'"keyslots":' + b"[" * 9000 + b"{", "JSON"),
        ],
    )  # fmt: skip
    def test_a_lying_header_is_refused_by_name(
        self, made: MadeLuks, tmp_path: Path, before: bytes, after: bytes, words: str
    ) -> None:
        image = made.path.read_bytes()
        size = int.from_bytes(image[8:16], "big")
        text = image[4096:size].rstrip(b"\0")
        assert before in text
        changed = text.replace(before, after)[: size - 4096].ljust(size - 4096, b"\0")
        path = tmp_path / "lying.img"
        header = sealed(bytearray(image[:4096] + changed))
        path.write_bytes(header + bytes(1 << 16) + image[size + (1 << 16) :])
        with pytest.raises(SourceUnreadable, match=words):
            opened(path, LIST)

    def test_a_lying_luks1_header_is_refused_by_name(self, tmp_path: Path) -> None:
        head = bytearray(1 << 16)
        struct.pack_into(
            ">6sH32s32s32sII20s32sI40s", head, 0, b"LUKS\xba\xbe", 1, b"aes", b"xts-plain64",
            b"sha256", 8, 64, bytes(20), bytes(32), 1000, b"u",
        )  # fmt: skip
        struct.pack_into(">II32sII", head, 208, 0x00AC71F3, 0xFFFFFFFF, bytes(32), 8, 4000)
        struct.pack_into(">II32sII", head, 256, 0x00AC71F3, 5, bytes(32), 0xFFFFFFFF, 0xFFFFFFFF)
        path = tmp_path / "1.img"
        path.write_bytes(head)
        with pytest.raises(VolumeLocked, match=r"slot 0: .*4294967295 iterations.*slot 1: "):
            opened(path, LIST)
