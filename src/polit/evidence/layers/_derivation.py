"""Keys from passwords, at a cost that a header states: bounded, and with signs of life.

Sources: RFC 8018 (PBKDF2), RFC 9106 (Argon2).
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from argon2.exceptions import HashingError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw

from polit.base.errors import SourceUnreadable

ITERATIONS_AT_MOST = 100_000_000
"""PBKDF2: cryptsetup chooses what takes the formatting machine two seconds, some 10 million."""
MEMORY_AT_MOST_KIB = 2 << 20
"""Argon2: cryptsetup asks for 1 GiB at most; a walker has 4 GiB of address space."""
PASSES_AT_MOST_KIB = 64 << 20
"""Argon2: memory times passes. 64 GiB take a slow core about a minute."""
_LANES_AT_MOST = 16
_KEY_BYTES_AT_MOST = 4096
_BEAT_S = 1.0
_DIGESTS = frozenset(("sha1", "sha224", "sha256", "sha384", "sha512", "ripemd160"))
_ARGON2 = {"argon2i": Type.I, "argon2id": Type.ID}


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a key is derived, as a header states it; ``check`` it before ``derive``.

    Args:
        kind: ``pbkdf2``, ``argon2i`` or ``argon2id``.
        salt: As stored.
        digest: PBKDF2: the hash function's name, lower case.
        passes: Iterations, or passes over the memory.
        memory_kib: Argon2 only.
        lanes: Argon2 only.
    """

    kind: str
    salt: bytes
    digest: str = ""
    passes: int = 0
    memory_kib: int = 0
    lanes: int = 1

    def check(self) -> None:
        """Refuse what would cost too much or is not known.

        Raises:
            SourceUnreadable: The message names the figure.
        """
        if self.kind == "pbkdf2":
            if not is_digest(self.digest):
                raise SourceUnreadable(f"its keys are derived by {self.digest!r}: not known")
            if not 1 <= self.passes <= ITERATIONS_AT_MOST:
                raise SourceUnreadable(
                    f"its header asks for {self.passes} iterations a password: refused, "
                    f"{ITERATIONS_AT_MOST} are the most"
                )
            return
        if self.kind not in _ARGON2:
            raise SourceUnreadable(f"its keys are derived by {self.kind!r}: not known")
        if not 8 <= self.memory_kib <= MEMORY_AT_MOST_KIB or not 1 <= self.lanes <= _LANES_AT_MOST:
            raise SourceUnreadable(
                f"its header asks for {self.memory_kib} KiB and {self.lanes} lanes a password: "
                f"refused, {MEMORY_AT_MOST_KIB} KiB and {_LANES_AT_MOST} are the most"
            )
        if not self.passes >= 1 or self.passes * self.memory_kib > PASSES_AT_MOST_KIB:
            raise SourceUnreadable(
                f"its header asks for {self.passes} passes over {self.memory_kib} KiB a "
                "password: refused, that takes more than a minute"
            )

    @property
    def cost_share(self) -> float:
        """How much of the dearest derivation allowed this one costs, up to 1."""
        if self.kind == "pbkdf2":
            return self.passes / ITERATIONS_AT_MOST
        return self.passes * self.memory_kib / PASSES_AT_MOST_KIB

    def derive(self, password: bytes, length_bytes: int, on_read: Callable[[], None]) -> bytes:
        """Return the key of a password.

        Args:
            password: Any bytes.
            length_bytes: 1 to 4,096.
            on_read: Called about every second meanwhile.

        Raises:
            SourceUnreadable: There is not the memory that the header asks for.
        """
        if not 1 <= length_bytes <= _KEY_BYTES_AT_MOST:
            raise SourceUnreadable(f"its header states a key of {length_bytes} bytes: refused")
        with beating(on_read):
            if self.kind == "pbkdf2":
                return hashlib.pbkdf2_hmac(
                    self.digest, password, self.salt, self.passes, length_bytes
                )
            try:
                return hash_secret_raw(
                    password, self.salt, self.passes, self.memory_kib, self.lanes,
                    length_bytes, _ARGON2[self.kind], ARGON2_VERSION,
                )  # fmt: skip
            except HashingError as error:
                raise SourceUnreadable(
                    f"a key needs {self.memory_kib} KiB of memory to be derived: {error}"
                ) from error


def is_digest(name: str) -> bool:
    """Tell whether a hash function is one that volumes use and this machine has."""
    if name not in _DIGESTS:
        return False
    try:
        hashlib.new(name)
    except ValueError:
        return False  # named by the library, and switched off in it
    return True


@contextmanager
def beating(on_read: Callable[[], None]) -> Iterator[None]:
    """Give signs of life while native code derives a key without the interpreter's lock.

    Only for what was bounded before: a derivation must not look alive for ever.
    """
    done = threading.Event()

    def beat() -> None:
        while not done.wait(_BEAT_S):
            on_read()

    on_read()
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
