# ruff: noqa: PLC0415 - models can be imported only once Django is ready
"""Computing the stacks of very many pictures in the record, as the worker does after an import.

    python -m benchmarks.record_stacks [--pictures 100000] [--json]

A fresh database is filled with pictures of which one in five is a near copy and one in ten has a
second name. Figures: seconds for one package, seconds for the whole case, and the most memory
that the process ever held.
"""

import argparse
import json
import os
import random
import resource
import tempfile
import time
from pathlib import Path


def measure(pictures: int) -> dict[str, object]:
    """Fill a database and compute its stacks."""
    from django.core.management import call_command

    from polit.web.site.boot import boot
    from polit.web.site.places import make_web_folder

    make_web_folder()
    boot()
    call_command("migrate", verbosity=0, interactive=False)
    from web.matching.stacked import Shot, flipped, package_of_shots

    from polit.web.cases.services import case_open
    from polit.web.core.acting import SYSTEM
    from polit.web.matching.services.stacking import stacks_make

    case = case_open(SYSTEM, reason="a benchmark", reference="B-1", title="A benchmark")
    rng = random.Random(1)
    values = [rng.randbytes(32) for _ in range(pictures)]
    shots = [
        Shot(f"{place}", flipped(values[place - 1], 9) if place % 5 == 1 else value,
             copies=1 + (place % 10 == 0), width_px=640 + (place % 5 == 0))
        for place, value in enumerate(values)
    ]  # fmt: skip
    package = package_of_shots(case, shots)
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    figures: dict[str, object] = {"pictures": pictures, "filled_rss_mb": before_mb}
    for name, scope in (("package", package.id), ("case", None)):
        began_s = time.monotonic()
        run = stacks_make(case.id, scope)
        assert run is not None
        figures[f"{name}_seconds"] = round(time.monotonic() - began_s, 1)
        figures[f"{name}_stacks"] = run.stacks
    figures["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    return figures


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="One JSON object.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="record-stacks-") as folder:
        Path(folder, "web").mkdir()
        os.environ["POLIT_DATA"] = folder
        figures = measure(asked.pictures)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:20} {figure}")


if __name__ == "__main__":
    main()
