"""Examine hostile archives and images in the real sandbox: accounted, bounded, nothing written."""

import tempfile
from collections import Counter
from pathlib import Path

from evidence import hostile_archives, hostile_images
from evidence.hostile_run import Ran, run_hostile
from evidence.tools import blank, run

NAME = "hostile"
FULL_COUNT = len(hostile_images.CASES)
_SECONDS_AT_MOST = 600
_MIB_AT_MOST = 1536
_ENDS = frozenset({0, 3, 4, 6})
"""Complete, with problems, with bytes that were not readable, and refused by name."""


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Examine one image of all archives, then ``count`` images, each by itself."""
    archives, faults = _archives(scratch)
    images = []
    for name, (kind, build) in list(hostile_images.CASES.items())[:count]:
        with tempfile.TemporaryDirectory(dir=scratch) as made:
            given = Path(made) / "given"
            given.mkdir()
            ran = run_hostile(build(given), Path(made))
        images.append({"case": name, "kind": kind, **_figures(ran)})
        faults += [f"{name}: {fault}" for fault in _faults(ran)]
    assert not faults, "\n".join(faults)
    return {"archives": archives, "images": images}


def _archives(scratch: Path) -> tuple[dict[str, object], list[str]]:
    made = hostile_archives.made(scratch)
    given, place = scratch / "given", scratch / "place"
    for folder in (given, place, scratch / "tree"):
        folder.mkdir()
    for name, (_, data) in made.items():
        (scratch / "tree" / name).write_bytes(data)
    size = sum(len(data) for _, data in made.values())
    image = blank(given / "hostile.dd", (size // (1 << 20) + 32) << 20)
    run(["mke2fs", "-q", "-F", "-t", "ext4", "-d", scratch / "tree", image])
    ran = run_hostile(image, place)
    faults = _faults(ran)
    cases = []
    for name, (kind, data) in made.items():
        below = [row for row in ran.rows if str(row["path"]).startswith(f"{name}/")]
        own = [row for row in ran.rows if row["path"] == name]
        reasons = Counter(str(row["reason"]) for row in (*own, *below) if row["reason"])
        read = sum(int(str(row["size_bytes"] or 0)) for row in below if row["outcome"] == "done")
        cases.append({
            "case": name, "kind": kind, "bytes": len(data), "members": len(below),
            "read_bytes": read, "outcomes": dict(Counter(str(row["outcome"]) for row in below)),
            "reasons": dict(reasons),
        })  # fmt: skip
        faults += [f"{name}: has no entry of its own"] if len(own) != 1 else []
    told = {"cases": cases, **_figures(ran), "not_examined": ran.summary.get("not_examined")}
    return told, faults


def _figures(ran: Ran) -> dict[str, object]:
    problems = ran.summary.get("problems", [])
    assert isinstance(problems, list)
    return {
        "code": ran.code,
        "words": ran.words if not ran.summary else "",
        "entries": len(ran.rows),
        "tally": ran.summary.get("tally"),
        "problems": sorted({str(one["code"]) for one in problems}),
        "seconds": ran.seconds,
        "peak_mib": ran.peak_mib,
        "appeared": list(ran.appeared),
    }


def _faults(ran: Ran) -> list[str]:
    faults = []
    if ran.code not in _ENDS:
        faults.append(f"ended with {ran.code}: {ran.words}")
    if ran.seconds > _SECONDS_AT_MOST or ran.peak_mib > _MIB_AT_MOST:
        faults.append(f"took {ran.seconds} s and {ran.peak_mib} MiB")
    if ran.appeared:
        faults.append(f"files appeared: {ran.appeared[:5]}")
    tally = ran.summary.get("tally")
    if isinstance(tally, dict):
        told = tally["done"] + tally["skipped"] + tally["failed"]
        if not tally["entries"] == told == len(ran.rows):
            faults.append(f"{tally} does not account for {len(ran.rows)} rows")
    return faults
