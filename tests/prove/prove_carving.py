"""Carving beside PhotoRec: precision and recall on the same images, ``count`` seeds of them.

Where PhotoRec with its own options recovers more of a format, exactly or visibly, or is more
precise than what the carvers vouch for, is kept by name. The proof fails where that is so of whole
files. PhotoRec's brute force takes minutes a case: ``./dev bench carving`` has it. The cases, the
counting and the peer are those of ``benchmarks.carving``.
"""

from pathlib import Path

from benchmarks.carving import Measured, measure, plain

NAME = "carving"
FULL_COUNT = 1

_SEED = 20261127
_WHOLE = "contiguous:"


def prove(count: int, _scratch: Path) -> dict[str, object]:
    """Carve the images of so many seeds with both tools."""
    runs = []
    for number in range(count):
        found = measure(_SEED + number, quick=True, drawn=False)
        behind = _behind(found)
        assert not [one for one in behind if one.startswith(_WHOLE)], behind
        runs.append({
            "seed": _SEED + number,
            "cases": plain(found.results),
            "read_mb_s": {name: round(speed) for name, speed in found.read_mb_s.items()},
            "compiling_s": round(found.compiling_s, 1),
            "behind_photorec": behind,
        })  # fmt: skip
    return {"runs": runs}


def _behind(found: Measured) -> list[str]:
    """Return where PhotoRec did better."""
    behind = []
    for case, scores in found.results.items():
        ours, peer, vouched = scores["polit"], scores["photorec"], scores["polit, verified"]
        for form, planted in peer.planted.items():
            behind += [
                f"{case}: {form} {kind}: {mine[form]} of {planted}, PhotoRec {theirs[form]}"
                for kind, mine, theirs in (
                    ("exact", ours.exact, peer.exact),
                    ("visible", ours.visible, peer.visible),
                )
                if mine[form] < theirs[form]
            ]
        if vouched.precision < peer.precision:
            behind.append(
                f"{case}: precision {vouched.precision:.3f}, PhotoRec {peer.precision:.3f}"
            )
    return behind
