"""Runs the proofs that have no figures yet and writes docs/proof/<name>.json."""

import argparse
import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polit
from polit.base.clock import instant_text, monotonic_s, now_utc
from tools.machine import machine_facts

RESULTS = Path("docs/proof")
_MODULES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof: what it is called, how often it runs in full, and what runs it."""

    name: str
    full_count: int
    prove: Callable[[int, Path], dict[str, object]]


def proofs_found() -> dict[str, Proof]:
    """Return every proof of this folder by its name, in the order of the modules."""
    found = {}
    for path in sorted(_MODULES.glob("prove_*.py")):
        module = importlib.import_module(f"prove.{path.stem}")
        proof = Proof(module.NAME, module.FULL_COUNT, module.prove)
        if proof.name in found:
            raise ValueError(f"{path.name}: a second proof is called {proof.name!r}")
        found[proof.name] = proof
    return found


def is_proved(proof: Proof, count: int, results: Path) -> bool:
    """Tell whether figures of at least this count, that passed, are kept already."""
    path = results / f"{proof.name}.json"
    if not path.exists():
        return False
    kept = json.loads(path.read_text(encoding="utf-8"))
    return bool(kept["passed"]) and int(kept["count"]) >= count


def run_proof(proof: Proof, count: int, results: Path) -> bool:
    """Run one proof and write its figures, passed or not; tell whether it passed."""
    started_at, started_s = now_utc(), monotonic_s()
    figures: dict[str, object]
    with tempfile.TemporaryDirectory(prefix=f"prove-{proof.name}-") as scratch:
        try:
            figures, passed = proof.prove(count, Path(scratch)), True
        except Exception as error:  # noqa: BLE001 - one proof's failure is a result, kept as such
            traceback.print_exc()
            figures, passed = {"error": f"{type(error).__name__}: {error}"}, False
    record = {
        "name": proof.name,
        "count": count,
        "full_count": proof.full_count,
        "passed": passed,
        "figures": figures,
        "started_at": instant_text(started_at),
        "seconds": round(monotonic_s() - started_s, 1),
        "polit": polit.__version__,
        "uid_is_root": os.geteuid() == 0,
        "machine": machine_facts(),
    }
    results.mkdir(parents=True, exist_ok=True)
    unfinished = results / f"{proof.name}.json.part"
    unfinished.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(results / f"{proof.name}.json")
    return passed


def main(arguments: list[str]) -> int:
    """Run the proofs asked for; return 1 when one failed, 2 for a wrong name."""
    parser = argparse.ArgumentParser(prog="./dev prove")
    parser.add_argument("names", nargs="*", help="proofs to run; all when none is named")
    parser.add_argument("--count", type=int, help="another count than the full one")
    parser.add_argument("--again", action="store_true", help="also those that have figures")
    parser.add_argument("--list", action="store_true", help="name the proofs and stop")
    options = parser.parse_args(arguments)
    proofs = proofs_found()
    unknown = [name for name in options.names if name not in proofs]
    if unknown or options.list:
        for proof in proofs.values():
            print(f"{proof.name} (full count {proof.full_count})")
        return 2 if unknown else 0
    failed = [
        name
        for name in options.names or proofs
        if not _prove(proofs[name], options.count, again=options.again)
    ]
    print(f"failed: {', '.join(failed)}" if failed else "every proof asked for has passed")
    return 1 if failed else 0


def _prove(proof: Proof, asked_count: int | None, *, again: bool) -> bool:
    count = asked_count or proof.full_count
    if not again and is_proved(proof, count, RESULTS):
        print(f"{proof.name}: has its figures in {RESULTS}; --again runs it anew", flush=True)
        return True
    print(f"{proof.name}: {count} of {proof.full_count} ...", flush=True)
    passed = run_proof(proof, count, RESULTS)
    print(f"{proof.name}: {'passed' if passed else 'FAILED'}", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
