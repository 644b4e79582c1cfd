"""Turns what decoding gave into the structures that cross the border."""

from typing import Literal, cast

from polit.model.media import PerceptualHash, Position, TakenTime
from polit.sandbox.facts import Hash, Place, Taken


def told_hash(made: PerceptualHash) -> Hash:
    """Return a fingerprint as it is told."""
    variant = cast("Literal['full', 'nearest512', 'frame']", made.variant)
    return Hash("pdq", variant, made.value, made.quality, made.frame, made.frame_ms, made.dihedral)


def told_taken(taken: TakenTime | None) -> Taken | None:
    """Return a time as it is told."""
    if taken is None:
        return None
    basis = cast("Literal['utc', 'offset_known', 'zone_unknown']", taken.basis)
    return Taken(taken.wall_clock, basis, taken.offset_min, taken.source)


def told_place(position: Position | None) -> Place | None:
    """Return a place as it is told."""
    if position is None:
        return None
    return Place(position.latitude_e7, position.longitude_e7, position.altitude_mm, position.source)
