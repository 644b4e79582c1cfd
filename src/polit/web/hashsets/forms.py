"""Forms of hash sets: importing, updating, and a reason for the rest."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from polit.broker.client import ImportChoices
from polit.web.core.forms import GovukForm, ReasonField
from polit.web.hashsets.rules import LONGEST_NAME, LONGEST_TEXT, SentFile, SetStatus, SetTerms
from polit.web.hashsets.sending import PassedOn, sent_from


class ReasonForm(GovukForm):
    """A reason, and nothing else."""

    button: ClassVar[str] = "Confirm"

    reason = ReasonField()


class RemoveForm(ReasonForm):
    """Why a set is removed."""

    button: ClassVar[str] = "Remove the hash set"
    warns: ClassVar[bool] = True


class ImportForm(GovukForm):
    """As what a file becomes a hash set. The file comes last, so that all else is known by then."""

    button: ClassVar[str] = "Import the hash set"

    name = forms.CharField(label="Name of the hash set", max_length=LONGEST_NAME)
    status = forms.ChoiceField(
        label="What does it mean to be in it?",
        choices=[
            (
                SetStatus.KNOWN_GOOD.value,
                "Known good: its files are set aside, and nobody looks at them",
            ),
            (SetStatus.ALERT.value, "Alert: each file becomes a task on its case at once"),
            (
                SetStatus.CATEGORISED.value,
                "Categorised: the scheme says which categories alert or settle",
            ),
        ],
        widget=forms.RadioSelect,
    )
    scheme = forms.ChoiceField(
        label="Category scheme (optional)",
        required=False,
        help_text="What the numbers in the file mean. Without one a number stays a number.",
    )
    provider = forms.CharField(
        label="Who gave it (optional)", required=False, max_length=LONGEST_TEXT
    )
    jurisdiction = forms.CharField(
        label="Where it comes from (optional)", required=False, max_length=LONGEST_TEXT
    )
    version = forms.CharField(label="Version (optional)", required=False, max_length=LONGEST_TEXT)
    format = forms.ChoiceField(label="Format", required=False)
    reason = ReasonField()
    place = forms.ChoiceField(
        label="A file that lies on the server (optional)",
        required=False,
        help_text="An administrator puts large files into the folder incoming.",
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label="A file to send (optional)",
        required=False,
        help_text="It is sent while this page waits. Leave empty to take one from the server.",
    )

    def __init__(
        self, *args: Any, choices: ImportChoices, by: str, trouble: str = "", **options: Any
    ) -> None:
        """Offer what the broker knows.

        Args:
            args: What was posted.
            choices: What an import can be made of.
            by: Who fills it in.
            trouble: Why a file could not be sent, empty where it could.
            options: Further options of a form.
        """
        super().__init__(*args, **options)
        self._by, self._trouble = by, trouble
        files = [each.place for each in choices.incoming if not each.is_folder]
        offered = {
            "scheme": [("", "None"), *((each.name, each.title) for each in choices.schemes)],
            "format": [
                ("auto", "Tell it by the file"),
                *((each.name, each.title) for each in choices.formats),
            ],
            "place": [("", "None"), *((place, place.partition("/")[2]) for place in files)],
        }
        for name, pairs in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = pairs

    @property
    def sent(self) -> SentFile | None:
        """The file that was sent, now or with an earlier try of this form."""
        given = self.files.get("file")
        if isinstance(given, PassedOn):
            return given.sent
        return sent_from(self.data.get("kept", ""), by=self._by)

    def clean(self) -> dict[str, Any]:
        """Check that there is one file, and one alone."""
        cleaned = super().clean() or {}
        if self._trouble:
            self.add_error("file", ValidationError(f"The file was not taken: {self._trouble}"))
        elif (self.sent is None) == (not cleaned.get("place")):
            words = "Choose a file to send, or one that lies on the server, and not both"
            self.add_error("file", ValidationError(words))
        return cleaned

    def keep(self, token: str) -> None:
        """Have the form, shown again, hold on to the file that was sent."""
        self.data = {**self.data.dict(), "kept": token}  # type: ignore[attr-defined]  # a QueryDict

    def terms(self) -> SetTerms:
        """Return as what it is imported."""
        given = self.cleaned_data
        return SetTerms(
            name=given["name"], status=SetStatus(given["status"]), scheme=given["scheme"],
            provider=given["provider"], jurisdiction=given["jurisdiction"],
            version=given["version"], format=given["format"] or "auto",
        )  # fmt: skip


class UpdateForm(GovukForm):
    """Which signed update is taken in."""

    button: ClassVar[str] = "Take the update in"

    place = forms.ChoiceField(
        label="Update", help_text="A folder that an administrator put into the folder incoming."
    )
    reason = ReasonField()

    def __init__(self, *args: Any, choices: ImportChoices, **options: Any) -> None:
        """Offer the folders that the broker lists."""
        super().__init__(*args, **options)
        folders = [each.place for each in choices.incoming if each.is_folder]
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose"), *((place, place.partition("/")[2]) for place in folders)]
