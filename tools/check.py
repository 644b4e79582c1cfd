"""``./dev check``: style, types, import direction, generated pages, lengths."""

import subprocess
import sys
from pathlib import Path

from tools.function_lengths import files_too_long, function_lengths, percentile

_PYTHON = sys.executable
_CHECKED = ("src", "tests", "benchmarks", "tools", "samples")


def main() -> int:
    """Run every check, even after one failed; return 1 when any did."""
    folders = [name for name in _CHECKED if any(Path(name).rglob("*.py"))]
    typed = ["src/polit" if name == "src" else name for name in folders]
    commands = {
        "ruff": [_PYTHON, "-m", "ruff", "check", *folders],
        "format": [_PYTHON, "-m", "ruff", "format", "--check", *folders],
        "mypy": [_PYTHON, "-m", "mypy", *typed],
        "imports": [str(Path(_PYTHON).with_name("lint-imports")), "--no-logo"],
        "docs": [_PYTHON, "-m", "tools.docs", "--check"],
    }
    failed = [name for name, command in commands.items() if not _passes(name, command)]
    if not _lengths_hold():
        failed.append("lengths")
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'all passed'}", flush=True)
    return 1 if failed else 0


def _passes(name: str, command: list[str]) -> bool:
    print(f"== {name}", flush=True)
    return subprocess.run(command, check=False).returncode == 0


def _lengths_hold() -> bool:
    print("== lengths")
    lengths = function_lengths(Path("src"))
    figures = [percentile(lengths, percent) for percent in (50, 90, 99)]
    print(
        f"{len(lengths)} functions; lines at the median, 90th and 99th percentile: "
        f"{figures[0]}/{figures[1]}/{figures[2]} (the house's aim: 6/25/50)"
    )
    too_long = files_too_long(Path("src"))
    for path, lines in too_long:
        print(f"{path}: {lines} lines, the limit is 400: split it by meaning")
    return not too_long


if __name__ == "__main__":
    sys.exit(main())
