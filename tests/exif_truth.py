"""What exiftool says of the corpora's pictures, and what polit says, field by field."""

import json
import re
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pillow_heif
from PIL import Image

from polit.decode.metadata import Metadata, read_metadata

FOLDERS = (
    "bigcat88+pillow_heif",
    "ianare+exif-samples",
    "image-rs+image",
    "rasteiner+exif-orientation-test-images",
)
FIELDS = ("orientation", "make", "model", "serial", "taken", "latitude", "longitude", "altitude")
# A tenth of a millionth of a degree, and a millimetre: what polit keeps.
_LAST_DIGIT = {
    "latitude": Decimal("1e-7"),
    "longitude": Decimal("1e-7"),
    "altitude": Decimal("0.001"),
}
_HEIF = frozenset({".heic", ".heif"})
_TIFF = frozenset({".tif", ".tiff"})
_NO_PICTURES = frozenset({".txt", ".md", ""})

_APP12 = "stands in the APP12 block of a camera older than EXIF, which is not read"
_CIFF = "stands in Canon's CIFF block (APP0) of a camera older than EXIF, which is not read"
_NOTE = "stands in the maker's own note, which is not read"
REASONS = {
    ("ianare+exif-samples/jpg/Panasonic_DMC-FZ30.jpg", "serial"): _NOTE,
    ("ianare+exif-samples/jpg/exif-org/olympus-d320l.jpg", "serial"): _APP12,
    ("ianare+exif-samples/jpg/exif-org/olympus-d320l.jpg", "taken"): _APP12,
    ("ianare+exif-samples/jpg/exif-org/sony-powershota5.jpg", "make"): _CIFF,
    ("ianare+exif-samples/jpg/exif-org/sony-powershota5.jpg", "model"): _CIFF,
    ("ianare+exif-samples/jpg/exif-org/sony-powershota5.jpg", "taken"): _CIFF,
    ("ianare+exif-samples/jpg/tests/32-lens_data.jpeg", "serial"): _NOTE,
}
"""Why polit and exiftool say something different, by file and field."""

Said = Mapping[str, str]
"""A value of each of FIELDS as text, ``""`` where there is none."""


@dataclass(frozen=True)
class Compared:
    """One field of one file: what each side says."""

    name: str
    field: str
    ours: str
    theirs: str

    @property
    def outcome(self) -> str:
        """``agree``, ``absent in both`` or ``differ``; figures may differ by their last digit."""
        if self.ours == self.theirs:
            return "agree" if self.ours else "absent in both"
        if self.field in _LAST_DIGIT and self.ours and self.theirs:
            apart = abs(Decimal(self.ours) - Decimal(self.theirs))
            return "agree" if apart <= _LAST_DIGIT[self.field] else "differ"
        return "differ"


def blocks_of(path: Path) -> tuple[bytes, bytes]:
    """Return a picture's EXIF block and XMP packet, as Pillow or pillow-heif finds them."""
    if path.suffix.lower() in _TIFF:
        return path.read_bytes(), b""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix.lower() in _HEIF:
            info = pillow_heif.open_heif(path, convert_hdr_to_8bit=False).info
        else:
            with Image.open(path) as opened:
                info = opened.info
    exif, xmp = info.get("exif") or b"", info.get("xmp") or b""
    return exif.removeprefix(b"Exif\0\0"), xmp.encode() if isinstance(xmp, str) else xmp


def pictures(corpora: Path) -> Iterator[Path]:
    """Give the corpora's pictures, in order."""
    for folder in FOLDERS:
        for path in sorted((corpora / folder).rglob("*")):
            if path.is_file() and path.suffix.lower() not in _NO_PICTURES:
                yield path


def compare(corpora: Path) -> tuple[list[Compared], list[str]]:
    """Return every field of every picture, and the names of what Pillow does not open."""
    theirs = _exiftool([corpora / folder for folder in FOLDERS])
    compared, unopened = [], []
    for path in pictures(corpora):
        name = path.relative_to(corpora).as_posix()
        try:
            exif, xmp = blocks_of(path)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            unopened.append(name)
            continue
        ours, truth = said_by_us(read_metadata(exif, xmp)), said_by_exiftool(theirs[str(path)])
        compared += [Compared(name, field, ours[field], truth[field]) for field in FIELDS]
    return compared, unopened


def _exiftool(folders: list[Path]) -> dict[str, dict[str, object]]:
    done = subprocess.run(
        ["exiftool", "-j", "-n", "-G1", "-r", "-q", "-q", "-ext", "*", *map(str, folders)],
        capture_output=True,
        check=False,  # exiftool fails as a whole where it cannot read one file
    )
    return {one["SourceFile"]: one for one in json.loads(done.stdout, parse_float=Decimal)}


def said_by_us(found: Metadata) -> Said:
    """Return our values as text; a missing orientation is 1."""
    place, taken = found.position, found.taken
    altitude_mm = None if place is None else place.altitude_mm
    return {
        "orientation": str(found.orientation),
        "make": found.make,
        "model": found.model,
        "serial": found.serial,
        "taken": "" if taken is None else taken.wall_clock,
        "latitude": "" if place is None else str(Decimal(place.latitude_e7) / 10**7),
        "longitude": "" if place is None else str(Decimal(place.longitude_e7) / 10**7),
        "altitude": "" if altitude_mm is None else str(Decimal(altitude_mm) / 1000),
    }


def said_by_exiftool(tags: Mapping[str, object]) -> Said:
    """Return exiftool's values in the same form and by our preferences.

    What stands in none of the groups that polit reads is taken from any other, so that what is
    not read shows as a difference.
    """
    return {
        "orientation": _first(tags, "IFD0:Orientation") or "1",
        "make": _first(tags, "IFD0:Make", "XMP-tiff:Make", "*:Make"),
        "model": _first(tags, "IFD0:Model", "XMP-tiff:Model", "*:Model"),
        "serial": _first(
            tags, "ExifIFD:SerialNumber", "IFD0:CameraSerialNumber", "XMP-exifEX:SerialNumber",
            "XMP-aux:SerialNumber", "*:SerialNumber", "*:InternalSerialNumber",
        ),
        "taken": _taken(tags),
        **_place(tags),
    }  # fmt: skip


def _first(tags: Mapping[str, object], *names: str) -> str:
    for name in names:
        keys = [key for key in tags if key.endswith(name[1:])] if name[0] == "*" else [name]
        for key in keys:
            if value := str(tags.get(key, "")).strip():
                return value
    return ""


def _taken(tags: Mapping[str, object]) -> str:
    for name, subseconds in (
        ("ExifIFD:DateTimeOriginal", "ExifIFD:SubSecTimeOriginal"),
        ("IFD0:DateTimeOriginal", ""),
        ("ExifIFD:CreateDate", "ExifIFD:SubSecTimeDigitized"),
        ("GPS:GPSDateStamp", "GPS:GPSTimeStamp"),
        ("XMP-exif:DateTimeOriginal", ""),
        ("XMP-photoshop:DateCreated", ""),
        ("XMP-xmp:CreateDate", ""),
        ("*:DateTimeOriginal", ""),
    ):
        said = _first(tags, name)
        if name.startswith("GPS:") and said:
            said += " " + _first(tags, subseconds)
        found = re.match(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d(?::\d\d(?:\.\d+)?)?)", said)
        if found and found[1] != "0000":
            decimals = "" if name.startswith("GPS:") else _first(tags, subseconds or "-")
            clock = found[4] if found[4].count(":") == 2 else found[4] + ":00"
            wall_clock = f"{found[1]}-{found[2]}-{found[3]}T{clock}"
            return wall_clock + (f".{decimals}" if decimals.isdigit() else "")
    return ""


def _place(tags: Mapping[str, object]) -> dict[str, str]:
    for group, sides in (("GPS", "NSEW"), ("XMP-exif", "")):
        latitude, longitude = (tags.get(f"{group}:GPS{side}") for side in ("Latitude", "Longitude"))
        if not isinstance(latitude, (Decimal, int)) or not isinstance(longitude, (Decimal, int)):
            continue
        altitude = tags.get(f"{group}:GPSAltitude")
        if not isinstance(altitude, (Decimal, int)):
            altitude = None
        elif str(tags.get(f"{group}:GPSAltitudeRef", "0")) in ("1", "3"):
            altitude = -altitude
        if sides:
            latitude *= _sign(tags, "GPS:GPSLatitudeRef", "NS")
            longitude *= _sign(tags, "GPS:GPSLongitudeRef", "EW")
        return {
            "latitude": str(latitude),
            "longitude": str(longitude),
            "altitude": "" if altitude is None else str(altitude),
        }
    return {"latitude": "", "longitude": "", "altitude": ""}


def _sign(tags: Mapping[str, object], name: str, letters: str) -> int:
    return -1 if str(tags.get(name, ""))[:1].upper() == letters[1] else 1
