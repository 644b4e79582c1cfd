"""A package of drawn landscapes that the command line really examined, with tiles to look at."""

import csv
import io
from hashlib import sha256
from pathlib import Path

import examinations as run
from evidence.contents import landscape
from made_packages import MadePackage
from PIL import Image

from polit.decode.pdq import hash_picture
from polit.package.seal import read_manifest
from polit.store.keys import open_keys

SOUGHT = (4, 6)
"""Which landscapes the list of alerts names."""
_SMALLER = {4: (480,), 5: (640, 480), 6: (640, 480), 7: (640,), 8: (640, 480, 400)}


def examined_landscapes(place: Path) -> MadePackage:
    """Examine landscapes and smaller copies of some of them, with a list that names two.

    Args:
        place: An empty folder.
    """
    camera, small = place / "card" / "DCIM", place / "card" / "Pictures"
    for folder in (camera, small):
        folder.mkdir(parents=True)
    for seed in range(4, 12):
        picture = landscape(seed, 960, 640)
        (camera / f"IMG_{seed:04}.JPG").write_bytes(_jpeg(picture))
        for width in _SMALLER.get(seed, ()):
            resized = picture.resize((width, width * 2 // 3))
            (small / f"small {seed} {width}.jpg").write_bytes(_jpeg(resized))
    with (place / "sought.csv").open("w", encoding="ascii", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["sha256", "pdq"])
        rows.writerows(_keys((camera / f"IMG_{seed:04}.JPG").read_bytes()) for seed in SOUGHT)
    words = ("--status", "alert", "--name", "Sample landscapes", "--provider", "An example force")
    imported = run.polit(place / "data", "hashset", "import", place / "sought.csv", *words)
    assert imported.code == 0, imported.stderr
    ran = run.examine(place / "card", place, "--accept-reduced-isolation")
    assert ran.code == 0, ran.stderr
    folder = run.package_of(place)
    return MadePackage(folder, open_keys(place / "data"), read_manifest(folder))


def _jpeg(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=85)
    return stream.getvalue()


def _keys(data: bytes) -> tuple[str, str]:
    with Image.open(io.BytesIO(data)) as opened:
        return sha256(data).hexdigest(), hash_picture(opened)[0].value.hex()
