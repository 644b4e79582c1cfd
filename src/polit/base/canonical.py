"""The canonical form of values: one byte string for one value, whoever writes it.

JSON as RFC 8785 asks for it, restricted so that no rule about figures is needed: object keys
are ASCII and sorted, figures are integers within 64 bits, no white space, UTF-8.
"""

import msgspec

from polit.base.errors import UsageError

JsonValue = str | int | bool | None | list["JsonValue"] | dict[str, "JsonValue"]

_encoder = msgspec.json.Encoder(order="sorted")


def canonical_json(value: object) -> bytes:
    """Return the canonical bytes of a value made of objects, lists, text, integers, booleans.

    Raises:
        UsageError: The value holds a floating-point figure, or something JSON cannot hold.
    """
    _check_no_float(value)
    try:
        return _encoder.encode(value)
    except (TypeError, OverflowError) as error:
        raise UsageError(f"this value has no canonical form: {error}") from error


def canonical_row(row: dict[str, str | int | bool | None]) -> bytes:
    """Return the canonical line of one flat row, newline included. The caller gives no floats."""
    return _encoder.encode(row) + b"\n"


def _check_no_float(value: object) -> None:
    if isinstance(value, float):
        raise UsageError("a floating-point figure has no canonical form: use whole units")
    if isinstance(value, dict):
        for part in value.values():
            _check_no_float(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _check_no_float(part)
