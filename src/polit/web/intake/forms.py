"""The form by which a package is attached."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import GovukForm, ReasonField
from polit.web.examinations.rules import Asked
from polit.web.exhibits.models import Exhibit


class AttachForm(GovukForm):
    """Which package belongs to which exhibit."""

    button: ClassVar[str] = "Attach the package"

    package = forms.ChoiceField(label="Package")
    exhibit = forms.ChoiceField(label="Exhibit")
    authority = forms.CharField(
        label="Authority to examine",
        max_length=500,
        help_text="By what right it was examined, for example the warrant and its date.",
    )
    mismatch_reason = forms.CharField(
        label="Where the package names another case or exhibit: why it belongs here",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Leave empty unless that is so: such a package is refused without a reason.",
    )
    reason = ReasonField()

    def __init__(
        self, *args: Any, packages: Sequence[str], exhibits: Sequence[Exhibit], **options: Any
    ) -> None:
        """Offer the packages that the broker lists and the exhibits of the case."""
        super().__init__(*args, **options)
        choices = {
            "package": [(name, name) for name in packages],
            "exhibit": [(str(each.id), each.reference) for each in exhibits],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "Choose"), *offered]

    def asked(self) -> Asked:
        """Return what is asked for."""
        given = self.cleaned_data
        return Asked(
            exhibit_id=UUID(given["exhibit"]),
            place=given["package"],
            authority=given["authority"],
            mismatch_reason=given["mismatch_reason"],
        )
