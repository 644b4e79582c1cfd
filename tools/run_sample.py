"""``./dev run [EVIDENCE]``: one examination from beginning to end, then the record with it."""

import contextlib
import getpass
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.serve_sample import serve_with

_POLIT = str(Path(sys.executable).with_name("polit"))
_SAMPLE_CASE = ["--case", "OP-EXAMPLE-1", "--exhibit", "AB/1", "--examiner", "Sample Examiner"]
_SETS = (
    ("known-good.csv", "Sample system files", "known-good"),
    ("alerts.csv", "Sample landscapes to find", "alert"),
)
_NO_SERVE = "--no-serve"
_SOME_FAILED = 3
_COMPLETE = (0, _SOME_FAILED)


def main(arguments: list[str]) -> int:
    """Examine the sample disk, or the evidence given first, and serve; return the exit code.

    For the sample: 0 when the examination returned the 3 that its broken files call for. For
    evidence: what the examination returned. ``--no-serve`` stops before the record is served.
    """
    private = Path(os.environ["POLIT_DEV"])
    os.environ.setdefault("POLIT_DATA", str(private / "data"))
    does_serve = _NO_SERVE not in arguments
    arguments = [word for word in arguments if word != _NO_SERVE]
    is_sample = not arguments or arguments[0].startswith("-")
    data = Path(os.environ["POLIT_DATA"] or private / "data")
    if is_sample:
        vault = ["--vault", str(data / "vault")]  # so that the gallery can show it in full size
        source, options = _build_sample(private / "sample"), [*_SAMPLE_CASE, *vault, *arguments]
        _lay_out(Path(source), data / "evidence")
        if failed := _import_sets(Path(source).parent / "hash-sets"):
            return failed
    else:
        source, options = arguments[0], _evidence_options(arguments[1:])
    outs = data / "packages"
    examined, package = _examine(source, options, outs)
    shown = _show(package, source) if package and examined in _COMPLETE else 0
    code = shown or (_sample_verdict(examined) if is_sample else examined)
    if does_serve and package and not shown and examined in _COMPLETE:
        case, exhibit = _last_of(options, "--case"), _last_of(options, "--exhibit")
        return serve_with(str(Path(package).relative_to(outs)), case, exhibit)
    return code


def _last_of(options: list[str], name: str) -> str:
    """Return an option's value: what was given stands after the default."""
    spelled = dict(word.split("=", 1) for word in options if word.startswith(f"{name}="))
    places = [at for at, word in enumerate(options) if word == name]
    return spelled.get(name) or options[places[-1] + 1]


def _evidence_options(given: list[str]) -> list[str]:
    return ["--case", "TRY-1", "--exhibit", "AB/1", "--examiner", getpass.getuser(), *given]


def _build_sample(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    _say("Building the sample disk: benign pictures, deleted and broken files")
    subprocess.run([sys.executable, "samples/build_sample.py", str(folder)], check=True)
    return str(folder / "sample.dd")


def _import_sets(folder: Path) -> int:
    """Import the sample's hash sets; the same ones are there already from the second run on."""
    for name, title, status in _SETS:
        words = ["hashset", "import", str(folder / name), "--name", title, "--status", status]
        words += ["--provider", "polit's sample"]
        _say("\n$ " + shlex.join(["polit", *words]))
        ended = subprocess.run([_POLIT, *words, "--supersedes", title], check=False)
        if ended.returncode:
            return ended.returncode
    return 0


def _lay_out(source: Path, evidence: Path) -> None:
    """Put the sample where the record looks for evidence, so that it can be queued there too."""
    evidence.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = evidence / source.name
    place.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # another disk, or a test's sample that was never built
        os.link(source, place)


def _examine(source: str, options: list[str], outs: Path) -> tuple[int, str]:
    outs.mkdir(parents=True, exist_ok=True)
    out = tempfile.mkdtemp(prefix="run-", dir=outs)
    command = [_POLIT, "examine", source, *options, "--out", out]
    _say("\n$ " + shlex.join(["polit", *command[1:]]))
    ended = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, check=False)
    try:
        package = json.loads(ended.stdout)["package"]
    except (ValueError, KeyError):
        sys.stdout.buffer.write(ended.stdout)
        return ended.returncode or 1, ""
    return ended.returncode, str(package)


def _show(package: str, source: str) -> int:
    """Print the summary, verify, draw the contact sheet; return the first exit code not 0."""
    sheet = str(Path(package).with_suffix(".png"))
    steps = [
        ["show", package],
        ["verify", package, "--evidence", source],
        ["thumbs", package, "--out", sheet],
    ]
    for step in steps:
        _say("\n$ " + shlex.join(["polit", *step]))
        ended = subprocess.run([_POLIT, *step], check=False)
        if ended.returncode:
            return ended.returncode
    _say(
        f"\nThe sealed package: {package}\n"
        f"The contact sheet of safe tiles: {sheet}\n"
        "Try next:\n"
        f"  {_POLIT} list {shlex.quote(package)} --jsonl | head\n"
        f"  {_POLIT} list {shlex.quote(package)} --jsonl --outcome failed\n"
        f"  {_POLIT} list {shlex.quote(package)} --alerts\n"
        "  ./dev run /path/to/an/image.E01\n"
        "  and read docs/tutorial/first-examination.md"
    )
    return 0


def _sample_verdict(code: int) -> int:
    if code == _SOME_FAILED:
        _say("\nThe sample's examination returned 3, as expected: some of its items are broken.")
        return 0
    _say(f"The sample's examination returned {code}; expected was 3.")
    return code or 1


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
