"""A warm zygote of decoders for each file of tests, and a decoder for each test."""

from collections.abc import Iterator

import pytest

from polit.sandbox.client import Decoder
from polit.sandbox.isolate import Role, Zygote, start_zygote
from polit.sandbox.limits import ItemLimits


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """Start a zygote, and end it with the file."""
    zygote = start_zygote(Role.DECODER)
    yield zygote
    zygote.close()


@pytest.fixture
def decoder(zygote: Zygote) -> Iterator[Decoder]:
    """Give a decoder with the limits of an examination."""
    decoder = Decoder(zygote, ItemLimits())
    yield decoder
    decoder.close()
