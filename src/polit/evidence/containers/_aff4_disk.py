"""A disk out of an AFF4 image: the stream that its image points to, as a byte source."""

from polit.evidence.acquisition import AcquisitionFacts, SectorRange, StoredDigest
from polit.evidence.containers import _aff4_names as names
from polit.evidence.containers._aff4_stream import ImageStream
from polit.evidence.containers._aff4_turtle import TYPE
from polit.evidence.containers._aff4_volume import Aff4Volumes
from polit.evidence.source import BadRange, SourceProblem

_SECTOR_BYTES = 512
_MAXIMUM_TEXTS = 256
_STATED = {
    "caseNumber": "case_number",
    "evidenceNumber": "evidence_number",
    "examiner": "examiner",
    "notes": "notes",
    "caseName": "case_name",
    "caseDescription": "description",
    "diskMake": "make",
    "diskModel": "model",
    "diskSerial": "serial_number",
    "diskFirmware": "firmware",
    "diskInterfaceType": "interface",
    "acquisitionCompletionState": "completion",
    "startTime": "acquired_at",
    "endTime": "acquisition_ended_at",
}


class Aff4Disk:
    """The bytes of an imaged device. Not safe for threads."""

    def __init__(self, volumes: Aff4Volumes, image: str) -> None:
        """Open the data stream of an image.

        Raises:
            SourceUnreadable: It is encrypted, lost or of a kind that is not read.
        """
        self._volumes = volumes
        stream = volumes.graph.value(image, names.DATA_STREAM) or image
        self._stream = volumes.open_stream(stream)
        self._digests = volumes.digests_of(image, stream)
        texts = (*stated_texts(volumes), *self._left_out())
        self._facts = AcquisitionFacts(_SECTOR_BYTES, self._unread(), texts)

    @property
    def size_bytes(self) -> int:
        """The size of the device."""
        return self._stream.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``ByteSource.read_at``."""
        wanted = min(length_bytes, self.size_bytes - offset_bytes)
        return self._stream.read_at(offset_bytes, wanted) if wanted > 0 else b""

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the bad ranges met so far."""
        return self._stream.bad.ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what opening found wrong."""
        return tuple(self._volumes.problems)

    def stored_digests(self) -> tuple[StoredDigest, ...]:
        """Return the digests that are stated for the whole device."""
        return self._digests

    def acquisition(self) -> AcquisitionFacts:
        """Return what the image states of its making."""
        return self._facts

    def close(self) -> None:
        """Do nothing; see ``ContainerSource.close``."""

    def _ranges(self, iri: str) -> list[tuple[int, int]]:
        if isinstance(self._stream, ImageStream) or iri not in self._stream.target_names:
            return []
        return self._stream.ranges_of(self._stream.target_names.index(iri))

    def _unread(self) -> tuple[SectorRange, ...]:
        """Return the sectors that hold the Standard's filler: unreadable, or never asked for."""
        ranges = self._ranges(names.UNREADABLE) + self._ranges(names.UNKNOWN)
        return tuple(
            SectorRange(offset // _SECTOR_BYTES, max(-(-length // _SECTOR_BYTES), 1))
            for offset, length in sorted(ranges)
        )

    def _left_out(self) -> tuple[tuple[str, str], ...]:
        ranges = self._ranges(names.UNKNOWN)
        size = sum(length for _, length in ranges)
        return (("not_acquired", f"{size} bytes in {len(ranges)} ranges"),) if ranges else ()


def stated_texts(volumes: Aff4Volumes) -> tuple[tuple[str, str], ...]:
    """Return what an image states of its case and its making, at most 256 texts."""
    found: dict[tuple[str, str], None] = {}
    for stated in volumes.graph.subjects.values():
        if TYPE in stated and len(found) < _MAXIMUM_TEXTS:
            for word, key in _STATED.items():
                for term in stated.get(names.SCHEMA + word, ())[:8]:
                    found[key, term.value[:4096]] = None
    return tuple(found)[:_MAXIMUM_TEXTS]
