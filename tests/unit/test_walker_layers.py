"""The walker's volumes inside volumes: opened along the chain, and again without the whole list."""

import pytest
from container_images import mixed_bytes
from evidence.luks import PASSWORD, MadeLuks, make_luks2
from walked_evidence import RawImage, whole

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


def opened(made: MadeLuks, secrets: list[bytes], opened_by: str) -> say.VolumeOpened:
    source = RawImage(made.path)
    placed = say.PlacedVolume(whole(source), None, opened_by)
    volumes = Volumes(
        {1: placed},
        secrets=secrets,
        journal=Page(),  # type: ignore[arg-type]  # what is noted is not asked for here
        open_root=lambda: source,
        open_whole=lambda: None,
    )
    return volumes.open(1, placed)


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
