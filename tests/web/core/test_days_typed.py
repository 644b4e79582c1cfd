"""Days and instants at the ends of the calendar are told on the form and never break a page."""

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from polit.web.core.fields import DayField, InstantField
from polit.web.core.templatetags.values import instant


@pytest.mark.parametrize(
    "year", ["0", "26", "999", "9999", "10000", "9" * 12, "9" * 20, "9" * 5000]
)
def test_year_that_is_none_is_told(year: str) -> None:
    with pytest.raises(ValidationError, match="real date"):
        DayField().clean(["1", "1", year])
    with pytest.raises(ValidationError, match="real date"):
        InstantField(may_be_future=True).clean(["1", "1", year, "00:00"])


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_earliest_and_latest_instants_are_shown_in_every_zone(zone: str) -> None:
    with override_settings(TIME_ZONE=zone):
        for day in (["1", "1", "1000"], ["31", "12", "9998"]):
            for clock in ("00:00 UTC", "23:59"):
                found = InstantField(may_be_future=True).clean([*day, clock])
                assert "datetime=" in instant(found)
