"""Packages of pictures in the record, row by row: contents with fingerprints, and their names."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from web.imported import examination_of
from web.seized import seized_exhibit

from polit.base.clock import now_utc
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.intake.loading import load_rows
from polit.web.media.models import Package, Word


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    Args:
        name: What its bytes and its names are made of.
        value: Its PDQ, 32 bytes.
        copies: How many names it has.
        quality: Of the fingerprint.
        width_px: Its width.
    """

    name: str
    value: bytes
    copies: int = 1
    quality: int = 90
    width_px: int = 640

    @property
    def sha256(self) -> bytes:
        """The digest of its bytes."""
        return hashlib.sha256(self.name.encode()).digest()


def flipped(value: bytes, bits: int, *, begin: int = 0) -> bytes:
    """Return a fingerprint that is so many bits from another, those from ``begin`` on."""
    return (int.from_bytes(value) ^ (((1 << bits) - 1) << begin)).to_bytes(len(value))


def package_of_shots(case: Case, shots: Sequence[Shot], exhibit: str = "AB/1") -> Package:
    """Keep an imported package of pictures; its numbers follow their digests, as intake's do."""
    thing = seized_exhibit(case, exhibit)
    number = Package.objects.count() + 1
    ordered = sorted(shots, key=lambda shot: shot.sha256)
    package = Package(
        case=case, exhibit=thing, examination=examination_of(thing, f"place-{number}"),
        package_id=f"shots-{number}", number=number, place=f"shots-{number}.polit",
        state="imported", entries=sum(shot.copies for shot in shots), imported_at=now_utc(),
    )  # fmt: skip
    with act(SYSTEM, "tests.package", reason="a test", case=case) as deed:
        package.save()
        deed.about("package", package.id)
    pdq = Word.objects.get_or_create(word="pdq")[0].pk
    base = number << 32
    places = [(base + place, shot) for place, shot in enumerate(ordered, start=1)]
    load_rows(
        "media_content",
        ("id", "package_id", "sha256", "size_bytes", "kind", "occurrences"),
        [(pk, number, shot.sha256, 900, 1, shot.copies) for pk, shot in places],
    )
    load_rows(
        "media_media",
        ("id", "content_id", "outcome", "width_px", "height_px", "flaws", "serial", "taken_at",
         "taken_source", "position_source", "has_pictures_inside"),
        [(pk, pk, 1, shot.width_px, 480, "", "", "", "", "", False) for pk, shot in places],
    )  # fmt: skip
    load_rows(
        "media_hash",
        ("id", "content_id", "algorithm_id", "variant", "frame", "value", "quality"),
        [(pk, pk, pdq, 1, 0, shot.value, shot.quality) for pk, shot in places],
    )
    names = [(pk, f"{shot.name}-{copy}.jpg") for pk, shot in places for copy in range(shot.copies)]
    load_rows(
        "media_entry",
        ("id", "package_id", "content_id", "entry_type", "state", "is_overwritten", "outcome",
         "kind", "size_bytes", "record", "raw_name", "path", "locator"),
        [(base + place, number, pk, 1, 1, False, 1, 1, 900, "", name.encode(), name, f"f:/{name}")
         for place, (pk, name) in enumerate(names, start=1)],
    )  # fmt: skip
    return package
