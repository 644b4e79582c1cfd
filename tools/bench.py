"""``./dev bench [NAME…] [options of the benchmarks]``: measure on this machine."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

from tools.machine import machine_facts

_FOLDER = Path("benchmarks")


def main(arguments: list[str]) -> int:
    """Run the benchmarks named, or all of them; options go to each.

    Returns:
        0, 1 when a benchmark failed, 2 when there is none of that name.
    """
    present = sorted(path.stem for path in _FOLDER.glob("*.py") if not path.stem.startswith("_"))
    named = list(itertools.takewhile(lambda word: not word.startswith("-"), arguments))
    options = arguments[len(named) :]
    wanted = named or present
    unknown = [name for name in wanted if name not in present]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(present)}")
        return 2
    print(json.dumps(machine_facts(), indent=1), flush=True)
    failed = [name for name in wanted if not _runs(name, options)]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _runs(name: str, options: list[str]) -> bool:
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", *options]
    # The builders of large inputs are those of the tests.
    paths = os.pathsep.join(["tests", os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
