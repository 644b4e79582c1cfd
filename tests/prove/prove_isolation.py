"""Isolation in full: every attack, and many damaged pictures, as root and as an ordinary user.

Each of ``count`` pictures, per level, is one of eleven benign originals with 1 to 16 random damages
(bits, figures, cuts, repeats; checksums mended in half of the PNGs). Every one must end as a
decoded picture or with a reason, and an undamaged picture must decode after every hundredth and
after every loss of a process.
"""

import json
import random
from collections import Counter
from pathlib import Path

import msgspec
from sandbox_pictures import encoded, mutated, run
from sandbox_users import run_ordinary

from polit.model.media import DecodedMedia
from polit.sandbox.client import Decoder
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import ItemLimits
from polit.sandbox.selftest import run_selftest

NAME = "isolation"
FULL_COUNT = 20_000

_SEED = 20_261_122
_CHECKED_EVERY = 100
_TESTS = Path(__file__).resolve().parents[1]
_SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from prove.prove_isolation import prove_here
print(json.dumps(prove_here(int(sys.argv[2]))))
"""


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Run at both levels of privilege; raise where an attack or a loss is not contained."""
    del scratch
    ordinary = run_ordinary(["-c", _SCRIPT, str(_TESTS), str(count)], timeout_s=36_000.0)
    return {"as_started": prove_here(count), "ordinary_user": json.loads(ordinary)}


def prove_here(count: int) -> dict[str, object]:
    """Attack and damage as the user that runs this."""
    report = run_selftest()
    missed = [result.name for result in report.results if not result.contained]
    assert report.level == "full", f"level {report.level}: {missed}"
    outcomes, processes = _damage(count)
    assert outcomes.total() == count
    return {
        "level": report.level,
        "landlock_abi": report.landlock_abi,
        "attacks_contained": len(report.results),
        "damaged_pictures": count,
        "outcomes": dict(sorted(outcomes.items())),
        "decoder_processes": processes,
        "report": msgspec.to_builtins({result.name: result.outcome for result in report.results}),
    }


def _damage(count: int) -> tuple[Counter[str], int]:
    chance = random.Random(_SEED)
    originals = _originals()
    good, good_type = originals[0]
    zygote = start_zygote(Role.DECODER)
    decoder = Decoder(zygote, ItemLimits())
    outcomes: Counter[str] = Counter()
    for number in range(count):
        original, mime = chance.choice(originals)
        result = run(decoder, mutated(original, chance), mime)
        decoded = isinstance(result, DecodedMedia)
        outcomes["decoded" if isinstance(result, DecodedMedia) else _named(result)] += 1
        lost = not decoded and decoder.child is None
        if lost or number % _CHECKED_EVERY == 0:
            after = run(decoder, good, good_type)
            assert isinstance(after, DecodedMedia), f"after item {number}: {after}"
    processes = decoder.processes_started
    decoder.close()
    zygote.close()
    return outcomes, processes


def _named(result: object) -> str:
    code = str(getattr(result, "code", ""))
    return f"{code} {getattr(result, 'detail', '')}" if code == "crash" else code


def _originals() -> list[tuple[bytes, str]]:
    pngs = ("RGB", "1", "L", "LA", "P", "RGBA", "I;16")
    jpegs = ({"mode": "RGB"}, {"mode": "L"}, {"mode": "CMYK"}, {"mode": "RGB", "progressive": True})
    made = [(encoded(mode, (48, 40), "PNG"), "image/png") for mode in pngs]
    for options in jpegs:
        rest = {name: value for name, value in options.items() if name != "mode"}
        content = encoded(str(options["mode"]), (48, 40), "JPEG", **rest)
        made.append((content, "image/jpeg"))
    return made
