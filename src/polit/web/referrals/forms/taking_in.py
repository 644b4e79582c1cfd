"""Taking a referral in, changing it, and its report as it came."""

from typing import Any, ClassVar

from django import forms

from polit.web.cases.rules import UnitKind
from polit.web.core.fields import InstantField, ReasonField
from polit.web.core.forms import GovukForm
from polit.web.referrals.extracting import TEXT_MOST
from polit.web.referrals.forms.choices import set_choices
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import unit_choices, unit_id
from polit.web.referrals.rules import (
    NAME_LENGTH,
    ORIGINAL_MOST_BYTES,
    SOURCE_REFERENCE_LENGTH,
    SUMMARY_LENGTH,
    GivenOriginal,
    GivenReferral,
)
from polit.web.referrals.sources import current_sources

_NONE = ("", "Not recorded")


class ReferralFieldsForm(GovukForm):
    """What a referral says of itself."""

    source = forms.ChoiceField(label="Source")
    source_reference = forms.CharField(
        label="The source's reference (optional)",
        max_length=SOURCE_REFERENCE_LENGTH,
        required=False,
        help_text="As the source writes it. A second one of it is found by this.",
    )
    received_at = InstantField(label="Received")
    event_from = InstantField(label="What happened began (optional)", required=False)
    event_to = InstantField(label="What happened ended (optional)", required=False)
    summary = forms.CharField(
        label="Summary (optional)",
        max_length=SUMMARY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    area = forms.ChoiceField(label="Area (optional)", required=False)
    team = forms.ChoiceField(label="Team (optional)", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the sources and units in use."""
        super().__init__(*args, **options)
        sources = [(each.code, each.label) for each in current_sources().entries]
        set_choices(self, "source", [("", "Choose one"), *sources])
        set_choices(self, "area", [_NONE, *unit_choices(UnitKind.AREA)])
        set_choices(self, "team", [_NONE, *unit_choices(UnitKind.TEAM)])

    def given(self) -> GivenReferral:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenReferral(
            source=cleaned["source"],
            received_at=cleaned["received_at"],
            source_reference=cleaned["source_reference"],
            event_from=cleaned["event_from"],
            event_to=cleaned["event_to"],
            summary=cleaned["summary"],
            area_id=unit_id(cleaned["area"]),
            team_id=unit_id(cleaned["team"]),
            originals=self.originals(),
        )

    def originals(self) -> tuple[GivenOriginal, ...]:
        """Return the reports that came with it."""
        return ()


class ChangeForm(ReferralFieldsForm):
    """A change of what a referral says of itself."""

    reason = ReasonField()


class OriginalFields(GovukForm):
    """A report as it came: a file, or its text."""

    original = forms.FileField(
        label="The report as a file (optional)",
        required=False,
        help_text="Kept as it is. Text, JSON, XML, CSV and mails are read too. At most 25 MB.",
    )
    text = forms.CharField(
        label="Or the report's text (optional)",
        max_length=TEXT_MOST,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Paste it: accounts, addresses and digests in it are offered on the next page.",
    )

    def clean_original(self) -> Any:
        """Refuse what is too large, and say so at once."""
        found = self.cleaned_data["original"]
        if found is not None and found.size > ORIGINAL_MOST_BYTES:
            raise forms.ValidationError("The file must be at most 25 MB")
        return found

    def originals(self) -> tuple[GivenOriginal, ...]:
        """Return the file and the text, each as it came."""
        kept = []
        uploaded, text = self.cleaned_data["original"], self.cleaned_data["text"]
        if uploaded is not None:
            name = uploaded.name.replace("\x00", "")[-NAME_LENGTH:]
            kept.append(GivenOriginal(name, uploaded.read()))
        if text.strip():
            kept.append(GivenOriginal("pasted text.txt", text.encode()))
        return tuple(kept)


class ReceiveForm(OriginalFields, ReferralFieldsForm):
    """A new referral, with the report as it came."""

    button: ClassVar[str] = "Keep the referral"
    field_order = ("original", "text", "source", "source_reference", "received_at", "summary")

    def given(self) -> GivenReferral:
        """Return what was filled in."""
        return ReferralFieldsForm.given(self)


class OriginalForm(OriginalFields):
    """A further report."""

    button: ClassVar[str] = "Keep the report"

    def clean(self) -> dict[str, Any]:
        """Ask for the one or the other."""
        cleaned = super().clean() or self.cleaned_data
        given = cleaned.get("original") or str(cleaned.get("text", "")).strip()
        if not self.errors and not given:
            self.add_error("original", "Choose a file, or paste the report's text")
        return cleaned


def known_of_referral(referral: Referral) -> dict[str, Any]:
    """Return what a form to change a referral begins with."""
    names = ("source", "source_reference", "received_at", "event_from", "event_to", "summary")
    known = {name: getattr(referral, name) for name in names}
    return {
        **known, "area": str(referral.area_id or ""), "team": str(referral.team_id or "")
    }  # fmt: skip
