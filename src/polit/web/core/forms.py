"""The base of all forms: GOV.UK markup, an error summary, own words, one button.

A template shows it with ``{% crispy form %}``; ``page.html`` puts the error summary on top by
itself. Labels and hints may hold data: the templates in ``templates/gds`` escape them, where those
of crispy-forms-gds do not.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Field, Fieldset, Layout
from django import forms
from django.template.loader import render_to_string

from polit.web.core.fields import (
    DayField,
    InstantField,
    ReasonField,
    SeenField,
    WithdrawReasonField,
)

__all__ = [
    "DayField",
    "GovukForm",
    "InstantField",
    "ReasonField",
    "SeenField",
    "WithdrawReasonField",
]

_DJANGOS_WORDS = {
    "This field is required.",
    "Select a valid choice. %(value)s is not one of the available choices.",
    "Enter a number.",
    "Enter a whole number.",
    "The submitted file is empty.",
}


class GovukForm(forms.Form):
    """A form that renders itself with ``{% crispy form %}``.

    Attributes:
        button: The words of its button: a verb, as in "Seal the exhibit".
        warns: Whether the button cannot be undone, and is red.
        groups: Fields that follow one another and belong together, by the words above them.
    """

    button: ClassVar[str] = "Save"
    warns: ClassVar[bool] = False
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        """Lay out the fields in order, and the button below them."""
        super().__init__(*args, **options)
        self.use_required_attribute = False
        for field in self.fields.values():
            _own_words(field)
            _own_input(field)
        self.helper = FormHelper(self)
        self.helper.label_size = self.helper.legend_size = "s"
        # One place for errors, in our words, read out by screen readers: not the browser's bubbles.
        self.helper.attrs = {"novalidate": True, "autocomplete": "off"}
        self.lay_out()

    def lay_out(self) -> None:
        """Lay out the fields that there are: once more by a form that took some off."""
        self.helper.layout = Layout(*self._shown(), SubmitButton(self.button, warns=self.warns))

    def _shown(self) -> Iterator[str | Field | Fieldset]:
        """Yield the fields in their order; a group stands where its first field does."""
        of_group = {name: words for words, names in self.groups.items() for name in names}
        done = set[str]()
        for name, field in self.fields.items():
            words = of_group.get(name)
            if words is None:
                yield _layout(name, field)
            elif words not in done:
                done.add(words)
                inside = [each for each in self.groups[words] if each in self.fields]
                yield Fieldset(
                    *(_layout(each, self.fields[each]) for each in inside),
                    legend=words, legend_size="m",
                )  # fmt: skip

    def full_clean(self) -> None:
        """Check what was sent, and mark the inputs that hold errors."""
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                _mark(self.fields[name].widget)


class SubmitButton:
    """The button below the fields. Those of the form package read their words as a template."""

    def __init__(self, label: str, *, warns: bool = False) -> None:
        """Take the words, and whether it cannot be undone."""
        self._shown = {"label": label, "warns": warns}

    def render(self, *_place: Any, **_options: Any) -> str:
        """Return its markup."""
        return render_to_string("gds/layout/button.html", self._shown)


def _own_words(field: forms.Field) -> None:
    """Replace Django's messages by ones that say what to do."""
    label = str(field.label or "").strip()
    subject = label[:1].lower() + label[1:] if label[1:2].islower() else label
    messages = field.error_messages
    if isinstance(field, forms.FileField):
        ours = {"required": "Choose a file", "empty": "The file is empty"}
    elif isinstance(field, forms.ChoiceField):
        choose = f"Choose {subject}" if subject else "Choose one"
        ours = {"required": choose, "invalid_choice": f"{choose} from the list"}
    elif isinstance(field, (forms.IntegerField, forms.DecimalField)):
        ours = {"required": f"Enter {subject}", "invalid": f"{label} must be a number"}
    elif isinstance(field, forms.BooleanField):
        ours = {"required": f"Confirm: {label}"}
    else:
        ours = {"required": f"Enter {subject}" if subject else "Enter a value"}
    if label.endswith("?"):
        ours["required"] = f"Answer the question: {label}"
    for code, words in ours.items():
        if str(messages.get(code, "")) in _DJANGOS_WORDS:
            messages[code] = words


def _own_input(field: forms.Field) -> None:
    """Make what is typed safe to type: nothing is cut off, spun by a wheel or sent elsewhere."""
    if type(field.widget) is forms.NumberInput:
        field.widget = forms.TextInput({"inputmode": "numeric", "class": "govuk-input--width-10"})
    for each in getattr(field.widget, "widgets", [field.widget]):
        if isinstance(each, (forms.TextInput, forms.Textarea)):
            # Some browsers send what they check to a spelling service.
            each.attrs.setdefault("spellcheck", "false")
            # A browser cuts pasted text silently; the server refuses it and keeps what was typed.
            each.attrs.pop("maxlength", None)


def _layout(name: str, field: forms.Field) -> str | Field:
    """Return how a field is laid out: long text counts its characters."""
    longest = getattr(field, "max_length", None)
    if not longest or not isinstance(field.widget, forms.Textarea):
        return name
    field.widget.attrs.setdefault("aria-describedby", "")
    rows = int(field.widget.attrs.get("rows", 5))
    return Field.textarea(name, rows=rows, max_characters=longest)


def _mark(widget: forms.Widget) -> None:
    """Mark inputs that crispy-forms-gds does not: it knows text inputs and text areas by name."""
    classes = str(widget.attrs.get("class", ""))
    if isinstance(widget, forms.Select):
        widget.attrs["class"] = f"{classes} govuk-select--error".strip()
    elif isinstance(widget, (forms.PasswordInput, forms.EmailInput, forms.URLInput)):
        widget.attrs["class"] = f"{classes} govuk-input--error".strip()
