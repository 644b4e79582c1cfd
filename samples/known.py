"""Hash sets of the sample's own benign files, as a force would be given them.

``known-good.csv`` is of the form of NSRL's RDSv2 and names the computer's system files;
``alerts.csv`` names two of the photographs, which stand in for what a force looks for, with their
fingerprints: one lies on the card, and smaller copies of it elsewhere.
"""

import csv
import hashlib
import io
import zlib
from pathlib import Path

from evidence import contents
from PIL import Image

from polit.decode.pdq import hash_picture

SYSTEM_FILES = {
    "Windows/Web/Wallpaper/hills.jpg": contents.jpeg(680, 1280, 800),
    "Windows/Web/Wallpaper/night.jpg": contents.jpeg(681, 1280, 800),
    "Windows/System32/oobe/welcome.png": contents.png(682, 640, 480),
    "Windows/System32/drivers/example.sys": contents.noise(683, 40_000),
    "Program Files/Example/help.pdf": contents.pdf(684),
    "Program Files/Example/licence.txt": contents.text(685, 6_000),
}
_RDS = ("SHA-1", "MD5", "CRC32", "FileName", "FileSize", "ProductCode", "OpSystemCode",
        "SpecialCode")  # fmt: skip
_WANTED = (3, 6)
"""Which of the photographs the list of alerts names."""


def write_lists(folder: Path, photographs: list[bytes]) -> None:
    """Write both lists into a folder, which is made."""
    folder.mkdir(exist_ok=True)
    good = [_rds_row(path.rpartition("/")[2], data) for path, data in SYSTEM_FILES.items()]
    _write(folder / "known-good.csv", _RDS, good)
    alerts = [_alert_row(photographs[number]) for number in _WANTED]
    _write(folder / "alerts.csv", ("md5", "sha1", "pdq"), alerts)


def _rds_row(name: str, data: bytes) -> tuple[str, ...]:
    return (
        _hex("sha1", data).upper(), _hex("md5", data).upper(), f"{zlib.crc32(data):08X}", name,
        str(len(data)), "1", "WIN", "",
    )  # fmt: skip


def _alert_row(photograph: bytes) -> tuple[str, ...]:
    with Image.open(io.BytesIO(photograph), formats=("JPEG",)) as opened:
        fingerprint = hash_picture(opened)[0].value.hex()
    return _hex("md5", photograph), _hex("sha1", photograph), fingerprint


def _hex(algorithm: str, data: bytes) -> str:
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="ascii", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(header)
        writer.writerows(rows)
