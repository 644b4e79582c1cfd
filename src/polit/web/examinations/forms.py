"""Forms of examinations: ordering, stopping, noting."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from polit.base.errors import UsageError
from polit.web.core.forms import GovukForm, InstantField, ReasonField
from polit.web.examinations.rules import (
    HIGHEST_PRIORITY,
    LONGEST_OFFSET_S,
    LOWEST_PRIORITY,
    Asked,
    Device,
    Options,
    check_digest,
)
from polit.web.exhibits.models import Exhibit

_LONGEST_PLACE = 4_000


class ReasonForm(GovukForm):
    """A reason, and nothing else."""

    reason = ReasonField()


class PrintForm(GovukForm):
    """Why notes leave the record on paper."""

    button: ClassVar[str] = "Download as PDF"

    reason = ReasonField()


class PriorityForm(GovukForm):
    """The place of an examination in the queue."""

    button: ClassVar[str] = "Change the place in the queue"

    priority = forms.IntegerField(
        label="Place in the queue",
        min_value=HIGHEST_PRIORITY,
        max_value=LOWEST_PRIORITY,
        help_text="1 is first, 9 last.",
    )
    reason = ReasonField()


class OrderForm(GovukForm):
    """What examinations are asked for with: an exhibit for each image, the rest for all."""

    button: ClassVar[str] = "Queue for examination"

    authority = forms.CharField(
        label="Authority to examine",
        max_length=500,
        help_text="By what right, for example the warrant and its date. It goes into the package.",
    )
    acquisition = forms.CharField(
        label="Digests stated by who acquired it",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, as sha256:… or md5:…. Leave empty where several are queued.",
    )
    clock_offset_s = forms.IntegerField(
        label="Device clock, seconds ahead of true time",
        initial=0,
        min_value=-LONGEST_OFFSET_S,
        max_value=LONGEST_OFFSET_S,
        help_text="With a minus where it is behind.",
    )
    time_zone = forms.CharField(label="Time zone of the device", required=False, max_length=100)
    keep_originals = forms.BooleanField(
        label="Keep originals of pictures and videos in the vault", required=False, initial=True
    )
    carve = forms.BooleanField(
        label="Search unallocated space for pictures and videos", required=False, initial=True
    )
    shadow_copies = forms.BooleanField(
        label="Examine shadow copies for what differs in them", required=False,
        help_text="Without it they are listed as not examined.",
    )  # fmt: skip
    accept_atime = forms.BooleanField(label="Access times of a folder may change", required=False)
    accept_reduced_isolation = forms.BooleanField(
        label="Go on where the isolation is reduced", required=False
    )
    not_before = InstantField(
        label="Not before", required=False, may_be_future=True,
        help_text="Leave empty for at once. For example, 27 3 2026 at 20:00.",
    )  # fmt: skip
    priority = forms.IntegerField(
        label="Place in the queue",
        initial=5,
        min_value=HIGHEST_PRIORITY,
        max_value=LOWEST_PRIORITY,
        help_text="1 is first, 9 last.",
    )
    reason = ReasonField()

    def __init__(
        self,
        *args: Any,
        places: Sequence[str],
        exhibits: Sequence[Exhibit],
        chosen: str = "",
        **options: Any,
    ) -> None:
        """Ask for the exhibit of each place: that of its name, else the one that was chosen."""
        self._places = tuple(places)
        choices = [("", "Choose"), *((str(each.id), each.reference) for each in exhibits)]
        asked = {
            f"exhibit_{number}": forms.ChoiceField(
                label=f"Exhibit that {place} is the image of",
                choices=choices,
                initial=_guess(place, exhibits) or chosen,
            )
            for number, place in enumerate(self._places)
        }
        # Django copies this form's fields from here, and the layout is made of them.
        self.base_fields = {**asked, **type(self).base_fields}  # type: ignore[misc]
        super().__init__(*args, **options)

    def clean_acquisition(self) -> tuple[str, ...]:
        """Return the digests, checked in form."""
        lines = tuple(str(self.cleaned_data["acquisition"]).split())
        if lines and len(self._places) > 1:
            raise ValidationError("State digests for one image at a time")
        try:
            for line in lines:
                check_digest(line)
        except UsageError as error:
            raise ValidationError(str(error)) from error
        return lines

    def asked(self) -> list[Asked]:
        """Return what is asked for, one for each place."""
        given = self.cleaned_data
        device = Device(given["acquisition"], given["clock_offset_s"], given["time_zone"])
        options = Options(
            keep_originals=given["keep_originals"],
            accept_atime=given["accept_atime"],
            accept_reduced_isolation=given["accept_reduced_isolation"],
            carve=given["carve"],
            shadow_copies=given["shadow_copies"],
        )
        return [
            Asked(
                exhibit_id=UUID(given[f"exhibit_{number}"]),
                place=place,
                authority=given["authority"],
                device=device,
                options=options,
                not_before=given["not_before"],
                priority=given["priority"],
            )
            for number, place in enumerate(self._places)
        ]


class PlaceForm(forms.Form):
    """A place of evidence that was typed."""

    evidence = forms.CharField(max_length=_LONGEST_PLACE)


class NoteForm(GovukForm):
    """A note written at the time."""

    button: ClassVar[str] = "Add the note"

    occurred_at = InstantField(label="When it was done or seen")
    text = forms.CharField(
        label="Note",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="It cannot be changed afterwards, only corrected by a further note.",
    )


def _guess(place: str, exhibits: Sequence[Exhibit]) -> str:
    """Return the exhibit whose reference a file bears, empty where none does."""
    name = place.rsplit("/", 1)[-1]
    for exhibit in exhibits:
        names = (exhibit.safe_name, exhibit.reference.replace("/", "-"))
        if name in names or name.startswith(tuple(f"{each}." for each in names)):
            return str(exhibit.id)
    return ""
