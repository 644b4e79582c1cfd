"""What a referral names: what polit found in a report, and what is added by hand."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils import timezone

from polit.base.text import visible
from polit.web.core.fields import InstantField
from polit.web.core.forms import GovukForm
from polit.web.people.identifiers import current_identifiers
from polit.web.referrals.extracting import Proposed
from polit.web.referrals.rules import (
    NAME_LENGTH,
    PORT_MOST,
    WHAT_LENGTH,
    GivenAccount,
    GivenFile,
    GivenIp,
    GivenParts,
    Viewed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


from polit.web.referrals.forms.choices import account_words, is_there, set_choices

_DIGEST_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64}


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
            each for each in self.helper.layout.fields if is_there(each, self.fields)
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


def _numbered(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(at), each) for at, each in enumerate(words)]


def _account_words(each: GivenAccount) -> str:
    return account_words(current_identifiers().label_of(each.kind), each.value, each.service)


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
