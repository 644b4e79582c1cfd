"""Opens vaults for tests: an installation, a case, its originals, and a memory to keep from."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from polit.store.case_keys import open_case_key, take_case_key
from polit.store.keys import Keys, create_keys
from polit.store.vault import CaseVault, fill_case, make_vault, open_vault, read_case
from polit.store.vault_verify import CaseVerified, verify_case


@dataclass(frozen=True, slots=True)
class Installation:
    """A data directory and a vault beside it."""

    place: Path
    keys: Keys

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.place / "data"

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.place / "vault"

    def case_folder(self, name: str = "T-1") -> Path:
        """Return where a case's originals lie."""
        return self.vault / "cases" / name

    @contextlib.contextmanager
    def filling(self, case: str = "T-1") -> Iterator[CaseVault]:
        """Open a case for keeping."""
        with (
            make_vault(self.vault) as vault,
            contextlib.closing(take_case_key(self.data, self.keys, case)) as key,
            fill_case(vault, key) as opened,
        ):
            key.share()
            yield opened

    @contextlib.contextmanager
    def reading(self, case: str = "T-1") -> Iterator[CaseVault]:
        """Open a case for reading."""
        with (
            open_vault(self.vault) as vault,
            contextlib.closing(open_case_key(self.data, self.keys, case)) as key,
            read_case(vault, key) as opened,
        ):
            yield opened

    def keep(self, *contents: bytes, case: str = "T-1") -> list[bool]:
        """Keep contents."""
        with self.filling(case) as opened:
            return [keep(opened, content) for content in contents]

    def verify(self, case: str = "T-1") -> CaseVerified:
        """Verify a case."""
        with self.reading(case) as opened:
            return verify_case(opened, lambda _: None)

    def originals(self, case: str = "T-1") -> list[Path]:
        """Return the files of the originals, sorted."""
        return sorted(path for path in self.case_folder(case).glob("??/*") if len(path.name) == 64)


def install(place: Path) -> Installation:
    """Make an installation."""
    return Installation(place, create_keys(place / "data"))


@contextlib.contextmanager
def in_memory(content: bytes) -> Iterator[int]:
    """Put bytes into a memory file for a block."""
    descriptor = os.memfd_create("content")
    try:
        os.pwrite(descriptor, content, 0)
        yield descriptor
    finally:
        os.close(descriptor)


def keep(opened: CaseVault, content: bytes, mime: str = "image/png") -> bool:
    """Keep one content."""
    with in_memory(content) as descriptor:
        digest = hashlib.sha256(content).digest()
        return opened.keep(digest, mime, descriptor, len(content))


def content_of(opened: CaseVault, content: bytes) -> bytes:
    """Return what the vault gives for a content."""
    with opened.open(hashlib.sha256(content).digest()) as sealed:
        return b"".join(sealed.pieces())
