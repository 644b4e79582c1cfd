"""Fields that forms share: an instant in the force's zone, a day, a reason."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.text import says_something

_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([A-Za-z]{1,4})?", re.ASCII)
_ALLOWED_FUTURE = timedelta(minutes=2)
"""Clocks of two machines differ a little; who types the present minute is not refused."""

WITHDRAWN = (
    "It stays readable, and counts no more. What was corrected is withdrawn whole: no earlier "
    "version of it counts again."
)
"""What the withdrawal of something recorded does."""

_NO_DATE = "Enter a real date in numbers, such as 27 3 2026"
_LEAST_YEAR, _MOST_YEAR = 1000, 9998
"""Four digits: "26" is no year, and next to the ends of the calendar no zone can be told."""


def this_minute() -> datetime:
    """Return the present minute in UTC: what a form offers for "when", as nobody types seconds."""
    return now_utc().replace(second=0, microsecond=0)


class DayWidget(forms.MultiWidget):
    """Three inputs: day, month and year."""

    template_name = "gds/widgets/date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Make the inputs; digits get a keypad on a touch screen."""
        super().__init__(_day_inputs(), attrs)

    def decompress(self, value: date | None) -> list[Any]:
        """Return what the inputs show of a day."""
        return [None, None, None] if value is None else [value.day, value.month, value.year]


class DayField(forms.MultiValueField):
    """A calendar day, typed as day, month and year."""

    widget = DayWidget

    def __init__(self, **options: Any) -> None:
        """Take the options of a field."""
        options.setdefault("help_text", "For example, 27 3 2026.")
        super().__init__(_parts(3), require_all_fields=False, **options)

    def clean(self, value: Sequence[Any] | None) -> date | None:
        """Return the day, ``None`` where nothing was typed and nothing had to be."""
        typed = _typed(self, value)
        if not typed:
            return None
        if not all(typed):
            raise ValidationError("Enter the day, the month and the year", "incomplete")
        return _day(typed)

    def compress(self, data_list: Sequence[Any]) -> Any:
        """Return nothing: ``clean`` does it all."""
        raise NotImplementedError


class InstantWidget(forms.MultiWidget):
    """Four inputs: day, month, year, and the time as plain text."""

    template_name = "gds/widgets/date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Make the inputs; digits get a keypad on a touch screen."""
        super().__init__([*_day_inputs(), _input("Time", 5, "text")], attrs)

    def decompress(self, value: datetime | None) -> list[Any]:
        """Return what the inputs show of an instant, in the force's zone."""
        if value is None:
            return [None, None, None, None]
        local = value.astimezone(_zone())
        clock = local.strftime("%H:%M:%S" if local.second else "%H:%M")
        if _is_repeated(local):
            clock += f" {local.tzname()}"
        return [local.day, local.month, local.year, clock]


def _day_inputs() -> list[forms.TextInput]:
    return [
        _input("Day", 2, "numeric"),
        _input("Month", 2, "numeric"),
        _input("Year", 4, "numeric"),
    ]


def _parts(count: int) -> tuple[forms.CharField, ...]:
    return tuple(forms.CharField(required=False, max_length=20) for _each in range(count))


def _typed(field: forms.MultiValueField, value: Sequence[Any] | None) -> list[str]:
    """Return what was typed into each input, nothing where all are empty and may be."""
    count = len(field.fields)
    typed = [str(part or "").strip() for part in [*(value or ()), *[""] * count][:count]]
    if any(typed):
        return typed
    if field.required:
        raise ValidationError(field.error_messages["required"], code="required")
    return []


def _input(label: str, width: int, mode: str) -> forms.TextInput:
    kind = f"govuk-input govuk-date-input__input govuk-input--width-{width}"
    return forms.TextInput(attrs={"class": kind, "label": label, "inputmode": mode})


class InstantField(forms.MultiValueField):
    """A local date and time of the force's zone, kept in UTC.

    An hour that the clocks skip is refused, and one that they repeat must say which it is
    (``01:30 BST`` or ``01:30 GMT``): no instant is guessed.

    Args:
        may_be_future: Whether it may lie ahead, as an appointment does; events may not.
    """

    widget = InstantWidget

    def __init__(self, *, may_be_future: bool = False, **options: Any) -> None:
        """Take the options of a field."""
        self.may_be_future = may_be_future
        options.setdefault("help_text", "For example, 27 3 2026 at 14:05. The 24-hour clock.")
        super().__init__(_parts(4), require_all_fields=False, **options)

    def clean(self, value: Sequence[Any] | None) -> datetime | None:
        """Return the instant in UTC, ``None`` where nothing was typed and nothing had to be."""
        typed = _typed(self, value)
        if not typed:
            return None
        if not all(typed):
            raise ValidationError("Enter the day, the month, the year and the time", "incomplete")
        instant = _instant(_day(typed[:3]), typed[3])
        if not self.may_be_future and instant > now_utc() + _ALLOWED_FUTURE:
            raise ValidationError("The date and time must not lie in the future", "future")
        return instant

    def compress(self, data_list: Sequence[Any]) -> Any:
        """Return nothing: ``clean`` does it all."""
        raise NotImplementedError


class ReasonField(forms.CharField):
    """Why something is done; it goes into the audit."""

    def __init__(self, **options: Any) -> None:
        """Take the options of a field."""
        options.setdefault("label", "Reason")
        options.setdefault("max_length", 500)
        options.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        options.setdefault("error_messages", {"required": "Enter the reason"})
        super().__init__(**options)

    def validate(self, value: str) -> None:
        """Refuse what nobody can read, as the act itself does."""
        super().validate(value)
        if value and not says_something(value):
            raise ValidationError("Enter the reason in words", "blank")


class WithdrawReasonField(ReasonField):
    """Why something is said never to have happened, with what that does."""

    def __init__(self, **options: Any) -> None:
        """Take the options of a field."""
        options.setdefault("help_text", WITHDRAWN)
        super().__init__(**options)


class SeenField(forms.CharField):
    """What somebody saw of a record when they began to change it; see ``core.versions``."""

    def __init__(self) -> None:
        """Make it: hidden, and refused where it is missing."""
        words = {"required": "Load the page again"}
        super().__init__(widget=forms.HiddenInput, error_messages=words)


def _zone() -> ZoneInfo:
    zone = timezone.get_default_timezone()
    return ZoneInfo(str(zone))


def _day(typed: Sequence[str]) -> date:
    try:
        day, month, year = (int(part) for part in typed if part.isascii() and part.isdigit())
        found = date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise ValidationError(_NO_DATE, "date") from error
    if not _LEAST_YEAR <= found.year <= _MOST_YEAR:
        raise ValidationError(_NO_DATE, "date")
    return found


def _instant(day: date, typed: str) -> datetime:
    match = _CLOCK.fullmatch(typed)
    clock = _clock(match) if match else None
    if match is None or clock is None:
        raise ValidationError("Enter the time as hours and minutes, such as 14:05", "time")
    return _of_zone(datetime.combine(day, clock), (match[4] or "").upper())


def _clock(match: re.Match[str]) -> time | None:
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        return None


def _of_zone(naive: datetime, name: str) -> datetime:
    if name in {"Z", "UTC"}:
        return naive.replace(tzinfo=UTC)
    both = [naive.replace(tzinfo=_zone(), fold=fold) for fold in (0, 1)]
    real = [each for each in both if each.astimezone(UTC).astimezone(_zone()) == each]
    if not real or real[0].astimezone(UTC).astimezone(_zone()).replace(tzinfo=None) != naive:
        raise ValidationError("The clocks went forward: there was no such time on this day", "gap")
    if name:
        real = [each for each in real if each.tzname() == name]
        if not real:
            raise ValidationError(f"It was not {name} at this time of the year", "zone")
    elif real[0].utcoffset() != real[-1].utcoffset():
        names = " or ".join(str(each.tzname()) for each in real)
        raise ValidationError(
            f"The clocks went back, and this time came twice: add {names} to the time", "twice"
        )
    return real[0].astimezone(UTC)


def _is_repeated(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
