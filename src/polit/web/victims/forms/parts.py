"""What forms about unknown children and series share."""

from typing import ClassVar

from django import forms

from polit.web.core.forms import (
    GovukForm,
    ReasonField,
    WithdrawReasonField,
)
from polit.web.victims.catalogue import Code, DatabaseAnswer

NEW = "new"
"""The choice of what is not known yet: a child of the case, or a series."""
NO_NAME = "Write no name of a child."
LINES = 5_000
Choices = tuple[tuple[str, str], ...]


def text_field(label: str, help_text: str = NO_NAME, *, required: bool = True) -> forms.CharField:
    """Return a field of several lines."""
    return forms.CharField(
        label=label, max_length=LINES, required=required, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def choose(form: forms.Form, name: str, choices: Choices) -> None:
    """Offer choices in a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def codes_of(codes: tuple[Code, ...] | tuple[DatabaseAnswer, ...]) -> Choices:
    """Return codes as choices."""
    return tuple((each.code, each.label) for each in codes)


class ReasonForm(GovukForm):
    """Only why."""

    button: ClassVar[str] = "Record it"
    reason = ReasonField(help_text=NO_NAME)


class WithdrawForm(GovukForm):
    """Why something was wrong."""

    button: ClassVar[str] = "Withdraw it"
    warns: ClassVar[bool] = True
    reason = WithdrawReasonField()
