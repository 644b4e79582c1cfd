"""The log's signing key in ``<data>/signer``: the signer's alone, in production another user's."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polit.base import settings
from polit.base.errors import IntegrityError, SourceMissing, SourceUnreadable
from polit.store.keys import write_new
from polit.web.audit.checkpoint import LogKey, log_key, origin_of

_KEY = "key.pem"
PUBLIC_KEY = "public-key"


def signer_folder() -> Path:
    """Return the folder of the signer's key and lock; nobody else reads it."""
    return settings.data_folder() / "signer"


def witness_folder() -> Path:
    """Return the folder that checkpoints are copied to: ``POLIT_WITNESS``."""
    stated = settings.text("POLIT_WITNESS")
    return Path(stated).absolute() if stated else settings.data_folder() / "witness"


def make_log_key() -> LogKey:
    """Make the key where there is none; return its public half. Never replaces a key."""
    folder = signer_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / _KEY).exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_new(folder / _KEY, pem)
    return public_half(open_signing_key())


def open_signing_key() -> Ed25519PrivateKey:
    """Open the private key.

    Raises:
        SourceMissing: There is none; the signer makes it at its first start.
        SourceUnreadable: It is damaged.
    """
    path = signer_folder() / _KEY
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise SourceMissing(f"no key in {path}: 'polit signer' makes it") from error
    except ValueError as error:
        raise SourceUnreadable(f"{path} is damaged: restore it") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SourceUnreadable(f"{path} is no Ed25519 key: restore it")
    return key


def publish_log_key(key: LogKey, witness: Path) -> None:
    """Put the public half beside the witness's copies, where everybody may read it.

    Raises:
        IntegrityError: Another log's key lies there.
    """
    path = witness / PUBLIC_KEY
    if not path.exists():
        write_new(path, f"{key.text}\n".encode())
        path.chmod(0o644)
    if read_log_key(witness) != key:
        raise IntegrityError(
            f"{path} is another log's key: each log has a witness folder of its own"
        )


def read_log_key(witness: Path) -> LogKey:
    """Return the public half, as whoever may not read the private one does.

    Raises:
        SourceMissing: The signer never ran.
        IntegrityError: It is no key.
    """
    path = witness / PUBLIC_KEY
    try:
        return log_key(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourceMissing(f"no {path}: start 'polit signer' first") from error


def public_half(signing: Ed25519PrivateKey) -> LogKey:
    """Return the public key with the log's name."""
    public = signing.public_key().public_bytes_raw()
    return LogKey(origin_of(public), public)
