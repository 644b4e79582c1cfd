"""Components: markup of ours around text that cannot act."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from hostile_names import HOSTILE

BIDI = HOSTILE["bidi"]


def rendered(source: str, query: str = "", **values: object) -> str:
    request = RequestFactory().get(f"/list/{query}")
    return Template(source).render(Context({"request": request, **values}))


@pytest.mark.parametrize(
    "source",
    [
        "{% status name 'green' %}",
        "{% fact name href=name action=name %}{{ name }}{% endfact %}",
        "{% summary_list name %}{{ name }}{% endsummary_list %}",
        "{% table name name 'Size:number' %}{{ name }}{% endtable %}",
        "{% row %}{% row_head %}{{ name }}{% endrow_head %}{% endrow %}",
        "{% cell number=True %}{{ name }}{% endcell %}",
        "{% banner name %}{{ name }}{% endbanner %}",
        "{% warning %}{{ name }}{% endwarning %}",
        "{% inset %}{{ name }}{% endinset %}",
        "{% details name %}{{ name }}{% enddetails %}",
        "{% beside name %}{{ name }}{% endbeside %}",
        "{% timeline name %}{{ name }}{% endtimeline %}",
        "{% event name at=None by=name %}{{ name }}{% endevent %}",
        "{% task_list %}{% task name name href=name %}{{ name }}{% endtask %}{% endtask_list %}",
        "{% crumbs name name %}",
        "{% tabs name %}{% tab name name current=True %}{% endtabs %}",
        "{% link_button name name %}",
        "{% post_button name name 'warning' %}",
        "{% pager name name name %}",
        "{% person_text name %}{{ name|visible_text }}",
    ],
)
def test_component_escapes_each_of_its_parts(source: str) -> None:
    markup = rendered(source, name=HOSTILE["markup"])
    assert "<script>" not in markup
    assert "<img" not in markup
    assert 'onerror="' not in markup
    assert "&amp;lt;" not in markup


def test_labels_show_what_turns_the_text() -> None:
    for source in ("{% crumbs name '/' %}", "{% tab name '/' %}", "{% status name %}"):
        assert "\u202e" not in rendered(source, name=BIDI)


def test_fact_names_what_its_link_changes() -> None:
    markup = rendered("{% fact 'Seal' href='/x/' %}A1{% endfact %}")
    assert '<span class="govuk-visually-hidden"> seal</span>' in markup
    assert "no-actions" not in markup


def test_table_has_caption_and_scopes() -> None:
    markup = rendered("{% table 'Files' 'Name' 'Size:number' %}{% endtable %}")
    assert "<caption" in markup
    assert markup.count('scope="col"') == 2
    assert 'govuk-table__header--numeric">Size<' in markup


def test_pager_keeps_the_filter_and_goes_on() -> None:
    markup = rendered("{% pager '42' %}", "?kind=video&after=17")
    assert 'href="?kind=video&amp;after=42"' in markup
    assert 'href="?kind=video"' in markup


def test_pager_is_silent_on_a_single_page() -> None:
    assert rendered("{% pager '' %}").strip() == ""


def test_superseded_event_says_so_in_words() -> None:
    markup = rendered("{% event 'Sealed' at=None by='A. Example' superseded=True %}{% endevent %}")
    assert "Corrected later" in markup


def test_unknown_tone_is_refused() -> None:
    with pytest.raises(ValueError, match="pink"):
        rendered("{% status 'Open' 'pink' %}")


def test_crumb_without_address_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        rendered("{% crumbs 'Cases' '/' 'OP-1' %}")


def test_unknown_tag_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% no_such_tag %}")
