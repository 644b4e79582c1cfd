"""What a broker is started with, from the environment: places, peers, bounds."""

import os
import pwd
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from polit.base import settings
from polit.base.errors import UsageError

_MAX_DECODERS = 32
_POSTGRESQL = ("postgresql:", "postgres:")


@dataclass(frozen=True, slots=True)
class EvidenceRoot:
    """A folder that evidence may be examined below, and the name it goes by."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """How a broker runs.

    Args:
        data: The data directory.
        evidence: Its evidence roots; their names differ.
        database: ``postgresql://…``, or the path of an SQLite file.
        peers: User ids that may connect; its own is one of them.
        decoders: How many pictures are decoded at a time.
        accept_reduced_isolation: Decode though the sandbox holds less than fully.
        hashsets: The store of hash sets.
        max_upload_bytes: The longest file that is taken through the record.
    """

    data: Path
    evidence: tuple[EvidenceRoot, ...]
    database: str
    peers: frozenset[int]
    decoders: int = 2
    accept_reduced_isolation: bool = False
    hashsets: Path = field(default_factory=settings.hashsets_folder)
    max_upload_bytes: int = 8 << 30

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.data / "run" / "broker.sock"

    @property
    def ledger(self) -> Path:
        """Its own folder."""
        return self.data / "broker"

    @property
    def packages(self) -> Path:
        """Where packages are made and looked for."""
        return self.data / "packages"

    @property
    def vault(self) -> Path:
        """Where originals are kept."""
        return self.data / "vault"

    @property
    def incoming(self) -> Path:
        """Where an administrator puts files that people may import."""
        return self.data / "incoming"

    @property
    def uses_postgresql(self) -> bool:
        """Whether the record lies in PostgreSQL."""
        return self.database.startswith(_POSTGRESQL)


def read_settings(*, accept_reduced_isolation: bool = False) -> BrokerSettings:
    """Read a broker's settings from the environment.

    Raises:
        UsageError: One of them cannot be read.
    """
    data = settings.data_folder()
    decoders = settings.number("POLIT_BROKER_DECODERS", 2, minimum=1)
    if decoders > _MAX_DECODERS:
        raise UsageError(f"POLIT_BROKER_DECODERS is {decoders:g}: give at most {_MAX_DECODERS}")
    return BrokerSettings(
        data=data,
        evidence=_evidence_roots(settings.text("POLIT_EVIDENCE"), data),
        database=_database(settings.text("POLIT_DATABASE"), data),
        peers=_peers(settings.text("POLIT_BROKER_PEERS")),
        decoders=int(decoders),
        accept_reduced_isolation=accept_reduced_isolation,
        max_upload_bytes=int(settings.number("POLIT_UPLOAD_GIB", 8, minimum=1) * (1 << 30)),
    )


def _evidence_roots(text: str, data: Path) -> tuple[EvidenceRoot, ...]:
    paths = [Path(part) for part in text.split(":") if part] or [data / "evidence"]
    roots: list[EvidenceRoot] = []
    for path in paths:
        if not path.is_absolute() or not path.name:
            raise UsageError("POLIT_EVIDENCE: give absolute paths of folders, separated by ':'")
        _check_apart(path, data)
        taken = {root.name for root in roots}
        name, number = path.name, 2
        while name in taken:
            name, number = f"{path.name}-{number}", number + 1
        roots.append(EvidenceRoot(name, path))
    return tuple(roots)


def _check_apart(root: Path, data: Path) -> None:
    """Refuse a root by which polit's own keys, vault or record could be examined."""
    real, own = root.resolve(), data.resolve()
    is_within = real.is_relative_to(own) and not real.is_relative_to(own / "evidence")
    if is_within or own.is_relative_to(real):
        raise UsageError("POLIT_EVIDENCE: no folder that holds, or is one of, polit's own data")


def _database(text: str, data: Path) -> str:
    if not text:
        return str(data / "polit.sqlite3")
    if text.startswith(_POSTGRESQL):
        return text
    if text.startswith("sqlite:"):
        return unquote(urlsplit(text).path) or str(data / "polit.sqlite3")
    if "://" in text:
        raise UsageError("POLIT_DATABASE: give postgresql://… or the path of an SQLite file")
    return str(Path(text).absolute())


def _peers(text: str) -> frozenset[int]:
    return frozenset({os.getuid(), *map(_uid, filter(None, map(str.strip, text.split(","))))})


def _uid(text: str) -> int:
    if text.isascii() and text.isdecimal():
        return int(text)
    try:
        return pwd.getpwnam(text).pw_uid
    except KeyError as error:
        raise UsageError(f"POLIT_BROKER_PEERS: there is no user {text!r}") from error
