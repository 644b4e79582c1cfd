"""Forms of welfare: the begin of a session, limits of one's own, opt-outs, how a case went on."""

from typing import Any, ClassVar

from django import forms

from polit.web.accounts.models import User
from polit.web.core.forms import GovukForm, ReasonField
from polit.web.core.rules import Purpose
from polit.web.welfare.models import WelfareProfile
from polit.web.welfare.rules import KIND_LABELS, Lane, Policy, SessionStart

_PURPOSES = [(each.value, each.label) for each in Purpose]


def _lane_choices(lanes: list[Lane]) -> list[tuple[str, str]]:
    return [(each.code, f"{each.label}. {each.note}") for each in lanes]


def _limit_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="Your own limit of a day, in minutes (optional)",
        required=False,
        min_value=10,
        help_text="At most the force's; leave it empty for that.",
    )


def _idle_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="Cover everything after so many seconds without a hand (optional)",
        required=False,
        min_value=1,
        max_value=3600,
    )


class SessionForm(GovukForm):
    """What a person says before they begin."""

    button: ClassVar[str] = "I agree, and begin"

    lane = forms.ChoiceField(label="Lane", widget=forms.RadioSelect)
    purpose = forms.ChoiceField(label="Purpose", choices=_PURPOSES, initial=Purpose.GRADING.value)
    limit_min = _limit_field()
    idle_s = _idle_field()
    consent_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, policy: Policy, lanes: list[Lane], **options: Any) -> None:
        """Offer the lanes that are open to this person."""
        options["initial"] = {"consent_version": policy.consent.version} | (
            options.get("initial") or {}
        )
        super().__init__(*args, **options)
        field = self.fields["lane"]
        if isinstance(field, forms.ChoiceField):
            field.choices = _lane_choices(lanes)

    def start(self) -> SessionStart:
        """Return what was said."""
        said = self.cleaned_data
        minutes = said["limit_min"]
        return SessionStart(
            said["lane"], said["purpose"], None if minutes is None else minutes * 60,
            said["idle_s"], said["consent_version"],
        )  # fmt: skip


class LaneForm(GovukForm):
    """Another lane."""

    button: ClassVar[str] = "Go on in this lane"
    lane = forms.ChoiceField(label="Lane", widget=forms.RadioSelect)

    def __init__(self, *args: Any, lanes: list[Lane], **options: Any) -> None:
        """Offer the lanes that are open to this person."""
        super().__init__(*args, **options)
        field = self.fields["lane"]
        if isinstance(field, forms.ChoiceField):
            field.choices = _lane_choices(lanes)


class OverrideForm(GovukForm):
    """Why somebody goes on beyond the limit of their day."""

    button: ClassVar[str] = "Go on, and tell my supervisor"
    warns: ClassVar[bool] = True
    reason = ReasonField()


class CheckInForm(GovukForm):
    """How somebody is, for themselves."""

    button: ClassVar[str] = "Keep it for me"
    text = forms.CharField(
        label="How was it? (optional)",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only you read this here. Like every record it may be disclosable.",
    )


class SettingsForm(GovukForm):
    """One's own limit and idle time."""

    limit_min = _limit_field()
    idle_s = _idle_field()

    @staticmethod
    def initial_of(profile: WelfareProfile | None) -> dict[str, int | None]:
        """Return what stands now."""
        if profile is None:
            return {}
        limit = profile.limit_s
        return {"limit_min": None if limit is None else limit // 60, "idle_s": profile.idle_s}


class OptOutForm(GovukForm):
    """What somebody does not want to see."""

    codes = forms.MultipleChoiceField(
        label="What you do not want to see",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, policy: Policy, **options: Any) -> None:
        """Offer every lane and kind."""
        super().__init__(*args, **options)
        field = self.fields["codes"]
        if isinstance(field, forms.MultipleChoiceField):
            kinds = [(f"kind:{code}", f"{label}, in any lane")
                     for code, label in KIND_LABELS.items()]  # fmt: skip
            field.choices = [*((each.code, each.label) for each in policy.lanes), *kinds]


class OutcomeForm(GovukForm):
    """How a case went on."""

    button: ClassVar[str] = "Tell those who reviewed"
    text = forms.CharField(
        label="How it went on",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence or two, such as that a child is safe. No names.",
    )
    reason = ReasonField()


class InductionForm(GovukForm):
    """Who did this work before."""

    button: ClassVar[str] = "End the induction"
    officer = forms.ModelChoiceField(label="Person", queryset=User.objects.none())
    reason = ReasonField()

    def __init__(self, *args: Any, people: list[User], **options: Any) -> None:
        """Offer who is in their induction."""
        super().__init__(*args, **options)
        field = self.fields["officer"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = User.objects.filter(pk__in=[each.pk for each in people])
