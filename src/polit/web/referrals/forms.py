"""What people fill in about referrals."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.utils import timezone

from polit.base.text import visible
from polit.web.cases.models import Case
from polit.web.cases.offences import current_offences
from polit.web.cases.rules import REFERENCE_LENGTH, UnitKind
from polit.web.core.fields import DayField, InstantField, ReasonField
from polit.web.core.forms import GovukForm
from polit.web.people.identifiers import current_identifiers
from polit.web.people.rules import PersonDetails
from polit.web.referrals.extracting import TEXT_MOST, Proposed
from polit.web.referrals.knowing import KnownPerson
from polit.web.referrals.models import Referral, ReferralAccount
from polit.web.referrals.queries import unit_choices, unit_id
from polit.web.referrals.rules import (
    NAME_LENGTH,
    ORIGINAL_MOST_BYTES,
    PORT_MOST,
    SOURCE_REFERENCE_LENGTH,
    SUMMARY_LENGTH,
    WHAT_LENGTH,
    GivenAccount,
    GivenFile,
    GivenIp,
    GivenOriginal,
    GivenParts,
    GivenReferral,
    Viewed,
)
from polit.web.referrals.services import GivenSuspect
from polit.web.referrals.sources import current_sources

if TYPE_CHECKING:
    from collections.abc import Callable

_NONE = ("", "Not recorded")
_DIGEST_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64}


def set_choices(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Offer what a field may be, which is known only when the form is shown."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


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
        set_choices(self, "source", [(each.code, each.label) for each in current_sources().entries])
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


class ConfirmForm(GovukForm):
    """What polit found in a report: ticked rows, of which the officer confirms those that count."""

    button: ClassVar[str] = "Confirm what is ticked"
    reference = forms.ChoiceField(
        label="The source's reference", required=False, widget=forms.RadioSelect
    )
    accounts = forms.MultipleChoiceField(
        label="Accounts, e-mail addresses and telephone numbers",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    connections = forms.MultipleChoiceField(
        label="IP addresses with their times", required=False, widget=forms.CheckboxSelectMultiple
    )
    reported = forms.MultipleChoiceField(
        label="Reported files", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, proposed: Proposed, has_reference: bool, **options: Any) -> None:
        """Offer what was found; a kind of which nothing was found is not asked for."""
        self._proposed = proposed
        rows: dict[str, Sequence[Any]] = {
            "accounts": proposed.accounts,
            "connections": proposed.ips,
            "reported": proposed.files,
        }
        every = {name: [str(at) for at in range(len(found))] for name, found in rows.items()}
        super().__init__(*args, initial={**every, "reference": "0"}, **options)
        words: dict[str, Callable[[Any], str]] = {
            "accounts": _account_words,
            "connections": _ip_words,
            "reported": _file_words,
        }
        for name, found in rows.items():
            if found:
                set_choices(self, name, _numbered(words[name](each) for each in found))
            else:
                del self.fields[name]
        if proposed.references and not has_reference:
            offered = _numbered(visible(each) for each in proposed.references)
            set_choices(self, "reference", [*offered, ("none", "None of these")])
        else:
            del self.fields["reference"]
        self.helper.layout.fields = [
            each for each in self.helper.layout.fields if _is_there(each, self.fields)
        ]

    def parts(self) -> GivenParts:
        """Return what was confirmed."""
        found = self._proposed
        return GivenParts(
            tuple(found.accounts[at] for at in self._ticked("accounts")),
            tuple(found.ips[at] for at in self._ticked("connections")),
            tuple(found.files[at] for at in self._ticked("reported")),
        )

    def confirmed_reference(self) -> str:
        """Return the reference that was confirmed; empty for none."""
        chosen = self.cleaned_data.get("reference", "")
        return self._proposed.references[int(chosen)] if chosen.isdigit() else ""

    def _ticked(self, name: str) -> list[int]:
        return [int(each) for each in self.cleaned_data.get(name, ())]


class AccountForm(GovukForm):
    """An account or identifier that the referral names."""

    button: ClassVar[str] = "Add"
    kind = forms.ChoiceField(label="Kind")
    value = forms.CharField(label="Identifier or account", max_length=300)
    service = forms.CharField(label="Service, for an account", max_length=100, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds in use."""
        super().__init__(*args, **options)
        entries = current_identifiers().entries
        set_choices(self, "kind", [(each.code, each.label) for each in entries])

    def parts(self) -> GivenParts:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        account = GivenAccount(cleaned["kind"], cleaned["value"], cleaned["service"])
        return GivenParts(accounts=(account,))


class IpForm(GovukForm):
    """A connection that the referral names."""

    button: ClassVar[str] = "Add"
    value = forms.CharField(label="IP address", max_length=45, help_text="IPv4 or IPv6.")
    port = forms.IntegerField(
        label="Port (optional)", required=False, min_value=1, max_value=PORT_MOST
    )
    occurred_at = InstantField(
        label="When (optional)",
        required=False,
        help_text="In the force's zone. Add UTC to the time for UTC, as in 14:05:06 UTC.",
    )
    what = forms.CharField(
        label="What it was (optional)",
        max_length=WHAT_LENGTH,
        required=False,
        help_text="For example: upload.",
    )

    def parts(self) -> GivenParts:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        found = GivenIp(
            cleaned["value"], cleaned["port"], cleaned["occurred_at"], what=cleaned["what"]
        )
        return GivenParts(ips=(found,))


class FileForm(GovukForm):
    """A file that was reported."""

    button: ClassVar[str] = "Add"
    value = forms.CharField(label="Name (optional)", max_length=NAME_LENGTH, required=False)
    md5 = forms.CharField(label="MD5 (optional)", max_length=32, required=False)
    sha1 = forms.CharField(label="SHA-1 (optional)", max_length=40, required=False)
    sha256 = forms.CharField(label="SHA-256 (optional)", max_length=64, required=False)
    viewed = forms.ChoiceField(
        label="Did who reported it look at it?",
        choices=[(each.value, each.label) for each in Viewed],
        initial=Viewed.NOT_STATED.value,
        widget=forms.RadioSelect,
    )
    category = forms.CharField(
        label="Their category, in their words (optional)",
        max_length=WHAT_LENGTH,
        required=False,
        help_text="It is nobody's grading.",
    )

    def parts(self) -> GivenParts:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        digests = {name: cleaned[name] for name in _DIGEST_LENGTHS}
        found = GivenFile(
            cleaned["value"], **digests, viewed=Viewed(cleaned["viewed"]),
            category=cleaned["category"],
        )  # fmt: skip
        return GivenParts(files=(found,))


class ReasonForm(GovukForm):
    """Only why."""

    button: ClassVar[str] = "Record it"
    reason = ReasonField()


class PassOnForm(ReasonForm):
    """Where a referral goes."""

    field_order = ("passed_to", "reason")
    passed_to = forms.CharField(label="Which force or agency?", max_length=200)


class OtherReferralForm(GovukForm):
    """Another referral, by its reference."""

    button: ClassVar[str] = "Record it"
    reference = forms.CharField(
        label="Reference of the other referral", max_length=20, help_text="Such as R2026-00017."
    )
    reason = ReasonField()


class CaseOfUserForm(GovukForm):
    """A case of whoever asks."""

    button: ClassVar[str] = "Put it into the case"
    case = forms.ChoiceField(label="Case")
    reason = ReasonField()

    def __init__(self, *args: Any, cases: Iterable[Case], **options: Any) -> None:
        """Offer the cases."""
        super().__init__(*args, **options)
        set_choices(
            self, "case", [(str(each.pk), f"{each.reference}: {each.title}") for each in cases]
        )

    def case_id(self) -> UUID:
        """Return the case that was chosen."""
        return UUID(self.cleaned_data["case"])


class OpenCaseForm(GovukForm):
    """The case that a referral opens; what is known stands there already."""

    button: ClassVar[str] = "Open the case"
    reference = forms.CharField(
        label="Reference of the case",
        max_length=REFERENCE_LENGTH,
        help_text="As your force writes it. It cannot be changed later.",
    )
    title = forms.CharField(label="Title", max_length=200, help_text="A few words; no names.")
    operation = forms.CharField(label="Operation name (optional)", max_length=100, required=False)
    offences = forms.MultipleChoiceField(
        label="Kinds of offence", required=False, widget=forms.CheckboxSelectMultiple
    )
    suspect = forms.ChoiceField(
        label="Suspect",
        widget=forms.RadioSelect,
        help_text="Whom one of your cases knows by an account of the referral stands here too.",
    )
    given_name = forms.CharField(
        label="Given names of a new suspect (optional)", max_length=150, required=False
    )
    family_name = forms.CharField(
        label="Family name of a new suspect (optional)", max_length=150, required=False
    )
    born_on = DayField(label="Date of birth of a new suspect (optional)", required=False)
    addresses = forms.CharField(
        label="Addresses of a new suspect (optional)",
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line.",
    )
    accounts = forms.MultipleChoiceField(
        label="Accounts that are the suspect's",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Take off those of somebody else.",
    )
    reason = ReasonField()

    def __init__(
        self,
        *args: Any,
        accounts: Sequence[ReferralAccount],
        people: Sequence[KnownPerson],
        **options: Any,
    ) -> None:
        """Offer the accounts of the referral, and whom they belong to."""
        every = [str(each.pk) for each in accounts]
        initial = {"suspect": "new", "accounts": every, **options.pop("initial", {})}
        super().__init__(*args, initial=initial, **options)
        entries = current_offences().entries
        set_choices(self, "offences", [(e.code, f"{e.label} ({e.statute})") for e in entries])
        known = [(str(each.person_id), _person_words(each)) for each in people]
        set_choices(
            self, "suspect", [("new", "A new person"), *known, ("none", "Nobody is known yet")]
        )
        words = [
            (str(each.pk), _words(each.kind_label, each.value, each.service)) for each in accounts
        ]
        set_choices(self, "accounts", words)
        if not accounts:
            del self.fields["accounts"]
            self.helper.layout.fields = [
                each for each in self.helper.layout.fields if _is_there(each, self.fields)
            ]

    def suspects(self) -> tuple[GivenSuspect, ...]:
        """Return whom the referral points to."""
        cleaned = self.cleaned_data
        if cleaned["suspect"] == "none":
            return ()
        accounts = tuple(UUID(each) for each in cleaned.get("accounts", ()))
        if cleaned["suspect"] != "new":
            return (GivenSuspect(person_id=UUID(cleaned["suspect"]), account_ids=accounts),)
        names = ("given_name", "family_name", "born_on", "addresses")
        details = PersonDetails(**{name: cleaned[name] for name in names})
        return (GivenSuspect(details, account_ids=accounts),)


def known_of_referral(referral: Referral) -> dict[str, Any]:
    """Return what a form to change a referral begins with."""
    names = ("source", "source_reference", "received_at", "event_from", "event_to", "summary")
    known = {name: getattr(referral, name) for name in names}
    return {
        **known, "area": str(referral.area_id or ""), "team": str(referral.team_id or "")
    }  # fmt: skip


def _numbered(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(at), each) for at, each in enumerate(words)]


def _is_there(shown: Any, fields: dict[str, forms.Field]) -> bool:
    """Tell whether what a layout shows is a field that is there, or no field at all."""
    names = [shown] if isinstance(shown, str) else getattr(shown, "fields", [])
    return all(name in fields for name in names)


def _words(kind: str, value: str, service: str) -> str:
    return visible(f"{kind}: {value}" + (f" at {service}" if service else ""))


def _account_words(each: GivenAccount) -> str:
    return _words(current_identifiers().label_of(each.kind), each.value, each.service)


def _ip_words(each: GivenIp) -> str:
    port = f", port {each.port}" if each.port else ""
    if each.occurred_at is None:
        return f"{each.address}{port}, no time that can be read without a guess"
    local = each.occurred_at.astimezone(timezone.get_default_timezone())
    stated = f", stated in {each.zone}" if each.zone else ""
    utc = each.occurred_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return visible(f"{each.address}{port}, {local:%d %B %Y, %H:%M:%S %Z} ({utc}{stated})")


def _file_words(each: GivenFile) -> str:
    digests = (("MD5", each.md5), ("SHA-1", each.sha1), ("SHA-256", each.sha256))
    known = ", ".join(f"{name} {value}" for name, value in digests if value)
    return visible(f"{each.name or 'A file without a name'}: {known}")


def _person_words(each: KnownPerson) -> str:
    name = each.place.person.full_name or "no name known"
    return visible(f"{name}, {each.place.label} in {each.place.case.reference}")
