"""A warm zygote of decoders for the tests of a process, and a decoder for each test."""

from collections.abc import Iterator

import pytest

from polit.sandbox.client import Decoder
from polit.sandbox.isolate import Role, Zygote, start_zygote
from polit.sandbox.limits import ItemLimits


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Start a zygote that all files of tests share; a test that breaks one starts its own."""
    zygote = start_zygote(Role.DECODER)
    yield zygote
    zygote.close()


@pytest.fixture
def decoder(zygote: Zygote) -> Iterator[Decoder]:
    """Give a decoder with the limits of an examination."""
    decoder = Decoder(zygote, ItemLimits())
    yield decoder
    decoder.close()
