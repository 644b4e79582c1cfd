"""The base of all forms: GOV.UK markup, an error summary, one button."""

from typing import Any, ClassVar

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Button, Layout
from django import forms


class GovukForm(forms.Form):
    """A form that renders itself with ``{% crispy form %}``."""

    button: ClassVar[str] = "Save"

    def __init__(self, *args: Any, **options: Any) -> None:
        """Lay out the fields in order, and the button below them."""
        super().__init__(*args, **options)
        self.helper = FormHelper(self)
        self.helper.layout = Layout(*self.fields, Button.primary("submit", self.button))
