"""BitLocker volumes and BitLocker To Go: one volume inside, read by libbde. Walker only.

Opened by a password, a 48-digit recovery password, or by itself where protection is suspended (a
clear key). The library's Python side takes the volume's own key as text and so cannot take most
keys: a raw key opens no BitLocker volume here.
"""

from collections.abc import Callable, Sequence

import pybde

from polit.base.errors import SourceUnreadable
from polit.evidence.layer import Layer, VolumeLocked
from polit.evidence.layers._derivation import beating
from polit.evidence.layers._given import given, how_to_give
from polit.evidence.layers._inner import BytesLayer, inner_volume
from polit.evidence.layers._window import NATIVE_ERRORS, NativeFile, Window, native_trouble
from polit.evidence.ranges import widened
from polit.evidence.source import BadRange, ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts
from polit.model.secrets import Secret, SecretKind

ORDER = 10
NAME = "bitlocker"
LIBRARY = pybde

_HEAD_BYTES = 512
_SIGNATURES = (b"-FVE-FS-", b"MSWIN4.1")
_IDENTIFIERS = (
    bytes.fromhex("3bd66749292ed84a8399f6a339e3d001"),
    bytes.fromhex("3b4da89280dd0e4d9e4eb1e3284eaed8"),
)
_IDENTIFIER_AT = (160, 424)
_VISTA = b"\xeb\x52\x90-FVE-FS-"
_READ_BYTES = 1 << 20
_ALIGNED_BYTES = 4096
"""libbde gives wrong bytes for a read that begins within a sector (version 20260916)."""
_TRIES_AT_MOST = 4000
"""A try takes libbde a third of a second: about twenty minutes."""
_CLEAR_KEY = 0x0000
_PROTECTORS = {
    _CLEAR_KEY: "a clear key",
    0x0100: "the computer's TPM",
    0x0200: "a startup key (a .BEK file)",
    0x0500: "the computer's TPM and a PIN",
    0x0800: "a recovery password of 48 digits",
    0x1000: "a smart card or certificate",
    0x2000: "a password",
}
_ASKED = {SecretKind.PASSWORD: 0x2000, SecretKind.RECOVERY_PASSWORD: 0x0800}
_METHODS = {
    0x8000: "AES-CBC 128-bit with diffuser",
    0x8001: "AES-CBC 256-bit with diffuser",
    0x8002: "AES-CBC 128-bit",
    0x8003: "AES-CBC 256-bit",
    0x8004: "AES-XTS 128-bit",
    0x8005: "AES-XTS 256-bit",
}


def detect(source: ByteSource, volume: VolumeFacts) -> bool:
    """Tell whether a volume begins with a boot sector of BitLocker or BitLocker To Go."""
    head = Window(source, volume).read_at(0, _HEAD_BYTES)
    if head.startswith(_VISTA):
        return True
    if head[3:11] not in _SIGNATURES:
        return False
    return any(head[at : at + 16] in _IDENTIFIERS for at in _IDENTIFIER_AT)


def open_layer(
    source: ByteSource,
    volume: VolumeFacts,
    *,
    secrets: Sequence[bytes],
    on_read: Callable[[], None] | None,
) -> Layer:
    """Open a BitLocker volume; see ``LayerPlugin``."""
    window = Window(source, volume, on_read)
    native = _open(window, None)
    if not native.volume.is_locked():
        return _layer(native, window, _facts(native), "clear key")
    facts = _facts(native)
    wanted = given(secrets)
    possible = [secret for secret in wanted if _could_open(facts, secret)][:_TRIES_AT_MOST]
    for secret in possible:
        with beating(on_read or _keep_silent):
            native = _open(window, secret)
        if not native.volume.is_locked():
            return _layer(native, window, facts, f"{secret.kind.value} {secret.number}")
    raise VolumeLocked(_locked(facts, how_to_give(len(possible), len(wanted))))


class _Native:
    """libbde's volume with the file that it reads from: both live as long as each other."""

    def __init__(self, window: Window) -> None:
        self.file = NativeFile(window)
        self.volume = pybde.volume()


class _Facts:
    """What libbde tells of a volume that may still be locked."""

    def __init__(self, native: _Native) -> None:
        volume = native.volume
        self.method = int(volume.get_encryption_method())
        count = min(int(volume.get_number_of_key_protectors()), 64)
        self.protectors = [int(volume.get_key_protector(n).get_type()) for n in range(count)]
        described = volume.get_description() or ""
        self.identifier = str(volume.get_volume_identifier())
        self.description = "".join(c if c.isprintable() else "\ufffd" for c in described)[:200]

    def named(self) -> str:
        """Return what the volume is, in a few words."""
        method = _METHODS.get(self.method, f"method {self.method:#x}")
        return f"BitLocker, {method}, {self.identifier}"


def _facts(native: _Native) -> _Facts:
    try:
        return _Facts(native)
    except NATIVE_ERRORS as error:
        raise native_trouble("the BitLocker metadata cannot be read", error) from error


def _open(window: Window, secret: Secret | None) -> _Native:
    native = _Native(window)
    try:
        if secret is not None:
            _set(native, secret)
        native.volume.open_file_object(native.file)
        native.file.raise_failure()
    except NATIVE_ERRORS as error:
        native.file.raise_failure()
        trouble = native_trouble("the BitLocker volume cannot be opened", error)
        if "Encrypt-on-Write" in str(error):
            trouble = SourceUnreadable(
                "the BitLocker volume was being encrypted or decrypted when it was imaged "
                "(its conversion is recorded): not read by this version"
            )
        raise trouble from error
    return native


def _set(native: _Native, secret: Secret) -> None:
    if secret.kind is SecretKind.RECOVERY_PASSWORD:
        native.volume.set_recovery_password(secret.value.decode())
    else:
        native.volume.set_password(secret.value.decode())


def _could_open(facts: _Facts, secret: Secret) -> bool:
    """Tell whether a try of a secret means anything: it costs a third of a second."""
    try:
        secret.value.decode()
    except UnicodeDecodeError:
        return False
    return _ASKED.get(secret.kind, -1) in facts.protectors and b"\0" not in secret.value


def _layer(native: _Native, window: Window, facts: _Facts, opened_by: str) -> Layer:
    inner = BitLockerSource(native, window)
    described = f"{facts.named()}, {facts.description}" if facts.description else facts.named()
    problems = []
    if opened_by == "clear key":
        detail = "its protection is suspended: a clear key in its own metadata opens it"
        problems.append(SourceProblem("clear_key", detail))
    return BytesLayer(
        [inner_volume(1, NAME, described, inner.size_bytes)],
        {1: lambda: inner},
        opened_by=opened_by,
        problems=problems,
    )


class BitLockerSource:
    """The deciphered bytes of a BitLocker volume; see ``ByteSource``."""

    def __init__(self, native: _Native, window: Window) -> None:
        """Read an unlocked volume of a window."""
        self._native, self._window = native, window
        self.size_bytes = int(native.volume.get_size())

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return a range, shorter only at the end."""
        start, end = max(offset_bytes, 0), min(offset_bytes + length_bytes, self.size_bytes)
        if start >= end:
            return b""
        first = start // _ALIGNED_BYTES * _ALIGNED_BYTES
        last = min(-(-end // _ALIGNED_BYTES) * _ALIGNED_BYTES, self.size_bytes)
        parts = [
            self._part(at, min(_READ_BYTES, last - at)) for at in range(first, last, _READ_BYTES)
        ]
        return b"".join(parts)[start - first : end - first]

    def _part(self, offset_bytes: int, length_bytes: int) -> bytes:
        try:
            part = self._native.volume.read_buffer_at_offset(length_bytes, offset_bytes)
        except NATIVE_ERRORS as error:
            self._native.file.raise_failure()
            raise native_trouble(
                f"the BitLocker volume cannot be read at byte {offset_bytes}", error
            ) from error
        self._native.file.raise_failure()
        if len(part) != length_bytes:
            raise SourceUnreadable(f"the BitLocker volume breaks off near byte {offset_bytes}")
        return bytes(part)

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the sectors that the source around it could not give: noise, deciphered.

        A sector stands where it stood before the volume was encrypted, but for the first few.
        """
        return widened(self._window.bad_ranges(), _ALIGNED_BYTES, size_bytes=self.size_bytes)

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return none: they are told of the source that the volume lies in."""
        return ()


def _locked(facts: _Facts, tried: str) -> str:
    protectors = [_PROTECTORS.get(kind, f"{kind:#06x}") for kind in dict.fromkeys(facts.protectors)]
    openers = ", ".join(protectors) or "nothing that it states"
    return (
        f"{facts.named()}: {tried} It is opened by: {openers}. "
        "Of these polit takes passwords and recovery passwords."
    )


def _keep_silent() -> None:
    """Give no sign of life."""
