"""Forms: markup that cannot act, words that say what to do, instants that are not guessed."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django import forms
from django.template import Context, Template
from hostile_names import HOSTILE

import polit.web.core
from polit.web.core.fields import DayWidget, InstantWidget
from polit.web.core.forms import DayField, GovukForm, InstantField, ReasonField
from polit.web.core.templatetags.form_errors import error_links

TEMPLATES = Path(polit.web.core.__file__).parent / "templates"
MARKUP = HOSTILE["markup"]


class Hostile(GovukForm):
    button: ClassVar[str] = "{{ form }}" + MARKUP
    name = forms.CharField(label=MARKUP, help_text=MARKUP)
    kind = forms.ChoiceField(label=MARKUP, choices=[("a", MARKUP)], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(
        label=MARKUP, choices=[("a", MARKUP)], widget=forms.CheckboxSelectMultiple
    )
    place = forms.ChoiceField(label=MARKUP, choices=[("a", HOSTILE["bidi"])])
    agreed = forms.BooleanField(label=MARKUP)
    at = InstantField(label=MARKUP)


class Plain(GovukForm):
    name = forms.CharField(label="Name", max_length=10)
    pin = forms.IntegerField(label="PIN")
    place = forms.ChoiceField(label="Store", choices=[("a", "A")])
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    photograph = forms.FileField(label="Photograph")
    intact = forms.BooleanField(label="Is the seal intact?")
    reason = ReasonField()
    hidden = forms.CharField(widget=forms.HiddenInput, label="Order")


class When(GovukForm):
    at = InstantField(label="When")


class Planned(GovukForm):
    at = InstantField(label="When", may_be_future=True, required=False)


class Born(GovukForm):
    on = DayField(label="Date of birth", required=False)


def rendered(form: GovukForm) -> str:
    source = (
        "{% load crispy_forms_tags crispy_forms_gds %}{% error_summary form %}{% crispy form %}"
    )
    return Template(source).render(Context({"form": form}))


def at(day: object, month: object, year: object, clock: str) -> dict[str, Any]:
    return {"at_0": day, "at_1": month, "at_2": year, "at_3": clock}


def errors(form: GovukForm) -> list[str]:
    return [link.message for link in error_links(form)]


class Why(GovukForm):
    reason = ReasonField()


@pytest.mark.parametrize("reason", ["\u200b", "\u3164", "\u2800", "--"])
def test_reason_that_nobody_can_read_is_asked_for_again(reason: str) -> None:
    assert errors(Why({"reason": reason})) == ["Enter the reason in words"]
    assert errors(Why({"reason": f"{reason} for the court"})) == []


def test_labels_hints_choices_and_button_stay_text() -> None:
    for form in (Hostile(), Hostile({"name": MARKUP})):
        markup = rendered(form)
        assert "<script>" not in markup
        assert "<img" not in markup
        assert "&lt;script&gt;" in markup
        assert "\u202e" not in markup
        assert "{{ form }}" in markup


def test_no_script_or_style_stands_in_the_markup() -> None:
    markup = rendered(Plain({}))
    for inline in ("<script", "<style", " style=", " onclick=", "javascript:"):
        assert inline not in markup


def test_no_template_of_a_form_marks_data_as_safe() -> None:
    used = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    assert used
    assert not [text for text in used if "|safe" in text or "autoescape off" in text]


def test_browser_neither_checks_nor_keeps_what_is_typed() -> None:
    markup = rendered(Plain())
    assert "novalidate" in markup
    assert 'autocomplete="off"' in markup
    assert " required" not in markup
    assert " maxlength=" not in markup
    assert markup.count('spellcheck="false"') == 3


def test_each_missing_answer_says_what_to_do() -> None:
    assert errors(Plain({})) == [
        "Enter order",
        "Enter name",
        "Enter PIN",
        "Choose store",
        "Enter password",
        "Choose a file",
        "Answer the question: Is the seal intact?",
        "Enter the reason",
    ]


def test_own_words_of_a_field_are_kept() -> None:
    class Own(GovukForm):
        name = forms.CharField(error_messages={"required": "Tell us the name"})

    assert errors(Own({})) == ["Tell us the name"]


def test_inputs_with_errors_are_marked() -> None:
    markup = rendered(Plain({"pin": "x"}))
    assert "PIN must be a number" in markup
    assert "govuk-select--error" in markup
    assert markup.count("govuk-input--error") >= 3


def test_error_of_the_whole_form_stands_first() -> None:
    form = Plain({})
    form.add_error(None, "Nothing fits together")
    assert error_links(form)[0].message == "Nothing fits together"
    assert error_links(form)[0].target == ""


def test_red_button_warns() -> None:
    class Destroy(GovukForm):
        warns: ClassVar[bool] = True

    assert "govuk-button--warning" in rendered(Destroy())


def test_optional_field_says_so() -> None:
    assert "Date of birth (optional)" in rendered(Born())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (at(26, 7, 2026, "14:05"), datetime(2026, 7, 26, 13, 5, tzinfo=UTC)),
        (at(" 5", "01", "2026", "9.07"), datetime(2026, 1, 5, 9, 7, tzinfo=UTC)),
        (at(5, 1, 2026, "09:07:59"), datetime(2026, 1, 5, 9, 7, 59, tzinfo=UTC)),
        (at(26, 7, 2026, "14:05Z"), datetime(2026, 7, 26, 14, 5, tzinfo=UTC)),
        (at(25, 10, 2026, "01:30 BST"), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (at(25, 10, 2026, "01:30 gmt"), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (at(29, 2, 2024, "00:00"), datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_local_time_becomes_an_instant(typed: dict[str, Any], expected: datetime) -> None:
    form = Planned(typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["at"] == expected


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (at(30, 2, 2026, "10:00"), "real date"),
        (at("x", 2, 2026, "10:00"), "real date"),
        (at("٣", 2, 2026, "10:00"), "real date"),
        (at(1, 2, 99999, "10:00"), "real date"),
        (at(1, 2, 2026, "25:00"), "hours and minutes"),
        (at(1, 2, 2026, "ten"), "hours and minutes"),
        (at(1, "", 2026, "10:00"), "the day, the month, the year and the time"),
        (at(29, 3, 2026, "01:30"), "no such time"),
        (at(25, 10, 2026, "01:30"), "add BST or GMT"),
        (at(1, 7, 2026, "01:30 GMT"), "not GMT"),
        (at(1, 1, 2026, "01:30 CET"), "not CET"),
    ],
)
def test_time_that_is_none_is_refused(typed: dict[str, Any], words: str) -> None:
    assert words in errors(Planned(typed))[0]


def test_event_in_the_future_is_refused() -> None:
    assert "future" in errors(When(at(1, 1, 2999, "10:00")))[0]
    assert Planned(at(1, 1, 2999, "10:00")).is_valid()


def test_time_of_the_beginning_and_end_of_all_years_is_refused_or_read() -> None:
    for year in (1, 9999):
        for month, day in ((1, 1), (12, 31)):
            form = Planned(at(day, month, year, "00:00"))
            assert form.is_valid() or errors(form)


def test_nothing_typed_is_nothing_where_it_may_be() -> None:
    form = Planned({})
    assert form.is_valid()
    assert form.cleaned_data["at"] is None
    assert errors(When({})) == ["Enter when"]


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (datetime(2026, 7, 26, 13, 5, tzinfo=UTC), ["26", "7", "2026", "14:05"]),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), ["25", "10", "2026", "01:30 GMT"]),
        (datetime(2026, 1, 5, 9, 7, 9, tzinfo=UTC), ["5", "1", "2026", "09:07:09"]),
    ],
)
def test_shown_instant_is_read_back(instant: datetime, shown: list[str]) -> None:
    assert [str(each) for each in InstantWidget().decompress(instant)] == shown
    form = Planned(at(*shown))
    assert form.is_valid()
    assert form.cleaned_data["at"] == instant


def test_day_is_read_and_shown() -> None:
    form = Born({"on_0": "7", "on_1": "3", "on_2": "1980"})
    assert form.is_valid()
    assert form.cleaned_data["on"] == date(1980, 3, 7)
    assert DayWidget().decompress(date(1980, 3, 7)) == [7, 3, 1980]
    assert Born({}).is_valid()
    assert "the month and the year" in errors(Born({"on_0": "7"}))[0]


def test_errors_link_to_something_that_takes_the_focus() -> None:
    form = Hostile({})
    markup = rendered(form)
    targets = [link.target for link in error_links(form)]
    assert targets == ["id_name", "id_kind_1", "id_many_1", "id_place", "id_agreed", "id_at_0"]
    assert all(f'id="{target}"' in markup for target in targets)
