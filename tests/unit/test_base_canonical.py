"""The canonical form: one byte string for one value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polit.base.canonical import canonical_json, row_writer
from polit.base.errors import UsageError

keys = st.text(st.characters(codec="ascii"), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=12)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
)


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    assert (
        canonical_json({"b": 1, "a": [True, None, "ü"]}) == '{"a":[true,null,"ü"],"b":1}'.encode()
    )


def test_the_published_vector_of_the_standard_without_its_figures() -> None:
    """RFC 8785, section 3.2.3, the strings of its example."""
    value = {"string": '€$\x0f\nA\'B"\\\\"/', "literals": [None, True, False]}
    expected = '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert canonical_json(value) == expected.encode()


@given(values)
def test_the_form_is_json_of_the_same_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(values)
def test_the_form_is_what_the_standard_library_sorts_too(value: object) -> None:
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert json.loads(canonical_json(value)) == json.loads(plain)
    assert len(canonical_json(value)) <= len(plain.encode()) + 6 * plain.count("\x7f")


@given(st.dictionaries(keys, scalars, max_size=6))
def test_the_order_of_insertion_does_not_matter(row: dict[str, str | int | bool | None]) -> None:
    backwards = dict(reversed(row.items()))
    expected = canonical_json(row) + b"\n"
    assert row_writer(list(row))(list(row.values())) == expected
    assert row_writer(list(backwards))(list(backwards.values())) == expected


@pytest.mark.parametrize("value", [1.0, [0.5], {"a": {"b": float("nan")}}, (1, 2.5)])
def test_a_floating_point_figure_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="whole units"):
        canonical_json(value)


@pytest.mark.parametrize(
    "value", [object(), {"a": print}, b"x", {1}, {1: 1}, {"ü": 1}, 2**63, -(2**63) - 1]
)
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="no canonical form"):
        canonical_json(value)
