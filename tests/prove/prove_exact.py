"""Exact lookup in ``count`` random MD5s: all ways find the same, how fast, in how much memory.

The index, the compiled loop and the plain search answer a million lookups, half of which hit. The
speed is the best of five rounds on one core with everything in the page cache; what looking up
takes beyond it is at most 50 MB, not counting the compiler's own. The target is 3,000,000 lookups
a second.
"""

from pathlib import Path

import numpy as np

from benchmarks.exact import build, compiler_mb, own_memory_mb, queries_for, run_rounds, sides_for
from polit.match.exact import find_sorted

NAME = "exact"
FULL_COUNT = 50_000_000
_LOOKUPS = 1_000_000
_ROUNDS = 5
_TARGET_PER_S = 3_000_000
_MOST_MB = 50.0


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Sort random keys, compare every way with the plain search, and measure."""
    table, sort_s, peak_mb = build(scratch, count)
    queries = queries_for(scratch, count, _LOOKUPS)
    loop_mb = compiler_mb(table, queries)
    kept_mb = own_memory_mb(table, queries)
    keys = np.fromfile(scratch / "md5.keys", dtype=queries.dtype)
    plain = find_sorted(keys, queries)
    del keys
    for found in (table.find_few(queries), table.find_many(queries)):
        assert all(np.array_equal(a, b) for a, b in zip(found, plain, strict=True))
    assert len(plain[0]) >= _LOOKUPS // 2
    best = run_rounds(sides_for(scratch, table, queries), _ROUNDS)
    assert kept_mb <= _MOST_MB, kept_mb
    return {
        "keys": count,
        "lookups": _LOOKUPS,
        "hits": len(plain[0]),
        "sort_s": round(sort_s, 1),
        "sort_peak_mb": peak_mb,
        "beyond_page_cache_mb": kept_mb,
        "compiler_mb": loop_mb,
        "lookups_per_s": {name: round(value) for name, value in best.items()},
        "reaches_target": best["polit many"] >= _TARGET_PER_S,
    }
