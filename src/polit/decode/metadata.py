"""What a picture says of itself: EXIF and XMP, read in pure Python within fixed bounds.

Nothing here is guessed and nothing is believed: a figure out of its range is none, and a tag
then says what stood there. EXIF goes before XMP, because cameras write the one and programs
mostly the other; what both say differently is told by tags.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from polit.decode import _exif_places as places
from polit.decode import _exif_tags as tags
from polit.decode import _exif_text as texts
from polit.decode._exif_fields import (
    JPEG_LENGTH,
    JPEG_OFFSET,
    ORIENTATION,
    XMP,
    Directories,
    Field,
    Fields,
    Wanted,
    read_directories,
)
from polit.decode._exif_sample import sample_blocks, sample_packets
from polit.decode._exif_times import satellite_time, taken_time
from polit.decode._xmp import Packet, read_packet
from polit.model.media import MediaTag, Position, TakenTime

MAX_TAGS = 128
MAX_THUMBNAIL_BYTES = 1 << 20

_WANTED = Wanted(tags.PICTURE_FIELDS | {ORIENTATION, XMP}, tags.GPS_FIELDS)
_HEADER = b"Exif\0\0"

# Field, its subseconds, its zone, name: in the order of preference.
_TIMES = (
    (tags.DATE_ORIGINAL, tags.SUBSECONDS_ORIGINAL, tags.OFFSET_ORIGINAL, "DateTimeOriginal"),
    (tags.DATE_DIGITIZED, tags.SUBSECONDS_DIGITIZED, tags.OFFSET_DIGITIZED, "DateTimeDigitized"),
)
_PACKET_TIMES = (
    "xmp-exif:DateTimeOriginal",
    "photoshop:DateCreated",
    "xmp-exif:DateTimeDigitized",
    "xmp:CreateDate",
)
_SERIALS = (
    (tags.BODY_SERIAL, "exif:BodySerialNumber"),
    (tags.CAMERA_SERIAL, "exif:CameraSerialNumber"),
)
_PACKET_SERIALS = ("exifEX:BodySerialNumber", "aux:SerialNumber")
_PACKET_PLACE = (
    "xmp-exif:GPSLatitude",
    "xmp-exif:GPSLongitude",
    "xmp-exif:GPSAltitude",
    "xmp-exif:GPSAltitudeRef",
)
_PACKET_NAMES = (
    "tiff:Make", "tiff:Model", *_PACKET_SERIALS, *_PACKET_TIMES, *_PACKET_PLACE,
    "xmp-exif:GPSTimeStamp", "xmp-exif:GPSMapDatum", "xmp-exif:UserComment",
    "xmp-exif:ImageUniqueID", "tiff:Orientation", "tiff:Software", "tiff:Artist",
    "tiff:ImageDescription", "tiff:Copyright", "xmp:CreatorTool", "xmp:ModifyDate",
    "xmp:MetadataDate", "xmpMM:DocumentID", "xmpMM:InstanceID", "xmpMM:OriginalDocumentID",
    "xmpMM:DerivedFrom/stRef:documentID", "xmpMM:DerivedFrom/stRef:instanceID",
    "xmpMM:DerivedFrom/stRef:originalDocumentID", "dc:creator", "dc:title", "dc:description",
    "dc:subject", "dc:rights", "dc:source", "photoshop:Credit", "photoshop:Source",
    "photoshop:Headline", "photoshop:Instructions", "photoshop:CaptionWriter",
    "photoshop:City", "photoshop:State", "photoshop:Country", "Iptc4xmpCore:Location",
    "Iptc4xmpExt:DigitalSourceType", "Iptc4xmpExt:PersonInImage",
    "mwg-rs:Regions/mwg-rs:RegionList/mwg-rs:Name", "aux:OwnerName", "aux:Lens",
    "aux:LensSerialNumber", "aux:ImageNumber", "aux:Firmware", "exifEX:CameraOwnerName",
    "exifEX:LensModel", "exifEX:LensSerialNumber", "GPano:ProjectionType",
    "GPano:CaptureSoftware", "GPano:StitchingSoftware", "GPano:FirstPhotoDate",
    "GPano:LastPhotoDate", "GPano:PoseHeadingDegrees", "GCamera:MicroVideo",
    "GCamera:MotionPhoto", "GCamera:BurstID", "MicrosoftPhoto:DateAcquired",
    "xmpNote:HasExtendedXMP",
)  # fmt: skip
_PACKET_WANTED = frozenset(_PACKET_NAMES)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What EXIF and XMP say of a picture; every text is as untrusted as the picture.

    Args:
        orientation: 1 to 8; 1 where none is told.
        make: The maker of the camera, as the other texts at most 256 characters.
        model: Its model.
        serial: Its serial number.
        taken: When the picture was taken.
        position: Where it was taken.
        tags: At most 128, in a fixed order: what was not in form, EXIF, XMP. Names of at most
            64, values of at most 256 characters.
        thumbnail: The JPEG of the EXIF thumbnail as it stands, at most 1 MiB.
    """

    orientation: int = 1
    make: str = ""
    model: str = ""
    serial: str = ""
    taken: TakenTime | None = None
    position: Position | None = None
    tags: tuple[MediaTag, ...] = ()
    thumbnail: bytes = b""


@dataclass(slots=True)
class _Reading:
    """What is read so far: notes, and the names of fields that need no tag of their own."""

    main: Fields
    camera: Fields
    directories: Directories
    packet: Packet
    notes: list[MediaTag] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def note(self, name: str, value: str) -> None:
        self.notes.append(MediaTag(name, texts.clean(value)))


def read_metadata(untrusted_exif: bytes, untrusted_xmp: bytes) -> Metadata:
    """Read a picture's EXIF and XMP; what is damaged is left out, and a tag says so.

    Args:
        untrusted_exif: A TIFF structure of any length: an EXIF block or a whole TIFF or RAW
            file; ``b""`` for none.
        untrusted_xmp: An XMP packet, ``b""`` for none or for the one within the EXIF.
    """
    untrusted_exif = untrusted_exif.removeprefix(_HEADER)
    reading = _read(untrusted_exif, untrusted_xmp)
    orientation = _orientation(reading)
    make = _name(reading, tags.MAKE, "tiff:Make")
    model = _name(reading, tags.MODEL, "tiff:Model")
    serial = _serial(reading)
    taken = _taken(reading)
    position = _position(reading)
    thumbnail = _thumbnail(reading, untrusted_exif)
    return Metadata(
        orientation, make, model, serial, taken, position, _all_tags(reading), thumbnail
    )


def _read(untrusted_exif: bytes, untrusted_xmp: bytes) -> _Reading:
    found = Directories()
    if untrusted_exif:
        found = read_directories(untrusted_exif, _WANTED)
    packet_field = found.main.get(XMP)
    if not untrusted_xmp and packet_field is not None:
        untrusted_xmp = packet_field.texts()
    packet = read_packet(untrusted_xmp, _PACKET_WANTED) if untrusted_xmp else Packet()
    # TIFF/EP keeps the camera's fields in the first directory; each goes first in its own.
    main, camera = {**found.camera, **found.main}, {**found.main, **found.camera}
    reading = _Reading(main, camera, found, packet)
    for words in found.damage:
        reading.note("exif:damage", words)
    if packet.damage:
        reading.note("xmp:damage", packet.damage)
    return reading


def _orientation(reading: _Reading) -> int:
    found = reading.directories.main.get(ORIENTATION)
    if found is None:
        return 1
    value = found.integer()
    if value is not None and 1 <= value <= 8:
        return value
    reading.note("exif:Orientation", "no figure" if value is None else f"{value} is none")
    return 1


def _name(reading: _Reading, number: int, packet_name: str) -> str:
    """Return what EXIF says, else the packet; a packet that says the same needs no tag."""
    in_packet = reading.packet.first(packet_name)
    value = tags.text(reading.main.get(number)) or in_packet
    if value == in_packet:
        reading.told.add(packet_name)
    return value


def _serial(reading: _Reading) -> str:
    said = [(name, tags.text(reading.camera.get(number))) for number, name in _SERIALS]
    said += [(name, reading.packet.first(name)) for name in _PACKET_SERIALS]
    serial = next((value for _, value in said if value), "")
    reading.told.update(name for name, value in said if value == serial)
    return serial


def _taken(reading: _Reading) -> TakenTime | None:
    """Return the first of all times; the others become notes, also what is no time."""
    chosen: TakenTime | None = None
    for number, subseconds_number, zone_number, name in _TIMES:
        said = tags.text(reading.camera.get(number))
        subseconds = tags.text(reading.camera.get(subseconds_number))
        zone = tags.text(reading.camera.get(zone_number))
        at = taken_time(said, f"exif:{name}", subseconds=subseconds, zone=zone)
        if chosen is None and at is not None:
            chosen = at
        elif said or zone:
            reading.note(f"exif:{name}", " ".join(part for part in (said, zone) if part))
    at = _satellite_time(reading)
    if chosen is not None and at is not None:
        reading.note(at.source, f"{at.wall_clock}Z")
    return chosen or at or _packet_time(reading)


def _satellite_time(reading: _Reading) -> TakenTime | None:
    gps = reading.directories.gps
    day = tags.text(gps.get(tags.GPS_DATE))
    clock = gps.get(tags.GPS_TIME)
    parts = () if clock is None else clock.rationals()
    at = satellite_time(day, parts, "exif:GPSTimeStamp")
    if at is None and (day or parts):
        reading.note("exif:GPSTimeStamp", f"{day} {_parts(parts)}".strip())
    return at


def _packet_time(reading: _Reading) -> TakenTime | None:
    for name in _PACKET_TIMES:
        at = taken_time(reading.packet.first(name), name)
        if at is not None:
            reading.told.add(name)
            return at
    return None


def _position(reading: _Reading) -> Position | None:
    return _camera_position(reading) or _packet_position(reading)


def _camera_position(reading: _Reading) -> Position | None:
    gps = reading.directories.gps
    if tags.LATITUDE not in gps and tags.LONGITUDE not in gps:
        return None
    sides = []
    for value, reference, signs in (
        (tags.LATITUDE, tags.LATITUDE_REF, "NS"),
        (tags.LONGITUDE, tags.LONGITUDE_REF, "EW"),
    ):
        letter, parts = tags.text(gps.get(reference)), _rationals(gps.get(value))
        sides.append((places.camera_angle(letter, parts, signs), f"{letter} {_parts(parts)}"))
    altitude_mm = _camera_altitude_mm(reading)
    found = places.position(sides[0][0], sides[1][0], altitude_mm, "exif:GPS")
    if found is None:
        reading.note("exif:GPS", "not in form: " + ", ".join(words for _, words in sides))
    return found


def _camera_altitude_mm(reading: _Reading) -> int | None:
    gps = reading.directories.gps
    parts = _rationals(gps.get(tags.ALTITUDE))
    reference = gps.get(tags.ALTITUDE_REF)
    altitude_mm = places.camera_altitude_mm(None if reference is None else reference.integer(),
                                            parts)  # fmt: skip
    if altitude_mm is None and tags.ALTITUDE in gps:
        reading.note("exif:GPSAltitude", f"not in form: {_parts(parts)}")
    return altitude_mm


def _rationals(found: Field | None) -> tuple[tuple[int, int], ...]:
    return () if found is None else found.rationals()


def _parts(parts: tuple[tuple[int, int], ...]) -> str:
    return " ".join(f"{top}/{bottom}" for top, bottom in parts)


def _packet_position(reading: _Reading) -> Position | None:
    latitude, longitude, altitude, reference = (
        reading.packet.first(name) for name in _PACKET_PLACE
    )
    found = places.position(
        places.packet_angle(latitude, "NS"),
        places.packet_angle(longitude, "EW"),
        places.packet_altitude_mm(reference, altitude),
        "xmp-exif:GPS",
    )
    if found is not None:
        reading.told.update(_PACKET_PLACE[:2])
        if found.altitude_mm is not None:
            reading.told.update(_PACKET_PLACE[2:])
    return found


def _thumbnail(reading: _Reading, untrusted_exif: bytes) -> bytes:
    """Return the thumbnail; of one that is cut off, what there is of it."""
    fields = reading.directories.thumbnail
    offset, size_bytes = (_figure(fields.get(number)) for number in (JPEG_OFFSET, JPEG_LENGTH))
    if not size_bytes:
        return b""
    if size_bytes > MAX_THUMBNAIL_BYTES:
        reading.note("exif:damage", f"thumbnail: {size_bytes} bytes are more than is read")
        return b""
    thumbnail = untrusted_exif[offset : offset + size_bytes]
    if thumbnail[:2] != b"\xff\xd8":
        reading.note("exif:damage", "thumbnail: no JPEG stands there")
        return b""
    if len(thumbnail) < size_bytes:
        reading.note("exif:damage", f"thumbnail: {len(thumbnail)} of {size_bytes} bytes are there")
    return thumbnail


def _figure(found: Field | None) -> int:
    value = None if found is None else found.integer()
    return max(value or 0, 0)


def _all_tags(reading: _Reading) -> tuple[MediaTag, ...]:
    found = [*reading.notes, *_exif_tags(reading), *_packet_tags(reading)]
    if len(found) <= MAX_TAGS:
        return tuple(found)
    left_out = len(found) - MAX_TAGS + 1
    return (*found[: MAX_TAGS - 1], MediaTag("polit:tags", f"{left_out} more were left out"))


def _exif_tags(reading: _Reading) -> Iterator[MediaTag]:
    yield from tags.picture_tags(reading.main, frozenset(reading.told))
    yield from tags.gps_tags(reading.directories)


def _packet_tags(reading: _Reading) -> Iterator[MediaTag]:
    for name, value in reading.packet.properties:
        if name not in reading.told:
            yield MediaTag(name, value)


def warm() -> None:
    """Run every path once: codecs and modules cannot be loaded after the lockdown."""
    for sample in sample_blocks():
        read_metadata(sample, b"")
    for sample in sample_packets():
        read_metadata(b"", sample)
