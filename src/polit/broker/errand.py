"""One errand, as a process: ``python -I -m polit.broker.errand``.

It reads its order on its standard input, gives up what the order does not name (files, memory,
time, network), runs one command line of polit within itself, and writes JSON lines: counts, and at
last how it ended. What the command prints goes into files of its own, so that neither a library
that prints nor a long listing is taken for an answer. It ends with the broker that started it.
"""

import os
import resource
import runpy
import sys
import sysconfig
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import msgspec

import polit
from polit.base import faults, settings
from polit.base.counts import listen_for_counts
from polit.base.errors import Interrupted, PolitError
from polit.broker.errand_talk import (
    MAX_RESULT_BYTES,
    ErrandEnded,
    ErrandLimits,
    ErrandTold,
    ErrandTurn,
    decode_told,
    encode_line,
)
from polit.sandbox.lockdown import confine_files, give_up_network

_SYSTEM = ("/usr", "/lib", "/lib64", "/etc", "/proc", "/sys/devices/system/cpu")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_ADDRESSES_BYTES = 1 << 40
"""Hash sets are mapped into memory: addresses are many where memory of its own is little."""
_LONGEST_MESSAGE_BYTES = 4_000
_BROKEN = 1


def give_up(told: ErrandTold) -> None:
    """Give up all that the order does not name; there is no way back."""
    order = told.order
    _limit(order.limits)
    give_up_network()
    reads = map(Path, (*_program(), *_SYSTEM, *_DEVICES, *order.reads))
    writes = map(Path, (told.work, "/dev/null", *order.writes))
    confine_files(reads=tuple(reads), writes=tuple(writes))


def _program() -> Iterable[str]:
    """Return where polit and what it needs lie."""
    places = (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())
    return sorted({*places, *filter(None, sys.path), str(Path(polit.__file__).parent)})


def _limit(limits: ErrandLimits) -> None:
    figures = {
        resource.RLIMIT_DATA: limits.memory_bytes,
        resource.RLIMIT_AS: _ADDRESSES_BYTES,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    for which, figure in figures.items():
        hard = resource.getrlimit(which)[1]
        least = figure if hard == resource.RLIM_INFINITY else min(figure, hard)
        resource.setrlimit(which, (least, least))


def run(command: tuple[str, ...], out: IO[bytes], err: IO[bytes]) -> ErrandEnded:
    """Run a command line of polit within this process; return how it ended.

    Args:
        command: The words after ``polit``.
        out: The file that its standard output goes to.
        err: The file that its standard error goes to.
    """
    faults.reach("errand.begun")
    sys.argv = ["polit", *command]
    try:
        runpy.run_module("polit", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else _BROKEN * (left.code is not None)
    except KeyboardInterrupt:
        code = Interrupted.exit_code
    sys.stdout.flush()
    sys.stderr.flush()
    return ended(code, out, err)


def ended(code: int, out: IO[bytes], err: IO[bytes]) -> ErrandEnded:
    """Return how a command line ended, by its exit code and by what it printed."""
    size = os.fstat(out.fileno()).st_size
    if size > MAX_RESULT_BYTES:
        # What it did is done: only what it said of it is lost.
        return ErrandEnded(code, f"what it printed has {size} bytes: too many to keep", "")
    result = os.pread(out.fileno(), size, 0).decode("utf-8", "replace")
    if code == 0 or not result:
        return ErrandEnded(code, "" if code == 0 else _last_line(err), result)
    return ErrandEnded(code, _message(result) or _last_line(err), result)


def _message(result: str) -> str:
    """Return what a refusal told as JSON says, empty where it is none."""
    with suppress(msgspec.MsgspecError):
        found: dict[str, dict[str, object]] = msgspec.json.decode(result)
        if isinstance(found, dict) and isinstance(found.get("error"), dict):
            return str(found["error"].get("message", ""))
    return ""


def _last_line(err: IO[bytes]) -> str:
    size = os.fstat(err.fileno()).st_size
    start = max(0, size - _LONGEST_MESSAGE_BYTES)
    lines = os.pread(err.fileno(), _LONGEST_MESSAGE_BYTES, start).decode("utf-8", "replace")
    return next((line.removeprefix("polit: ") for line in reversed(lines.splitlines()) if line), "")


def for_people(message: str, told: ErrandTold) -> str:
    """Return a message without the machine's paths."""
    places = {told.work: "the work folder", str(settings.data_folder()): "the data folder"}
    files = {path: Path(path).name for path in (*told.order.reads, *told.order.writes)}
    for path, name in (*files.items(), *places.items()):
        message = message.replace(path, name)
    return message


def main() -> int:
    """Run one errand; return its exit code."""
    told = decode_told(sys.stdin.buffer.read())
    channel = os.dup(1)
    with (
        TemporaryFile(dir=told.work) as out,
        TemporaryFile(dir=told.work) as err,
        os.fdopen(channel, "wb", buffering=0) as broker,
    ):
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        listen_for_counts(lambda phase, done, total: _tell(broker, ErrandTurn(phase, done, total)))
        try:
            give_up(told)
            last = run(told.order.command, out, err)
        except Exception as error:  # noqa: BLE001 - a main: what nobody foresaw is told, then it ends
            # Where, without the message: that may hold a name.
            traceback.print_tb(error.__traceback__)
            number = PolitError.number
            last = ErrandEnded(_BROKEN, f"it failed ({type(error).__name__}, {number})", "")
        message = for_people(last.message, told)
        _tell(broker, msgspec.structs.replace(last, message=message))
    return last.exit_code


def _tell(broker: IO[bytes], line: ErrandTurn | ErrandEnded) -> None:
    data = memoryview(encode_line(line) + b"\n")
    while data:
        data = data[broker.write(data) :]


if __name__ == "__main__":
    sys.exit(main())
