"""Volumes inside a volume: encryption, logical volumes, containers of volumes, shadow copies.

A layer stands in place of a file system (BitLocker, LUKS, LVM, APFS) or beside one (shadow
copies of NTFS). Runs in the walker only; one module per format lies in ``evidence/layers/`` and
is reached through ``evidence.layering``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import FileSystem
from polit.evidence.source import ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts


class VolumeLocked(SourceUnreadable):
    """No given secret opens the volume; the message says what would, and how to give it."""


@dataclass(frozen=True, slots=True)
class InnerVolume:
    """One volume that a layer holds.

    Args:
        facts: Its number from 1, the layer's name as scheme, what it is called, its size; its
            offset is 0: it has bytes of its own.
        locked: Why it cannot be opened without a secret; empty where it can.
    """

    facts: VolumeFacts
    locked: str = ""


class Layer(Protocol):
    """An opened layer. Not safe for threads."""

    @property
    def opened_by(self) -> str:
        """Which kind of key opened it, such as ``password 2`` (of those given); may be empty."""

    @property
    def volumes(self) -> tuple[InnerVolume, ...]:
        """The volumes in it, in the order of their numbers."""

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what is wrong with it, as known so far."""

    def source(self, number: int) -> ByteSource:
        """Return the bytes of one volume.

        Raises:
            SourceUnreadable: It has none to read.
        """

    def filesystem(self, number: int) -> FileSystem | None:
        """Return the file system of a volume that the layer reads itself, else ``None``.

        Raises:
            SourceUnreadable: It is damaged.
        """


class LayerPlugin(Protocol):
    """What every module of ``evidence/layers/`` offers."""

    ORDER: int
    NAME: str

    def detect(self, source: ByteSource, volume: VolumeFacts) -> bool:
        """Tell whether a volume of a source has this layer; cheap, and never raises for data."""

    def open_layer(
        self,
        source: ByteSource,
        volume: VolumeFacts,
        *,
        secrets: Sequence[bytes],
        on_read: Callable[[], None] | None,
    ) -> Layer:
        """Open the layer of a volume.

        Args:
            source: The source that holds the volume.
            volume: Which range of it.
            secrets: Passwords, recovery passwords and keys as given, to be tried in order.
            on_read: Called before every read and every try of a secret, for a sign of life.

        Raises:
            VolumeLocked: None of the secrets opens it.
            SourceUnreadable: It is damaged.
        """
