"""What forms of referrals offer, and how it reads."""

from collections.abc import Iterable
from typing import Any

from django import forms

from polit.base.text import visible


def set_choices(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Offer what a field may be, which is known only when the form is shown."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def is_there(shown: Any, fields: dict[str, forms.Field]) -> bool:
    """Tell whether what a layout shows is a field that is there, or no field at all."""
    names = [shown] if isinstance(shown, str) else getattr(shown, "fields", [])
    return all(name in fields for name in names)


def account_words(kind: str, value: str, service: str) -> str:
    """Return an account in words, in which nothing is unseen."""
    return visible(f"{kind}: {value}" + (f" at {service}" if service else ""))
