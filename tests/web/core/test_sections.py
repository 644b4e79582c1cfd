"""Registers add to pages that know nothing of them."""

import pytest
from django.http import HttpRequest
from django.utils.safestring import SafeString

from polit.web.core import sections
from polit.web.core.sections import contents_of, register_section, sections_of


@pytest.fixture(autouse=True)
def _no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "_sections", {"case": {}, "home": {}})


def test_sections_stand_in_their_order_and_the_empty_one_is_left_out() -> None:
    label = "components/footer.html"
    register_section("home", 2, label, lambda _: {"polit_version": "second"})
    register_section("home", 1, "components/message.html", lambda _: {"message": "first"})
    register_section("home", 0, "components/navigation.html", lambda _: None)
    shown = sections_of("home", HttpRequest())
    assert ["first" in shown[0], "second" in shown[1], len(shown)] == [True, True, 2]


def test_same_template_again_replaces() -> None:
    register_section("case", 1, "components/message.html", lambda _: {"message": "old"})
    register_section("case", 1, "components/message.html", lambda _: {"message": "new"})
    assert len(sections_of("case", HttpRequest())) == 1


def test_what_a_section_is_given_stays_data() -> None:
    register_section("case", 1, "components/message.html", lambda _: {"message": "<script>"})
    assert "<script>" not in sections_of("case", HttpRequest())[0]


def test_contents_name_each_section_and_lead_to_its_heading() -> None:
    heading = '<h2 class="govuk-heading-m">{}</h2>'
    first = SafeString(heading.format("Risk &amp; care") + heading.format("More"))
    named, bare = contents_of([first, SafeString("<p>bare</p>")])
    assert (named.title, named.anchor) == ("Risk & care", "risk-care-1")
    assert named.html.count(' id="risk-care-1"') == 1
    assert (bare.title, bare.anchor, bare.html) == ("", "section-2", "<p>bare</p>")
