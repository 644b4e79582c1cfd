"""The form on which an officer chooses the letters of the gallery's keys."""

from typing import Any, ClassVar

from django import forms

from polit.base.errors import UsageError
from polit.web.core.forms import GovukForm
from polit.web.review.keyboard import KEY_ACTIONS, KeyChoice, check_letters

_FIELD = "key_"


class KeysForm(GovukForm):
    """One field for each key that may change, and the switch."""

    button: ClassVar[str] = "Use these keys"
    is_on = forms.BooleanField(label="Letters and digits act in the grid", required=False)

    def __init__(self, *args: Any, choice: KeyChoice, **kwargs: Any) -> None:
        """Begin with what is chosen already."""
        letters = {_FIELD + name: letter for name, letter in choice.letters.items()}
        super().__init__(*args, initial={"is_on": choice.is_on, **letters}, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Refuse keys that stand for two things."""
        cleaned = super().clean() or {}
        try:
            check_letters(self._letters())
        except UsageError as error:
            raise forms.ValidationError(str(error)) from error
        return cleaned

    def choice(self) -> KeyChoice:
        """Return what was chosen."""
        return KeyChoice(self._letters(), is_on=self.cleaned_data["is_on"])

    def _letters(self) -> dict[str, str]:
        usual = {each.name: each.keys[0] for each in KEY_ACTIONS}
        given = {
            name.removeprefix(_FIELD): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_FIELD)
        }
        return {name: value for name, value in given.items() if value != usual[name]}


KeysForm.base_fields.update(
    {
        _FIELD + each.name: forms.CharField(
            label=each.label,
            max_length=7,
            initial=each.keys[0],
            error_messages={"required": f"Enter a key for: {each.label}"},
        )
        for each in KEY_ACTIONS
        if each.may_change
    }
)
