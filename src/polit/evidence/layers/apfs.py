"""APFS: a container of one or more volumes, each a file system of its own. Walker only.

Encrypted volumes are opened by a password or a recovery key. Snapshots are not examined.
"""

from collections.abc import Callable, Sequence

import pyfsapfs

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import FileSystem
from polit.evidence.layer import InnerVolume, Layer, VolumeLocked
from polit.evidence.layers._apfs_system import ApfsFileSystem
from polit.evidence.layers._derivation import beating
from polit.evidence.layers._given import given, how_to_give
from polit.evidence.layers._window import NATIVE_ERRORS, NativeFile, Window, native_trouble
from polit.evidence.source import ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts
from polit.model.secrets import Secret, SecretKind

ORDER = 40
NAME = "apfs"
LIBRARY = pyfsapfs

_MAGIC_OFFSET, _MAGIC = 32, b"NXSB"
_VOLUMES_AT_MOST = 100
"""A container of APFS holds no more."""
_TRIES_AT_MOST = 1000
_TEXT_CHARS = 200


def detect(source: ByteSource, volume: VolumeFacts) -> bool:
    """Tell whether a volume begins with a superblock of an APFS container."""
    return Window(source, volume).read_at(_MAGIC_OFFSET, len(_MAGIC)) == _MAGIC


def open_layer(
    source: ByteSource,
    volume: VolumeFacts,
    *,
    secrets: Sequence[bytes],
    on_read: Callable[[], None] | None,
) -> Layer:
    """Open an APFS container; see ``LayerPlugin``."""
    window = Window(source, volume, on_read)
    file = NativeFile(window)
    container = pyfsapfs.container()
    try:
        container.open_file_object(file)
        count = int(container.get_number_of_volumes())
    except NATIVE_ERRORS as error:
        file.raise_failure()
        raise native_trouble("the APFS container cannot be opened", error) from error
    file.raise_failure()
    if count > _VOLUMES_AT_MOST:
        raise SourceUnreadable(f"the APFS container states {count} volumes")
    return ApfsLayer(container, file, window, given(secrets), on_read)


class ApfsLayer:
    """See ``Layer``."""

    def __init__(
        self,
        container: pyfsapfs.container,
        file: NativeFile,
        window: Window,
        secrets: Sequence[Secret],
        on_read: Callable[[], None] | None,
    ) -> None:
        """Look at each volume, and unlock it where a secret does."""
        self._container, self._file, self._window = container, file, window
        self._on_read = on_read or _keep_silent
        self._opened: dict[int, pyfsapfs.volume] = {}
        self._problems: list[SourceProblem] = []
        self._by: list[str] = []
        self._volumes = tuple(
            self._inner(number, secrets)
            for number in range(1, int(container.get_number_of_volumes()) + 1)
        )

    @property
    def opened_by(self) -> str:
        """Which kinds of key opened its volumes."""
        return ", ".join(dict.fromkeys(self._by))

    @property
    def volumes(self) -> tuple[InnerVolume, ...]:
        """The volumes in it."""
        return self._volumes

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what is wrong with it."""
        return tuple(self._problems)

    def source(self, number: int) -> ByteSource:
        """Return the container's bytes: its volumes share them, and none has its own."""
        del number
        return self._window

    def filesystem(self, number: int) -> FileSystem | None:
        """Return the file system of a volume.

        Raises:
            VolumeLocked: No secret opened it.
            SourceUnreadable: It is damaged.
        """
        for inner in self._volumes:
            if inner.facts.number == number and inner.locked:
                raise VolumeLocked(inner.locked)
        native = self._opened.get(number)
        if native is None:
            raise SourceUnreadable(f"volume {number} of the APFS container is damaged")
        return ApfsFileSystem(native, self._file, size_bytes=self._window.size_bytes)

    def _inner(self, number: int, secrets: Sequence[Secret]) -> InnerVolume:
        name, locked = "damaged volume", ""
        try:
            native = self._container.get_volume(number - 1)
            name = native.get_name() or ""
            if native.is_locked():
                locked = self._unlock(native, secrets)
            if not locked:
                self._opened[number] = native
        except NATIVE_ERRORS as error:
            self._file.failure = None
            detail = str(native_trouble(f"volume {number} of the APFS container", error))
            self._problems.append(SourceProblem("apfs_volume_damaged", detail))
        shown = "".join(c if c.isprintable() else "\ufffd" for c in name)[:_TEXT_CHARS]
        facts = VolumeFacts(number, NAME, shown, 0, self._window.size_bytes, allocated=True)
        return InnerVolume(facts, locked)

    def _unlock(self, native: pyfsapfs.volume, secrets: Sequence[Secret]) -> str:
        tried = 0
        for secret in secrets[:_TRIES_AT_MOST]:
            try:
                text = secret.value.decode()
            except UnicodeDecodeError:
                continue
            if secret.kind is SecretKind.KEY or "\0" in text:
                continue
            tried += 1
            with beating(self._on_read):
                native.set_password(text)
                native.set_recovery_password(text)
                if native.unlock():
                    self._by.append(f"{secret.kind.value} {secret.number}")
                    return ""
        return f"an encrypted APFS volume: {how_to_give(tried, len(secrets))}"


def _keep_silent() -> None:
    """Give no sign of life."""
