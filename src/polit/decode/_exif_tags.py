"""EXIF fields that are told as text: their names, and how each is put into words.

Figures are written out exactly or cut after six decimals, never rounded by floating point.

Source: CIPA DC-008 (Exif 3.0), sections 4.6.4 to 4.6.8; TIFF 6.0, section 8; DNG 1.7, chapter 4.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from polit.decode import _exif_text as texts
from polit.decode._exif_fields import Directories, Field, Fields
from polit.model.media import MediaTag

MAKE, MODEL, DATE_TIME = 0x010F, 0x0110, 0x0132
DATE_ORIGINAL, DATE_DIGITIZED = 0x9003, 0x9004
OFFSET, OFFSET_ORIGINAL, OFFSET_DIGITIZED = 0x9010, 0x9011, 0x9012
SUBSECONDS, SUBSECONDS_ORIGINAL, SUBSECONDS_DIGITIZED = 0x9290, 0x9291, 0x9292
BODY_SERIAL, CAMERA_SERIAL = 0xA431, 0xC62F

LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4
ALTITUDE_REF, ALTITUDE, GPS_TIME, GPS_DATE = 5, 6, 7, 0x1D
_MAP_DATUM = 0x12

_ELLIPSOID = {2: "above the ellipsoid", 3: "below the ellipsoid"}
_WGS_84 = frozenset({"WGS84", "WGS-84", "WGS 84", "WGS-1984", ""})
_MILLIONTHS = 10**6

Words = Callable[[Field], str]


def text(field: Field | None) -> str:
    """Return a text field, ``""`` for one that is absent or no text."""
    return "" if field is None else texts.plain(field.texts())


def _copyright(field: Field) -> str:
    return texts.copyrights(field.texts())


def _windows(field: Field) -> str:
    return texts.windows(field.texts())


def _comment(field: Field) -> str:
    return texts.comment(field.texts(), is_little_endian=field.order == "<")


def _whole(field: Field) -> str:
    number = field.integer()
    return "" if number is None else str(number)


def _bytes(field: Field) -> str:
    return f"{field.size_bytes} bytes"


def _hex(field: Field) -> str:
    return field.data[:32].hex()


def _first(field: Field) -> Fraction | None:
    parts = field.rationals()[:1]
    return Fraction(*parts[0]) if parts and parts[0][1] != 0 else None


def _ratio(field: Field) -> str:
    value = _first(field)
    return "" if value is None else str(value)


def _decimal(field: Field) -> str:
    value = _first(field)
    if value is None:
        return ""
    whole, rest = divmod(abs(value.numerator) * _MILLIONTHS // value.denominator, _MILLIONTHS)
    sign = "-" if value < 0 and (whole or rest) else ""
    return sign + (f"{whole}.{rest:06d}".rstrip("0").rstrip(".") if rest else str(whole))


_PICTURE: Mapping[int, tuple[str, Words]] = {
    0x000B: ("ProcessingSoftware", text),
    0x010D: ("DocumentName", text),
    0x010E: ("ImageDescription", text),
    0x011D: ("PageName", text),
    0x0131: ("Software", text),
    DATE_TIME: ("DateTime", text),
    OFFSET: ("OffsetTime", text),
    SUBSECONDS: ("SubSecTime", text),
    0x013B: ("Artist", text),
    0x013C: ("HostComputer", text),
    0x8298: ("Copyright", _copyright),
    0x9C9B: ("XPTitle", _windows),
    0x9C9C: ("XPComment", _windows),
    0x9C9D: ("XPAuthor", _windows),
    0x9C9E: ("XPKeywords", _windows),
    0x9C9F: ("XPSubject", _windows),
    0xC614: ("UniqueCameraModel", text),
    BODY_SERIAL: ("BodySerialNumber", text),
    CAMERA_SERIAL: ("CameraSerialNumber", text),
    0xC65D: ("RawDataUniqueID", _hex),
    0xC68B: ("OriginalRawFileName", text),
    0x9286: ("UserComment", _comment),
    0x9212: ("SecurityClassification", text),
    0xA420: ("ImageUniqueID", text),
    0xA430: ("CameraOwnerName", text),
    0xA433: ("LensMake", text),
    0xA434: ("LensModel", text),
    0xA435: ("LensSerialNumber", text),
    0xA436: ("ImageTitle", text),
    0xA437: ("Photographer", text),
    0xA438: ("ImageEditor", text),
    0xA439: ("CameraFirmware", text),
    0xA43A: ("RAWDevelopingSoftware", text),
    0xA43B: ("ImageEditingSoftware", text),
    0xA43C: ("MetadataEditingSoftware", text),
    0xA004: ("RelatedSoundFile", text),
    0xA002: ("PixelXDimension", _whole),
    0xA003: ("PixelYDimension", _whole),
    0x829A: ("ExposureTime", _ratio),
    0x829D: ("FNumber", _decimal),
    0x8827: ("PhotographicSensitivity", _whole),
    0x920A: ("FocalLength", _decimal),
    0xA405: ("FocalLengthIn35mmFilm", _whole),
    0x9206: ("SubjectDistance", _decimal),
    0x9209: ("Flash", _whole),
    0x927C: ("MakerNote", _bytes),
}
"""By number, in the order of the tags."""

_GPS: Mapping[int, tuple[str, Words]] = {
    0x08: ("GPSSatellites", text),
    0x09: ("GPSStatus", text),
    0x0A: ("GPSMeasureMode", text),
    0x0B: ("GPSDOP", _decimal),
    0x1B: ("GPSProcessingMethod", _comment),
    0x1C: ("GPSAreaInformation", _comment),
    0x1F: ("GPSHPositioningError", _decimal),
}

_SPEEDS = {"K": "km/h", "M": "mph", "N": "knots"}
_BEARINGS = {"T": "degrees, true", "M": "degrees, magnetic"}
# Name, the field of the figure, that of its unit, and the units.
_MEASURED = (
    ("GPSSpeed", 0x0D, 0x0C, _SPEEDS),
    ("GPSTrack", 0x0F, 0x0E, _BEARINGS),
    ("GPSImgDirection", 0x11, 0x10, _BEARINGS),
)

_TIMES = frozenset({DATE_ORIGINAL, OFFSET_ORIGINAL, SUBSECONDS_ORIGINAL,
                    DATE_DIGITIZED, OFFSET_DIGITIZED, SUBSECONDS_DIGITIZED})  # fmt: skip
PICTURE_FIELDS = frozenset(_PICTURE) | _TIMES | {MAKE, MODEL}
"""Which fields of the picture's two directories are read here."""

GPS_FIELDS = frozenset(_GPS) | {
    LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE, ALTITUDE_REF, ALTITUDE, GPS_TIME, GPS_DATE,
    _MAP_DATUM, *(number for _, value, unit, _ in _MEASURED for number in (value, unit)),
}  # fmt: skip
"""Which fields of the GPS directory are read here."""


def picture_tags(fields: Fields, told: frozenset[str]) -> Iterator[MediaTag]:
    """Give the tags of a picture in a fixed order.

    Args:
        fields: Of its directories.
        told: Names of fields that something else tells already.
    """
    for number, (name, words) in _PICTURE.items():
        field = fields.get(number)
        if field is not None and (value := words(field)) and f"exif:{name}" not in told:
            yield MediaTag(f"exif:{name}", value)


def gps_tags(directories: Directories) -> Iterator[MediaTag]:
    """Give what the GPS directory says beside position and time, in a fixed order."""
    gps = directories.gps
    if not gps:
        return
    for number, (name, words) in _GPS.items():
        field = gps.get(number)
        if field is not None and (value := words(field)):
            yield MediaTag(f"exif:{name}", value)
    for name, number, unit_number, units in _MEASURED:
        field = gps.get(number)
        if field is not None and (value := _decimal(field)):
            unit = text(gps.get(unit_number))
            yield MediaTag(f"exif:{name}", texts.clean(f"{value} {units.get(unit, unit)}"))
    datum = text(gps.get(_MAP_DATUM))
    if datum.upper() not in _WGS_84:
        yield MediaTag("exif:GPSMapDatum", datum)
    reference = gps.get(ALTITUDE_REF)
    if reference is not None and reference.integer() in _ELLIPSOID:
        yield MediaTag("exif:GPSAltitudeRef", _ELLIPSOID[reference.integer() or 0])
