"""A form that was sent twice: by a double click, by Back, by two officers of the same visit."""

from typing import Any

from polit.base.errors import UsageError
from polit.web.core.models import Superseded

_APART = {"id", "recorded_at", "corrects", "is_withdrawal", "first", "by", "reason"}


def check_not_twice(row: Superseded, *, but: frozenset[str] = frozenset()) -> None:
    """Refuse a new row that stands already to the letter, whoever recorded it and why.

    Whoever calls holds the lock under which such rows are kept: of two at once one sees the other.

    Args:
        row: The row.
        but: Names of its fields that two such rows do not share, such as a number that is given.

    Raises:
        UsageError: It does.
    """
    fields = [each.attname for each in row._meta.concrete_fields if each.name not in _APART | but]  # noqa: SLF001 - Django documents it
    rows: Any = type(row)._default_manager  # noqa: SLF001 - Django documents it
    if rows.standing().filter(**{name: getattr(row, name) for name in fields}).exists():
        raise UsageError("this is recorded already: correct it where it is wrong")
