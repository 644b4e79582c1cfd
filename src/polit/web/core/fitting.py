"""Whether texts fit their columns: SQLite takes any length, PostgreSQL would fail without words."""

from django.db import models

from polit.base.errors import UsageError


def check_fits(record: models.Model) -> None:
    """Refuse a record with a text that its column cannot hold.

    Raises:
        UsageError: A text is too long, or has a null character; the message names the field.
    """
    for field in record._meta.concrete_fields:  # noqa: SLF001 - Django's documented interface
        value = getattr(record, field.attname)
        if not isinstance(value, str):
            continue
        words = field.name.replace("_", " ")
        longest = getattr(field, "max_length", None)
        if longest is not None and len(value) > longest:
            raise UsageError(f"{words}: at most {longest} characters")
        if "\x00" in value:
            raise UsageError(f"{words}: it has a null character: type it again")
