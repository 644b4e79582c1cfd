"""The walker's volumes inside volumes: opened along the chain, and again without the whole list."""

import pytest
from container_images import mixed_bytes
from evidence.luks import PASSWORD, MadeLuks, make_luks2
from walked_evidence import RawImage, whole

from polit.evidence.source import BadRange
from polit.sandbox import walking_messages as say
from polit.sandbox.worker.walker_volumes import Volumes


class Page:
    """A journal that notes nothing."""

    def enter(self, operation: int, item: int, index: int = 0) -> None:
        del operation, item, index

    def beat(self) -> None:
        """Give no sign of life."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeLuks:
    plain = mixed_bytes(1 << 16, seed=2)[: 1 << 16]
    return make_luks2(tmp_path_factory.mktemp("layers") / "2.img", plain, kdf="pbkdf2")


def volumes_of(
    source: RawImage, secrets: list[bytes], opened_by: str
) -> tuple[Volumes, say.VolumeOpened]:
    placed = say.PlacedVolume(whole(source), None, opened_by)
    volumes = Volumes(
        {1: placed},
        secrets=secrets,
        journal=Page(),  # type: ignore[arg-type]  # what is noted is not asked for here
        open_root=lambda: source,
        open_whole=lambda: None,
    )
    return volumes, volumes.open(1, placed)


def opened(made: MadeLuks, secrets: list[bytes], opened_by: str) -> say.VolumeOpened:
    return volumes_of(RawImage(made.path), secrets, opened_by)[1]


def test_a_layer_is_told_with_its_volumes(made: MadeLuks) -> None:
    reply = opened(made, [b"wrong", PASSWORD.encode()], "")
    assert reply.layer is not None
    assert (reply.layer.name, reply.layer.opened_by) == ("luks", "password 2")
    assert [facts.size_bytes for facts, _ in reply.layer.volumes] == [1 << 16]


def test_a_second_walker_tries_only_what_opened_it(made: MadeLuks) -> None:
    right = PASSWORD.encode()
    again = opened(made, [b"wrong", right], "password 2")
    assert again.layer is not None
    assert again.layer.opened_by == "password 2"
    assert opened(made, [right, b"wrong"], "password 2").locked


@pytest.mark.parametrize("opened_by", ["clear key", "password 0", "password 99", ""])
def test_what_names_no_secret_leaves_the_list_as_it_is(made: MadeLuks, opened_by: str) -> None:
    reply = opened(made, [b"wrong", PASSWORD.encode()], opened_by)
    assert reply.layer is not None


def test_a_container_that_two_secrets_opened_is_tried_with_both(made: MadeLuks) -> None:
    right = PASSWORD.encode()
    again = opened(made, [right, b"wrong", b"other"], "password 1, recovery_password 3")
    assert again.layer is not None


def test_damage_of_the_image_is_damage_of_what_lies_in_a_layer(made: MadeLuks) -> None:
    source = RawImage(made.path)
    volumes, reply = volumes_of(source, [PASSWORD.encode()], "")
    assert reply.layer is not None
    volumes.know({2: say.PlacedVolume(reply.layer.volumes[0][0], 1, "")})
    data_at = source.size_bytes - (1 << 16)
    source.bad = (BadRange(10, 20, "read_error"), BadRange(data_at + 5000, 1, "chunk_checksum"))
    (bad,) = volumes.bad_ranges(2)
    assert bad.code == "chunk_checksum"
    assert bad.offset_bytes <= 5000 < bad.offset_bytes + bad.length_bytes <= 8192
    assert volumes.bad_ranges(1) == source.bad
