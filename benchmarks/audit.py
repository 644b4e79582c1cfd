"""A long audit log: events a second taken in and signed; the one-file verifier's time and memory.

    python -m benchmarks.audit [--events 1000000] [--json]

Events are put into the database by the thousand, as an act would write them; what is measured is
the signer, the export and the verifier. Memory is the greatest resident size of its process.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.core.management import call_command

from polit.base.canonical import canonical_json
from polit.base.ids import random_bytes
from polit.web.site.boot import boot

_BATCH = 1_000
_STAGES = ("fill", "sign", "export")


def fill(place: Path, events: int) -> None:
    """Put events into a new database."""
    del place
    models = importlib.import_module("polit.web.audit.models")
    call_command("migrate", verbosity=0)
    details = canonical_json({"old": None, "new": "a seal", "figure": 7}).decode()
    for first in range(0, events, _BATCH):
        rows = [
            models.AuditEvent(
                actor_kind="user", actor_id=f"user-{number % 40}", actor_name="a.example",
                action="exhibits.seal", nature="alteration", reason="Sealed after examination",
                case_id=None, case_reference=f"OP-{number % 12}", subject_kind="exhibit",
                subject_id=str(number), subject_label=f"AB/{number}", details=details,
                salt=random_bytes(32).hex(),
            )
            for number in range(first, min(first + _BATCH, events))
        ]  # fmt: skip
        kept = models.AuditEvent.objects.bulk_create(rows)
        models.AuditPending.objects.bulk_create(models.AuditPending(event=row) for row in kept)


def sign(place: Path, events: int) -> None:
    """Take everything in."""
    signer = importlib.import_module("polit.web.audit.signer")
    with signer.signing(place / "witness") as working:
        assert working.round(is_last=True).events == events


def export(place: Path, events: int) -> None:
    """Export it whole."""
    del events
    logs = importlib.import_module("audited_logs")
    logs.export(place / "export", place / "witness")


def measure(place: Path, events: int) -> dict[str, object]:
    """Return the figures of all stages."""
    figures: dict[str, object] = {"events": events}
    for stage in _STAGES:
        command = [sys.executable, "-m", "benchmarks.audit", "--stage", stage]
        seconds, memory_mb = _run([*command, "--events", str(events), "--place", str(place)], place)
        figures[f"{stage}_s"] = round(seconds, 1)
        figures[f"{stage}_per_s"] = round(events / seconds)
        figures[f"{stage}_peak_mb"] = memory_mb
    command = [sys.executable, "-I", str(place / "export" / "verify_audit.py")]
    words = [str(place / "export"), "--witness", str(place / "witness"), "--json"]
    seconds, memory_mb = _run([*command, *words], place)
    figures |= {"verify_s": round(seconds, 1), "verify_peak_mb": memory_mb}
    figures["verify_per_s"] = round(events / seconds)
    return figures


def _run(command: list[str], place: Path) -> tuple[float, int]:
    """Run one process; return its seconds and its greatest resident size in MB."""
    environment = {**os.environ, "POLIT_DATA": str(place / "data")}
    began_s = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return time.monotonic() - began_s, usage.ru_maxrss * 1024 // 1_000_000


def main() -> None:
    """Measure, or run one stage of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--stage", choices=_STAGES)
    parser.add_argument("--place", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.stage:
        boot()
        {"fill": fill, "sign": sign, "export": export}[options.stage](options.place, options.events)
        return
    with tempfile.TemporaryDirectory(prefix="bench-audit-") as scratch:
        place = Path(scratch)
        (place / "data").mkdir()
        figures = measure(place, options.events)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
