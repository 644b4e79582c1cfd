"""The examiner's list of passwords and keys: read once, kept in memory, never written down.

The package keeps which number of the list opened which volume, and a keyed digest of the list,
so that a resumed run goes on with the same one. Under another key than the package's own the
digest tells nothing, and nobody can try passwords against it.
"""

import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path

from polit.base.errors import SourceMissing, UsageError
from polit.package.write import Ledger

META = "secrets_hmac"
_BYTES_AT_MOST = 64 << 10
_LINES_AT_MOST = 1000
_MARK = "\ufeff"


def read_passwords(path: Path | None) -> tuple[bytes, ...]:
    """Read a list of passwords, one a line, UTF-8.

    A 48-digit recovery password is known by its form, ``hex:`` begins a key; see
    ``polit.model.secrets``. A line keeps its spaces; empty lines keep their number.

    Args:
        path: The file, ``None`` for no list.

    Returns:
        The lines in their order, without their ends and without empty lines at the end.

    Raises:
        SourceMissing: There is no such file.
        UsageError: It is no such list; the message never shows a line.
    """
    if path is None:
        return ()
    try:
        with path.open("rb") as stream:
            raw = stream.read(_BYTES_AT_MOST + 1)
    except FileNotFoundError as error:
        raise SourceMissing(f"there is no list of passwords {path}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > _BYTES_AT_MOST:
        raise UsageError(f"{path} is over {_BYTES_AT_MOST} bytes: give fewer passwords")
    try:
        text = raw.decode("utf-8").removeprefix(_MARK)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: save it as UTF-8, one password a line") from error
    lines = [line.removesuffix("\r").encode() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) > _LINES_AT_MOST:
        raise UsageError(f"{path} has over {_LINES_AT_MOST} lines: give fewer passwords")
    return tuple(lines)


def keyed_digest(secrets: Sequence[bytes], package_key: bytes) -> str:
    """Return what tells whether two lists are the same, under a package's key; hex."""
    key = hmac.digest(package_key, b"polit list of secrets", hashlib.sha256)
    told = b"".join(len(line).to_bytes(4, "big") + line for line in secrets)
    return hmac.new(key, told, hashlib.sha256).hexdigest()


def check_same_passwords(ledger: Ledger, secrets: Sequence[bytes], package_key: bytes) -> None:
    """Refuse to go on with another list: what opens would depend on when a run was interrupted.

    Raises:
        UsageError: The list is not the one that the package was begun with.
    """
    begun = ledger.meta(META) or ""
    if not hmac.compare_digest(begun, keyed_digest(secrets, package_key)):
        raise UsageError(
            "the package was begun with another list of passwords, or without one: resume with "
            "the same --passwords, line by line, or examine into another folder"
        )
