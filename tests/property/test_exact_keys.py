"""Exact lookup of any keys: index, compiled loop and plain search find the same, in every shape."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from polit.match.exact import KeyTable, find_sorted
from polit.match.sorting import SortPlaces, sort_keys

KEYS = st.lists(
    st.tuples(st.sampled_from([0, 1, 0x80, 0xFF]), st.integers(0, 15), st.integers(0, 255)).map(
        lambda shape: bytes([shape[0]] * shape[1] + [shape[2]] * (16 - shape[1]))
    ),
    max_size=60,
)


@settings(max_examples=40)
@given(stated=KEYS, asked=KEYS, run_rows=st.integers(1, 70))
def test_all_ways_find_what_a_dictionary_finds(
    stated: list[bytes], asked: list[bytes], run_rows: int
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        place, stated = Path(scratch), stated * 5
        (place / "md5.stated").write_bytes(b"".join(stated))
        keys, records, top = (place / f"md5.{part}" for part in ("keys", "records", "top"))
        places = SortPlaces(place / "md5.stated", keys, records, top, place / "runs")
        found = sort_keys(places, 16, run_bytes=run_rows * 20)
        table = KeyTable.open(place, "md5")
        known = [(key, record) for record, key in enumerate(stated) if any(key)]
        expected = [
            (at, record) for at, ask in enumerate(asked) for key, record in known if key == ask
        ]
        pairs = [(place, at) for place, records in table.find(asked) for at in records.tolist()]
        assert pairs == expected
        assert found.count == len(known)
        assert found.duplicates == len(known) - len({key for key, _ in known})
        queries = np.array(asked, dtype="S16")
        plain = find_sorted(np.fromfile(keys, dtype="S16"), queries)
        for way in (table.find_few, table.find_many):
            assert [each.tolist() for each in way(queries)] == [each.tolist() for each in plain]
