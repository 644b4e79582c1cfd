"""One session of an examination, as a process: ``python -I -m polit.broker.examiner``.

It reads one order on its standard input, examines, and writes JSON lines of counts on its standard
output: the same figures that the command line shows, never a name. SIGINT is a clean checkpoint.
It ends with the broker that started it (see ``polit.sandbox.services``).
"""

import os
import sys
import traceback
from pathlib import Path

from polit.base import settings
from polit.base.clock import monotonic_s
from polit.base.digests import stated_digest
from polit.base.errors import Interrupted, IsolationTooWeak, PolitError, SourceMissing
from polit.broker.examiner_talk import Ended, ExaminerOrder, Turn, decode_order, encode_line
from polit.examine.examination import Examined, examine
from polit.examine.plan import Plan
from polit.examine.progress import Progress
from polit.examine.request import ExamineRequest
from polit.store.keys import open_keys

_EVERY_S = 1.0
_MAX_MESSAGE_CHARS = 600
_MAX_WORKERS = 64
_TICKS = {
    "--accept-atime": "ticking 'access times may change'",
    "--accept-reduced-isolation": "ticking 'examine under reduced isolation'",
    "with the same command and --resume": "by resuming it",
    "go on with it by --resume": "tick 'go on with a begun package'",
    "--resume": "resuming it",
    "name the same ones with --sets, none with --no-sets": "enable the same sets, and no others",
}
"""What a person at a form does where the command line has an option."""


class _Teller:
    """Writes lines, not more often than somebody looks."""

    def __init__(self) -> None:
        self._told_at_s = float("-inf")

    def watch(self, progress: Progress, message: str) -> None:
        """Tell how far it is, once a second; news at once."""
        now_s = monotonic_s()
        if not message and now_s - self._told_at_s < _EVERY_S:
            return
        self._told_at_s = now_s
        tell(
            Turn(progress.phase, progress.entries, progress.settled, progress.failed,
                 message[:_MAX_MESSAGE_CHARS], progress.alerts.total)
        )  # fmt: skip


def tell(line: Turn | Ended) -> None:
    """Write one line."""
    sys.stdout.buffer.write(encode_line(line) + b"\n")
    sys.stdout.buffer.flush()


def run(told: ExaminerOrder) -> Ended:
    """Examine, and return how it ended."""
    try:
        examined = examine(_request(told), open_keys(settings.data_folder()), _Teller().watch)
    except PolitError as error:
        return Ended(error.exit_code, error.number, for_people(error, told))
    except KeyboardInterrupt:
        message = "stopped before anything was examined: go on by resuming it"
        return Ended(Interrupted.exit_code, Interrupted.number, message)
    return _sealed(examined)


def for_people(error: PolitError, told: ExaminerOrder) -> str:
    """Return a message for the record: what to tick in place of options, and no machine's paths."""
    text = str(error)
    for option, tick in _TICKS.items():
        text = text.replace(option, tick)
    places = {
        told.source: told.order.evidence,
        told.out: "the packages folder",
        told.vault: "the vault",
        str(settings.data_folder()): "the data folder",
    }
    for path, name in places.items():
        text = text.replace(path, name) if path else text
    if isinstance(error, IsolationTooWeak):
        text = text.replace("; 'polit doctor' says more", "")
    if isinstance(error, SourceMissing):
        text = text.removesuffix(": check the path")
    return text[:_MAX_MESSAGE_CHARS]


def _request(told: ExaminerOrder) -> ExamineRequest:
    order = told.order
    return ExamineRequest(
        source=Path(told.source),
        case=order.case_reference,
        exhibit=order.exhibit_reference,
        examiner=order.examiner,
        out=Path(told.out),
        plan=Plan(carve=order.carve, shadow_copies=order.shadow_copies),
        authority=order.authority,
        acquisition=tuple(stated_digest(text) for text in order.acquisition),
        clock_offset_s=order.clock_offset_s,
        time_zone=order.time_zone,
        workers=min(_MAX_WORKERS, max(1, len(os.sched_getaffinity(0)))),
        vault=Path(told.vault) if told.vault else None,
        resume=told.resume,
        accept_atime=order.accept_atime,
        accept_reduced_isolation=order.accept_reduced_isolation,
    )


def _sealed(examined: Examined) -> Ended:
    tally = examined.manifest.tally
    return Ended(
        examined.exit_code, 0, "", examined.package.name,
        tally.entries, tally.done, tally.skipped, tally.failed,
    )  # fmt: skip


def main() -> int:
    """Run one session; return its exit code."""
    told = decode_order(sys.stdin.buffer.read())
    try:
        ended = run(told)
    except Exception as error:  # noqa: BLE001 - a main: what nobody foresaw is told, then it ends
        # Where, without the message: that may hold a name.
        sys.stderr.writelines(traceback.format_tb(error.__traceback__))
        number = PolitError.number
        ended = Ended(1, number, f"the examiner failed ({type(error).__name__}): see its log")
    tell(ended)
    return ended.exit_code


if __name__ == "__main__":
    sys.exit(main())
