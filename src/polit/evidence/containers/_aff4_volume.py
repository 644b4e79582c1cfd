"""All zip volumes of an AFF4 image, what they state, and the streams that they hold."""

import hashlib
from collections.abc import Sequence

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import StoredDigest
from polit.evidence.containers import _aff4_names as names
from polit.evidence.containers._aff4_chunks import UNPACKERS
from polit.evidence.containers._aff4_map import Filler, MapStream, Target, symbolic
from polit.evidence.containers._aff4_stream import (
    MAXIMUM_CHUNK_BYTES,
    MAXIMUM_CHUNKS_IN_BEVY,
    ImageStream,
    StreamShape,
)
from polit.evidence.containers._aff4_turtle import TYPE, Graph, read_turtle
from polit.evidence.containers._aff4_zip import ZipVolume
from polit.evidence.segments import Segment
from polit.evidence.source import SourceProblem

_MAXIMUM_TURTLE_BYTES = 256 << 20
_MAXIMUM_DESCRIPTION_BYTES = 4096
_MAXIMUM_MAP_BYTES = 256 << 20
_MAXIMUM_TARGETS = 65_536
_MAXIMUM_TARGET_BYTES = 16 << 20
_MAXIMUM_SIZE_BYTES = 64 << 40
"""No device is larger yet; a claim beyond it would keep the measuring busy for ever."""
_MAP_HASHES = (("mapPointHash", "map"), ("mapIdxHash", "idx"), ("mapPathHash", "mapPath"))
_LINEAR = {
    names.SCHEMA + "MD5": ("md5", 32),
    names.SCHEMA + "SHA1": ("sha1", 40),
    names.SCHEMA + "SHA256": ("sha256", 64),
}
_SHA512 = names.SCHEMA + "SHA512"


class Aff4Volumes:
    """The opened volumes of one image."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Open all volumes and read what they state.

        Raises:
            SourceUnreadable: A volume's directory or its statements are lost.
        """
        self.volumes = [ZipVolume(segment) for segment in segments]
        self.graph = Graph()
        self.problems: list[SourceProblem] = []
        self.iris = [_volume_iri(volume) for volume in self.volumes]
        for volume, iri in zip(self.volumes, self.iris, strict=True):
            self._read_statements(volume, iri)

    def of_types(self, kinds: frozenset[str]) -> list[str]:
        """Return the things of any of these types, in stored order."""
        return [
            subject
            for subject, stated in self.graph.subjects.items()
            if any(term.value in kinds for term in stated.get(TYPE, ()))
        ]

    def has_type(self, subject: str, kind: str) -> bool:
        """Tell whether a thing is stated to be of a type."""
        return any(term.value == kind for term in self.graph.terms(subject, TYPE))

    def digests_of(self, *subjects: str) -> tuple[StoredDigest, ...]:
        """Return the digests of whole streams that are stated of things, without repeats."""
        found = []
        for subject in subjects:
            for term in self.graph.terms(subject, names.HASH):
                algorithm, length = _LINEAR.get(term.datatype, ("", 0))
                value = term.value.lower()
                if algorithm and len(value) == length and not set(value) - set("0123456789abcdef"):
                    found.append(StoredDigest(algorithm, value, "information.turtle"))
        return tuple(dict.fromkeys(found))

    def size_of(self, subject: str) -> int:
        """Return a thing's stated size, cut to what a device can have."""
        size = self.graph.number(subject, names.SIZE) or 0
        if size > _MAXIMUM_SIZE_BYTES:
            self.note("size_clamped", f"{size} bytes stated, more than any device has")
        return min(size, _MAXIMUM_SIZE_BYTES)

    def note(self, code: str, detail: str) -> None:
        """Keep a problem; one that is known already is not told again."""
        problem = SourceProblem(code, detail)
        if problem not in self.problems and len(self.problems) < 1000:
            self.problems.append(problem)

    def holders(self, iri: str) -> list[tuple[ZipVolume, tuple[str, ...]]]:
        """Return each volume with the names that a thing would have in it."""
        return [
            (volume, names.member_names(iri, own))
            for volume, own in zip(self.volumes, self.iris, strict=True)
        ]

    # Streams

    def open_stream(self, iri: str) -> MapStream | ImageStream:
        """Open the map or image stream of a name.

        Raises:
            SourceUnreadable: It is encrypted, not described, or of a kind that is not read.
        """
        if self.has_type(iri, names.ENCRYPTED_STREAM) or self.graph.terms(iri, names.KEY_BAG):
            raise SourceUnreadable(
                "the AFF4 image is encrypted: decrypt it with the tool that made it"
            )
        if self.has_type(iri, names.MAP):
            return self._open_map(iri)
        if self.has_type(iri, names.IMAGE_STREAM):
            return self._open_image_stream(iri)
        raise SourceUnreadable(
            f"the AFF4 image describes no stream {iri[:200]} that polit reads (a map or an image "
            "stream of the Standard 1.0)"
        )

    def _open_image_stream(self, iri: str) -> ImageStream:
        chunk_bytes = self.graph.number(iri, names.CHUNK_SIZE) or 32_768
        in_bevy = self.graph.number(iri, names.CHUNKS_IN_SEGMENT) or 1024
        method = self.graph.value(iri, names.COMPRESSION)
        unpack = UNPACKERS.get(method)
        if unpack is None:
            raise SourceUnreadable(f"an AFF4 stream is packed by {method[:200]}, which is unknown")
        if chunk_bytes > MAXIMUM_CHUNK_BYTES or in_bevy > MAXIMUM_CHUNKS_IN_BEVY:
            raise SourceUnreadable(
                f"an AFF4 stream states {in_bevy} chunks of {chunk_bytes} bytes in a segment: "
                "beyond all sense"
            )
        shape = StreamShape(self.size_of(iri), chunk_bytes, in_bevy, unpack)
        for volume, candidates in self.holders(iri):
            for name in candidates:
                if f"{name}/00000000" in volume.members:
                    return ImageStream(volume, (name,), shape)
        if self.graph.number(iri, names.SIZE) != 0:
            self.note("segment_missing", f"the volume that holds stream {iri[:200]}")
        return ImageStream(self.volumes[0], (), shape)

    def _open_map(self, iri: str) -> MapStream:
        holder = next(
            (
                (volume, name)
                for volume, candidates in self.holders(iri)
                for name in candidates
                if f"{name}/map" in volume.members
            ),
            None,
        )
        if holder is None:
            raise SourceUnreadable(f"the AFF4 image lacks its map {iri[:200]}")
        volume, name = holder
        entries = volume.read_member(f"{name}/map", _MAXIMUM_MAP_BYTES)
        index = volume.read_member(f"{name}/idx", _MAXIMUM_TARGET_BYTES)
        self._check_map(iri, volume, name)
        lines = index.decode("utf-8", "replace").split("\n")[:_MAXIMUM_TARGETS]
        targets = [line.strip() for line in lines if line.strip()]
        size = self.size_of(iri)
        gap = symbolic(self.graph.value(iri, names.GAP_STREAM) or names.ZERO) or Filler(b"\0")
        streams = [self._target(one) for one in targets]
        stream = MapStream(entries, streams, size_bytes=size, gap=gap)
        stream.target_names = tuple(targets)
        if stream.overlaps:
            self.note("map_overlap", f"{stream.overlaps} ranges overlap: the later one stands")
        if size == 0:
            self.note("map_empty", f"map {iri[:200]} states no size")
        return stream

    def _target(self, iri: str) -> Target | None:
        filler = symbolic(iri)
        if filler is not None:
            return filler
        if self.has_type(iri, names.IMAGE_STREAM):
            return self._open_image_stream(iri)
        self.note("segment_missing", f"stream {iri[:200]}, which the map points to")
        return None

    def _check_map(self, iri: str, volume: ZipVolume, name: str) -> None:
        """Compare the digests that are stated of a map's parts."""
        for predicate, part in _MAP_HASHES:
            terms = self.graph.terms(iri, names.SCHEMA + predicate)
            if not terms or f"{name}/{part}" not in volume.members:
                continue
            data = volume.read_member(f"{name}/{part}", _MAXIMUM_MAP_BYTES)
            algorithm = "sha512" if terms[0].datatype == _SHA512 else "sha256"
            if hashlib.new(algorithm, data).hexdigest() != terms[0].value.lower():
                self.note("map_checksum", f"{volume.segment.name}: {part} has not its digest")

    # Statements

    def _read_statements(self, volume: ZipVolume, iri: str) -> None:
        segment = volume.segment
        if volume.duplicates:
            self.note("zip_duplicates", f"{segment.name}: {volume.duplicates} names stand twice")
        raw = volume.read_member(names.METADATA, _MAXIMUM_TURTLE_BYTES)
        text = raw.decode("utf-8", "surrogateescape")
        before = self.graph.flaw
        read_turtle(text, self.graph, base=f"{iri}/", on_beat=segment.on_read)
        if self.graph.flaw != before:
            self.note("statements_damaged", f"{segment.name}, {names.METADATA}: {self.graph.flaw}")


def _volume_iri(volume: ZipVolume) -> str:
    untrusted = volume.comment.split(b"\0", 1)[0]
    if not untrusted.startswith(b"aff4://") and names.DESCRIPTION in volume.members:
        untrusted = volume.read_member(names.DESCRIPTION, _MAXIMUM_DESCRIPTION_BYTES)
    return untrusted.decode("utf-8", "replace").strip().rstrip("/")
