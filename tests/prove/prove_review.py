"""Review a demonstration case by its truth: what had to be seen, with and without stacks and sets.

For eyes: ``python -m prove.prove_review FOLDER [FILES]`` (with ``tests`` on the path) builds the
case below FOLDER, serves it and prints an officer's one-time link; Ctrl-C ends it.
"""

import sys
import time
from contextlib import suppress
from pathlib import Path

import demo_record
from demo_review import figures_of, review

NAME = "review"
FULL_COUNT = 20_000
_REFERENCE = "OP-DEMO-1"


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Review so many files twice: by stacks and sets, and every one of them.

    In two records: what one of them decided, the other would propose.
    """
    by_stacks = _reviewed(scratch / "with", scratch / "made", count, is_aided=True)
    assert by_stacks["odd_ones_missed"] == 0, by_stacks
    every = _reviewed(scratch / "without", scratch / "made", count, is_aided=False)
    return {"with_stacks_and_sets": by_stacks, "without": every}


def _reviewed(place: Path, made: Path, count: int, *, is_aided: bool) -> dict[str, object]:
    data = demo_record.examine(place, made, count, _REFERENCE, with_sets=is_aided)
    with demo_record.demo_record(data) as record:
        demo = demo_record.take_in(record, made / "truth.json", _REFERENCE, officers=1)
        return figures_of(demo, review(demo, by_stacks=is_aided))


def main(folder: Path, files: int) -> None:
    """Serve the case for somebody who wants to review it by eye."""
    made = folder / "made"
    data = demo_record.examine(folder, made, files, _REFERENCE, with_sets=True)
    with demo_record.demo_record(data) as record:
        demo = demo_record.take_in(record, made / "truth.json", _REFERENCE, officers=2)
        for number in range(2):
            sys.stdout.write(f"{demo_record.sign_in_link(record, f'reviewer.{number}')}\n")
        gallery = f"http://localhost:{record.port}/cases/{demo.reviewers[0].case}/review/"
        sys.stdout.write(f"then: {gallery}\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else FULL_COUNT)
