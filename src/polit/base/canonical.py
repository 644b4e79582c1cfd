"""The canonical form of values: one byte string for one value, whoever writes it.

JSON as RFC 8785 asks for it, restricted so that no rule about figures is needed: object keys
are ASCII and sorted, figures are integers within 64 bits, no white space, UTF-8.
"""

from collections.abc import Callable, Sequence

import msgspec

from polit.base.errors import UsageError

JsonValue = str | int | bool | None | list["JsonValue"] | dict[str, "JsonValue"]

Cell = str | int | bool | None

_encoder = msgspec.json.Encoder(order="sorted")


def canonical_json(value: object) -> bytes:
    """Return the canonical bytes of a value made of objects, lists, text, integers, booleans.

    Raises:
        UsageError: The value holds a floating-point figure, an integer beyond 64 bits, a key that
            is not ASCII text, or something JSON cannot hold.
    """
    _check_form(value)
    return _encoder.encode(value)


def row_writer(names: Sequence[str]) -> Callable[[Sequence[Cell]], bytes]:
    """Return a function from the values of a flat row to its canonical line, newline included.

    For millions of rows: the keys are sorted once, here. The caller gives no floats.

    Args:
        names: ASCII keys of the row, in the order in which its values will come.
    """
    order = sorted(range(len(names)), key=lambda index: names[index])
    keys = [names[index] for index in order]
    encode = msgspec.json.Encoder().encode

    def line(values: Sequence[Cell]) -> bytes:
        return encode({key: values[at] for key, at in zip(keys, order, strict=True)}) + b"\n"

    return line


def _check_form(value: object) -> None:
    if isinstance(value, float):
        raise UsageError("a floating-point figure has no canonical form: use whole units")
    if isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise UsageError(f"{key!r} has no canonical form: a key is ASCII text")
            _check_form(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _check_form(part)
    else:
        _check_scalar(value)


def _check_scalar(value: object) -> None:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise UsageError(f"{value} has no canonical form: it does not fit 64 bits")
    if not (value is None or isinstance(value, (str, int))):
        raise UsageError(f"a {type(value).__name__} has no canonical form")
