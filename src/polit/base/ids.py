"""Identifiers and randomness: the one place where polit asks the system for either."""

import os
import uuid


def new_uuid() -> str:
    """Return a fresh random UUID (RFC 9562, version 4) as text."""
    return str(uuid.UUID(bytes=os.urandom(16), version=4))


def random_bytes(count: int) -> bytes:
    """Return ``count`` bytes fit for keys and nonces."""
    return os.urandom(count)
