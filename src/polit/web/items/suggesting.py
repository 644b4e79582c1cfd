"""Suggestions for the order of work: they group and order, and never decide. No Django here.

A score says how much speaks for a device of the case having made a picture: it gathers what a
reader could see in its facts, each with a weight that is a choice and not a measurement. Nothing
here knows what a picture shows. Names that a camera writes can be written by anybody, and a low
score clears nothing: metadata is stripped by most services that pictures travel through.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

BURST_MS = 5_000
"""Pictures of one camera that are no farther apart are of one burst: a finger that stays."""
NEAR_MS = 3_600_000
"""Within an hour of others of the same device: an occasion, not a lone file."""
MOST_SCORE = 100
_LIKELY = 60
"""From here the words say so, and the grid draws its mark."""


class Factor(StrEnum):
    """One thing that speaks for a device of the case having made a picture."""

    SERIAL = "serial"
    MODEL = "model"
    OTHER_SERIAL = "other_serial"
    UNKNOWN = "unknown"
    OCCASION = "occasion"
    LIVE_SERIES = "series"

    @property
    def points(self) -> int:
        """What it adds to the score."""
        return _POINTS[self]


_POINTS = {
    Factor.SERIAL: 60,
    Factor.MODEL: 40,
    Factor.OTHER_SERIAL: 20,
    Factor.UNKNOWN: 15,
    Factor.OCCASION: 15,
    Factor.LIVE_SERIES: 10,
}
"""One of the first three, and whatever of the rest goes with it; a serial alone already marks."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device of the case, as its exhibit describes it.

    Args:
        exhibit: The exhibit's reference.
        make: As somebody wrote it.
        model: As somebody wrote it.
        serials: Serial numbers and other identifiers.
    """

    exhibit: str
    make: str = ""
    model: str = ""
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a picture says of how it was taken.

    Args:
        key: What the caller knows it by.
        make: Of the camera.
        model: Of the camera.
        serial: Of the camera.
        at_ms: When, milliseconds since 1970 by the camera's clock; ``None`` where it says nothing.
        name: Its file's name.
        is_known: Whether any hash set has it, by its digest.
    """

    key: int
    make: str = ""
    model: str = ""
    serial: str = ""
    at_ms: int | None = None
    name: str = ""
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How much speaks for a device of the case having made a picture.

    Args:
        score: 0 to 100.
        factors: What speaks for it, the weightiest first.
        exhibit: The device that it fits; empty for none.
        burst: The number of its burst, 0 where it stands alone.
        camera: The number of its camera among those met, 0 where it names none.
    """

    score: int
    factors: tuple[Factor, ...] = ()
    exhibit: str = ""
    burst: int = 0
    camera: int = 0

    @property
    def is_likely(self) -> bool:
        """Whether the grid marks it."""
        return self.score >= _LIKELY


def suggestions(taken: Sequence[Taken], devices: Sequence[Device]) -> dict[int, Suggestion]:
    """Return what is suggested of each picture, by its key.

    The order of neither argument changes anything but the numbers of cameras and bursts, which
    follow cameras by name and time.

    Args:
        taken: Pictures and videos of a case, each key once.
        devices: Devices of the case.
    """
    cameras = camera_groups(taken)
    bursts = burst_groups(taken)
    near = _near_in_time(taken, cameras)
    ordered = sorted(devices, key=lambda each: each.exhibit)
    fits: dict[tuple[str, str, str], tuple[str, Factor | None]] = {}
    found: dict[int, Suggestion] = {}
    for each in taken:
        camera = _camera(each)
        if camera not in fits:
            fits[camera] = _fitting(camera, ordered)
        exhibit, factor = fits[camera]
        factors = [factor] if factor else []
        if factor and not each.is_known:
            factors.append(Factor.UNKNOWN)
        if factor and each.key in near:
            factors.append(Factor.OCCASION)
        if factor and bursts.get(each.key):
            factors.append(Factor.LIVE_SERIES)
        # What a set knows by its digest has travelled: somebody had it before this case.
        points = 0 if each.is_known else sum(one.points for one in factors)
        found[each.key] = Suggestion(
            min(points, MOST_SCORE), tuple(factors) if points else (), exhibit if points else "",
            bursts.get(each.key, 0), cameras.get(each.key, 0),
        )  # fmt: skip
    return found


def camera_groups(taken: Iterable[Taken]) -> dict[int, int]:
    """Return for each picture that names its camera the camera's number, from 1.

    Two pictures are of the same camera where make, model and serial agree; where one of them
    states no serial, that is a camera of its own: two of one model are not one.
    """
    named = {each.key: _camera(each) for each in taken}
    numbers = {
        name: number
        for number, name in enumerate(sorted({name for name in named.values() if any(name)}), 1)
    }
    return {key: numbers[name] for key, name in named.items() if name in numbers}


def burst_groups(taken: Iterable[Taken]) -> dict[int, int]:
    """Return for each picture of a burst its number, from 1; those that stand alone are left out.

    A burst is at least two pictures of one camera, each within ``BURST_MS`` of the next or with
    the next number in its file's name and within ten times as long.
    """
    by_camera: dict[tuple[str, str, str], list[tuple[int, str, int]]] = {}
    for each in taken:
        if each.at_ms is not None and any(_camera(each)):
            by_camera.setdefault(_camera(each), []).append((each.at_ms, each.name, each.key))
    found: dict[int, int] = {}
    number = 0
    for _, shots in sorted(by_camera.items()):
        for run in _runs(sorted(shots)):
            if len(run) > 1:
                number += 1
                found |= dict.fromkeys(run, number)
    return found


def explain(suggestion: Suggestion) -> tuple[str, ...]:
    """Return in words what a score is made of; none of them says more than *suggests*."""
    if not suggestion.score:
        return ("Nothing suggests that a device of this case made it; that is no proof.",)
    device = suggestion.exhibit
    words = {
        Factor.SERIAL: f"its serial number suggests the device {device}",
        Factor.MODEL: f"its make and model suggest a device like {device}",
        Factor.OTHER_SERIAL: f"its make and model suggest a device like {device}, but it states "
        "another serial number",
        Factor.UNKNOWN: "no hash set knows it, which suggests that it has not travelled",
        Factor.OCCASION: "others of the same camera within an hour suggest an occasion",
        Factor.LIVE_SERIES: "others within seconds suggest that a camera took a series",
    }
    strength = "suggests" if suggestion.is_likely else "weakly suggests"
    head = f"This {strength} that a device of the case made it ({suggestion.score} of 100):"
    return (head, *(f"{words[each]} (+{each.points})" for each in suggestion.factors))


def device_of(make: str, model: str, serial: str, *, devices: Sequence[Device]) -> str:
    """Return the exhibit that a camera fits best; empty for none."""
    camera = (_plain(make), _plain(model), _plain(serial))
    return _fitting(camera, sorted(devices, key=lambda each: each.exhibit))[0]


def factors_of(score: int) -> tuple[Factor, ...]:
    """Return what a score was made of: no two sets of factors give the same.

    Raises:
        KeyError: No picture scores that.
    """
    return _MADE_OF[score]


def _sums() -> dict[int, tuple[Factor, ...]]:
    """Return every score with its factors."""
    more = ((), (Factor.OCCASION,), (Factor.OCCASION, Factor.LIVE_SERIES))
    found: dict[int, tuple[Factor, ...]] = {0: ()}
    for first in (Factor.SERIAL, Factor.MODEL, Factor.OTHER_SERIAL):
        for rest in more:
            factors = (first, Factor.UNKNOWN, *rest)
            found[sum(each.points for each in factors)] = factors
    return found


_MADE_OF = _sums()


def likeness(distance_bits: int | None, *, threshold_bits: int) -> int:
    """Return how near a picture is to known material, from 0 to 255, for ordering alone.

    Args:
        distance_bits: Of its nearest match; ``None`` where there is none.
        threshold_bits: The farthest that still is a match.

    Returns:
        255 for no distance at all, 1 for the farthest match, 0 for none.
    """
    if distance_bits is None or distance_bits > threshold_bits:
        return 0
    return 255 - (254 * max(distance_bits, 0)) // max(threshold_bits, 1)


def _fitting(camera: tuple[str, str, str], devices: Sequence[Device]) -> tuple[str, Factor | None]:
    """Return the device that a camera fits, and by what: the weightiest first."""
    make, model, serial = camera
    alike = [each for each in devices if _is_same_model(make, model, each)]
    if len(serial) >= _SERIAL_MIN:
        for each in devices:
            if serial in map(_plain, each.serials):
                return each.exhibit, Factor.SERIAL
    for each in alike:
        if not (serial and each.serials):
            return each.exhibit, Factor.MODEL
    return (alike[0].exhibit, Factor.OTHER_SERIAL) if alike else ("", None)


_SERIAL_MIN = 4
"""Shorter ones are placeholders such as ``0`` and ``123``."""


def _is_same_model(make: str, model: str, device: Device) -> bool:
    of_make, of_model = _plain(device.make), _plain(device.model)
    if not model or not of_model:
        return False
    if make and of_make and not (make.startswith(of_make) or of_make.startswith(make)):
        return False
    # Some write the make into the model: "Canon EOS 5D" by "Canon".
    names = (make, of_make)
    return bool(_spellings(model, names) & _spellings(of_model, names))


def _spellings(model: str, makes: Sequence[str]) -> set[str]:
    return {model, *(model.removeprefix(make) for make in makes)} - {""}


def _near_in_time(taken: Iterable[Taken], cameras: dict[int, int]) -> frozenset[int]:
    by_camera: dict[int, list[tuple[int, int]]] = {}
    for each in taken:
        if each.at_ms is not None and each.key in cameras:
            by_camera.setdefault(cameras[each.key], []).append((each.at_ms, each.key))
    near: set[int] = set()
    for shots in by_camera.values():
        shots.sort()
        for (at, key), (later, following) in pairwise(shots):
            if later - at <= NEAR_MS:
                near |= {key, following}
    return frozenset(near)


def _runs(shots: Sequence[tuple[int, str, int]]) -> Iterable[list[int]]:
    run: list[int] = []
    before: tuple[int, str] | None = None
    for at_ms, name, key in shots:
        if before is not None and not _follows(before, (at_ms, name)):
            yield run
            run = []
        run.append(key)
        before = (at_ms, name)
    yield run


def _follows(before: tuple[int, str], after: tuple[int, str]) -> bool:
    apart = after[0] - before[0]
    if apart <= BURST_MS:
        return True
    return apart <= 10 * BURST_MS and _counted(after[1]) == _next(_counted(before[1]))


_NUMBER = re.compile(r"^(.*?)(\d{1,12})(\.[^.]*)?$", re.DOTALL)


def _counted(name: str) -> tuple[str, int] | None:
    """Return a name's beginning and number: ``IMG_0042.JPG`` is number 42 of ``IMG_``."""
    found = _NUMBER.match(name)
    return (found[1], int(found[2])) if found else None


def _next(counted: tuple[str, int] | None) -> tuple[str, int]:
    return ("\0", -1) if counted is None else (counted[0], counted[1] + 1)


def _camera(taken: Taken) -> tuple[str, str, str]:
    """Return make, model and serial in the form in which they are compared."""
    return _plain(taken.make), _plain(taken.model), _plain(taken.serial)


@lru_cache(maxsize=65_536)
def _plain(text: str) -> str:
    """Return text without what spellings differ in: case, spaces, hyphens, full-width forms."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
