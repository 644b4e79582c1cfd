"""Judge every container with every file system: entries, hashes, deleted files, by what truth."""

import tempfile
from pathlib import Path

from evidence import proof_more, proof_rows

NAME = "evidence"
FULL_COUNT = 1000
CORPORA = Path(__file__).resolve().parents[2].parent / "shared" / "corpora"


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Judge the first ``count`` rows, those of public images included; all must pass."""
    judged = [_row(container, system, scratch) for container, system in proof_rows.rows()[:count]]
    for further in list(proof_more.rows().values())[: count - len(judged)]:
        with tempfile.TemporaryDirectory(dir=scratch) as made:
            judged.append(further(Path(made)))
    for name, path in proof_rows.CORPUS.items():
        if (CORPORA / path).exists() and len(judged) < count:
            with tempfile.TemporaryDirectory(dir=scratch) as made:
                judged.append(proof_rows.judge_corpus(name, CORPORA / path, Path(made)))
    faults = [f"{one.row}: {one.fault}" for one in judged if one.fault]
    assert not faults, "\n".join(faults)
    return {
        "rows": [one.figures() for one in judged],
        "rows_judged": len(judged),
        "entries": sum(one.entries for one in judged),
        "live_equal": sum(one.live[1] for one in judged),
        "deleted_equal": sum(one.deleted[1] for one in judged),
        "invented": sum(one.invented for one in judged),
        "not_in_table": proof_more.NOT_IN_TABLE,
    }


def _row(container: str, system: str, scratch: Path) -> proof_rows.Judged:
    with tempfile.TemporaryDirectory(dir=scratch) as made:
        return proof_rows.judge(container, system, Path(made))
