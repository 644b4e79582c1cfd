"""Identifiers and randomness."""

import uuid

from polit.base.ids import new_uuid, random_bytes


def test_a_new_identifier_is_a_random_uuid_of_the_standard() -> None:
    made = {new_uuid() for _ in range(50)}
    assert len(made) == 50
    for text in made:
        read = uuid.UUID(text)
        assert (read.version, read.variant) == (4, uuid.RFC_4122)
        assert str(read) == text


def test_random_bytes_are_as_many_as_asked_for_and_differ() -> None:
    assert len(random_bytes(32)) == 32
    assert random_bytes(0) == b""
    assert random_bytes(32) != random_bytes(32)
