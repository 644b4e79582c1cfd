"""Kill who fills a vault, and who erases it, at random moments; nothing kept is ever lost."""

import os
import random
import subprocess
import sys
from pathlib import Path

import vaults

from polit.base.clock import monotonic_s
from polit.store.case_keys import has_case_key
from polit.store.vault import open_vault
from polit.store.vault_erase import erase_case

NAME = "vault"
FULL_COUNT = 200
_LONGEST_S = 1.2
_ERASED_EVERY = 10
_KEEPER = """
import sys
from pathlib import Path
import vaults
here = vaults.install(Path(sys.argv[1]))
with here.filling() as opened:
    for number in range(int(sys.argv[2]), 1 << 30):
        vaults.keep(opened, number.to_bytes(4, "big") * (1000 + number % 7 * 90_000))
        print(number, flush=True)
"""
_ERASER = """
import sys
from pathlib import Path
from polit.store.vault import open_vault
from polit.store.vault_erase import erase_case
with open_vault(Path(sys.argv[1]) / "vault") as vault:
    erase_case(vault, Path(sys.argv[1]) / "data", "T-1", reason="why")
"""


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Kill ``count`` times by SIGKILL; after each the vault holds all that was said to be kept."""
    began_s, rng = monotonic_s(), random.Random(20261126)
    here, told, erased = vaults.install(scratch), 0, 0
    for number in range(1, count + 1):
        told += _kill(_KEEPER, here, rng, str(told))
        # Killed before the case was made, there is nothing to verify yet.
        if told:
            found = here.verify()
            assert found.holds, found.findings
            assert found.originals >= told, (found.originals, told)
        if number % _ERASED_EVERY == 0 and told:
            _kill(_ERASER, here, rng, "")
            with open_vault(here.vault) as vault:
                erase_case(vault, here.data, "T-1", reason="why")
            assert not has_case_key(here.data, "T-1")
            assert not here.case_folder().exists()
            (here.data / "keys" / "cases" / "T-1.erased.json").unlink()
            told, erased = 0, erased + 1
    return {
        "kills": count + erased,
        "erasures_killed": erased,
        "seconds": round(monotonic_s() - began_s),
    }


def _kill(script: str, here: vaults.Installation, rng: random.Random, word: str) -> int:
    """Run a script, kill it at a random moment; return how many lines it had said."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(here.place), word],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=subprocess.PIPE,
    )
    try:
        said, _ = process.communicate(timeout=rng.random() * _LONGEST_S)
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
    return said.count(b"\n")
