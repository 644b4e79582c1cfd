"""``./dev bench [NAME]``: run one benchmark, or all of them, on this machine."""

import json
import subprocess
import sys
from pathlib import Path

from tools.machine import machine_facts

_FOLDER = Path("benchmarks")


def main(arguments: list[str]) -> int:
    """Run the benchmarks named, all when none is; return 1 when one failed, 2 for a wrong name."""
    present = sorted(path.stem for path in _FOLDER.glob("*.py") if not path.stem.startswith("_"))
    wanted = arguments or present
    unknown = [name for name in wanted if name not in present]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(present)}")
        return 2
    print(json.dumps(machine_facts(), indent=1), flush=True)
    failed = [name for name in wanted if not _runs(name)]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _runs(name: str) -> bool:
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
