"""The components of a page. What a person or a device wrote goes through ``person_text``."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from polit.base.text import visible
from polit.web.core.templatetags.values import instant, person_text
from polit.web.core.tones import Tone

register = template.Library()

_NOTHING = SafeString("")


def _markup(pattern: str, *values: object) -> SafeString:
    """Fill markup in; what is not markup already cannot act, and cannot mislead either."""
    shown = (each if isinstance(each, SafeString) else visible(str(each)) for each in values)
    return format_html(pattern, *shown)


def _joined(pattern: str, rows: Iterable[tuple[object, ...]]) -> SafeString:
    filled = [_markup(pattern, *values) for values in rows]
    return format_html("{}" * len(filled), *filled) if filled else _NOTHING


@register.simple_tag
def status(label: str, tone: str = "grey") -> SafeString:
    """Write a state as a tag; the words say it, the tone only helps the eye.

    Args:
        label: The state in words.
        tone: One of ``Tone``.
    """
    return _markup('<strong class="govuk-tag govuk-tag--{}">{}</strong>', Tone(tone).value, label)


@register.simple_block_tag
def summary_list(content: SafeString, title: str = "") -> SafeString:
    """Frame rows of facts about one thing, as a card when it has a title."""
    rows = _markup('<dl class="govuk-summary-list">{}</dl>', content)
    if not title:
        return rows
    return _markup(
        '<div class="govuk-summary-card"><div class="govuk-summary-card__title-wrapper">'
        '<h2 class="govuk-summary-card__title">{}</h2></div>'
        '<div class="govuk-summary-card__content">{}</div></div>',
        title,
        rows,
    )


@register.simple_block_tag
def fact(content: SafeString, key: str, href: str = "", action: str = "Change") -> SafeString:
    """Write one row of a summary list.

    Args:
        content: The value.
        key: What it is.
        href: Where it can be changed; empty where it cannot.
        action: The word of that link; what it changes follows unseen, for screen readers.
    """
    link = _NOTHING
    if href:
        link = _markup(
            '<dd class="govuk-summary-list__actions"><a class="govuk-link" href="{}">{}'
            '<span class="govuk-visually-hidden"> {}</span></a></dd>',
            href,
            action,
            key.lower(),
        )
    return _markup(
        '<div class="govuk-summary-list__row{}"><dt class="govuk-summary-list__key">{}</dt>'
        '<dd class="govuk-summary-list__value">{}</dd>{}</div>',
        "" if href else " govuk-summary-list__row--no-actions",
        key,
        content,
        link,
    )


@register.simple_block_tag
def table(content: SafeString, caption: str, *columns: str, compact: bool = True) -> SafeString:
    """Frame rows with a caption and headed columns; the frame scrolls where the page is narrow.

    Args:
        content: Rows.
        caption: What the table lists.
        columns: The heads; one that ends in ``:number`` heads a column of numbers.
        compact: Whether many rows are to fit on a page.
    """
    heads = _joined(
        '<th scope="col" class="govuk-table__header{}">{}</th>',
        (
            (
                " govuk-table__header--numeric" if column.endswith(":number") else "",
                column.removesuffix(":number"),
            )
            for column in columns
        ),
    )
    return _markup(
        '<div class="polit-table-frame" role="region" aria-label="{}" tabindex="0">'
        '<table class="govuk-table{}"><caption class="govuk-table__caption '
        'govuk-table__caption--m">{}</caption><thead class="govuk-table__head">'
        '<tr class="govuk-table__row">{}</tr></thead>'
        '<tbody class="govuk-table__body">{}</tbody></table></div>',
        caption,
        " polit-table--compact" if compact else "",
        caption,
        heads,
        content,
    )


@register.simple_block_tag
def row(content: SafeString) -> SafeString:
    """Frame the cells of one row."""
    return _markup('<tr class="govuk-table__row">{}</tr>', content)


@register.simple_block_tag
def row_head(content: SafeString) -> SafeString:
    """Write the cell that names its row; each row has one."""
    return _markup('<th scope="row" class="govuk-table__header">{}</th>', content)


@register.simple_block_tag
def cell(content: SafeString, *, number: bool = False) -> SafeString:
    """Write a cell."""
    kind = " govuk-table__cell--numeric" if number else ""
    return _markup('<td class="govuk-table__cell{}">{}</td>', kind, content)


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(
    context: Context, after: str, older: str = "Older", newest: str = "Newest"
) -> dict[str, Any]:
    """Link to the rows that follow, and back to the beginning, keeping what was filtered by.

    Args:
        context: The page's context, with its request.
        after: ``Page.after``; empty on the last page.
        older: The word for going on.
        newest: The word for the beginning.
    """
    request = context["request"]
    query = request.GET.copy()
    was_after = query.pop("after", None)
    first = query.urlencode()
    if after:
        query["after"] = after
    return {
        "next_query": query.urlencode() if after else "",
        "first_query": first,
        "is_first": not was_after,
        "older": older,
        "newest": newest,
    }


@register.simple_block_tag
def banner(content: SafeString, title: str = "Important", *, success: bool = False) -> SafeString:
    """Say what concerns the whole page, above its heading."""
    return _markup(
        '<div class="govuk-notification-banner{}" role="{}" aria-label="{}" '
        'data-module="govuk-notification-banner"><div class="govuk-notification-banner__header">'
        '<h2 class="govuk-notification-banner__title">{}</h2></div>'
        '<div class="govuk-notification-banner__content">{}</div></div>',
        " govuk-notification-banner--success" if success else "",
        "alert" if success else "region",
        title,
        title,
        content,
    )


@register.simple_block_tag
def warning(content: SafeString) -> SafeString:
    """Warn of a consequence."""
    return _markup(
        '<div class="govuk-warning-text">'
        '<span class="govuk-warning-text__icon" aria-hidden="true">!</span>'
        '<strong class="govuk-warning-text__text">'
        '<span class="govuk-visually-hidden">Warning</span> {}</strong></div>',
        content,
    )


@register.simple_block_tag
def inset(content: SafeString) -> SafeString:
    """Set a passage apart."""
    return _markup('<div class="govuk-inset-text">{}</div>', content)


@register.simple_block_tag
def details(content: SafeString, summary: str) -> SafeString:
    """Fold away what few need."""
    return _markup(
        '<details class="govuk-details"><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        summary,
        content,
    )


@register.simple_block_tag
def beside(content: SafeString, title: str) -> SafeString:
    """Fill the column beside the content; the content then takes two thirds."""
    return _markup(
        '<aside class="govuk-grid-column-one-third" aria-label="{}"><div class="polit-beside">'
        '<h2 class="govuk-heading-s">{}</h2>{}</div></aside>',
        title,
        title,
        content,
    )


@register.simple_block_tag
def timeline(content: SafeString, label: str) -> SafeString:
    """Frame events in the order in which they were recorded."""
    return _markup('<ol class="polit-timeline" aria-label="{}">{}</ol>', label, content)


@register.simple_block_tag
def event(
    content: SafeString,
    title: str,
    *,
    at: Any,
    by: str,
    recorded_at: Any = None,
    superseded: bool = False,
) -> SafeString:
    """Write one event of a timeline.

    Args:
        content: What is to be said of it, paragraphs and lists.
        title: What happened.
        at: When.
        by: Who, as they wrote their name; empty where nobody is named.
        recorded_at: When it was written down, where that is told as well.
        superseded: Whether a later event corrects it; it stays readable.
    """
    mark = _NOTHING
    if superseded:
        mark = _markup(" {}", status("Corrected later", "yellow"))
    who = _markup(" by {}", person_text(by)) if by else _NOTHING
    recorded = _NOTHING
    if recorded_at is not None:
        recorded = _markup("; recorded {}", instant(recorded_at))
    return _markup(
        '<li class="polit-timeline__event{}"><h3 class="polit-timeline__title govuk-heading-s">'
        "{}{}</h3>"
        '<p class="polit-timeline__by govuk-body-s">{}{}{}</p>{}</li>',
        " polit-timeline__event--superseded" if superseded else "",
        _markup('<span class="polit-timeline__name">{}</span>', title),
        mark,
        instant(at),
        who,
        recorded,
        content,
    )


@register.simple_block_tag
def task_list(content: SafeString) -> SafeString:
    """Frame what is to be done."""
    return _markup('<ul class="govuk-task-list">{}</ul>', content)


@register.simple_block_tag
def task(
    content: SafeString, name: str, state: str, tone: str = "blue", href: str = ""
) -> SafeString:
    """Write one task: a link while it can be done, its state beside it, a hint below.

    Args:
        content: The hint; may be empty.
        name: What is to be done.
        state: How far it is, in words.
        tone: One of ``Tone``.
        href: Where it is done; empty while it cannot be.
    """
    hint = _NOTHING
    if content.strip():
        hint = _markup('<div class="govuk-task-list__hint">{}</div>', content)
    label = _markup("<div>{}</div>", name)
    if href:
        label = _markup('<a class="govuk-link govuk-task-list__link" href="{}">{}</a>', href, name)
    return _markup(
        '<li class="govuk-task-list__item{}"><div class="govuk-task-list__name-and-hint">{}{}'
        '</div><div class="govuk-task-list__status">{}</div></li>',
        " govuk-task-list__item--with-link" if href else "",
        label,
        hint,
        status(state, tone),
    )


@register.simple_tag
def crumbs(*pairs: str) -> SafeString:
    """Write the way to this page: label, address, label, address, and so on, outermost first."""
    return _markup(
        '<nav class="govuk-breadcrumbs" aria-label="Breadcrumb">'
        '<ol class="govuk-breadcrumbs__list">{}</ol></nav>',
        _joined(
            '<li class="govuk-breadcrumbs__list-item">'
            '<a class="govuk-breadcrumbs__link" href="{}"><bdi>{}</bdi></a></li>',
            ((href, label) for label, href in _pairs(pairs)),
        ),
    )


def _pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(values[::2], values[1::2], strict=True))


@register.simple_block_tag
def tabs(content: SafeString, label: str) -> SafeString:
    """Frame links to the pages of one thing, as tabs; no script is needed."""
    return _markup('<nav aria-label="{}"><ul class="polit-tabs">{}</ul></nav>', label, content)


@register.simple_tag
def tab(label: str, href: str, *, current: bool = False) -> SafeString:
    """Write one tab."""
    return _markup(
        '<li><a class="govuk-link govuk-link--no-visited-state polit-tabs__link" href="{}"{}>'
        "{}</a></li>",
        href,
        SafeString(' aria-current="page"') if current else "",
        label,
    )


@register.simple_tag
def link_button(label: str, href: str, *, secondary: bool = False) -> SafeString:
    """Write a link that starts something, as a button."""
    return _markup(
        '<a href="{}" role="button" draggable="false" class="govuk-button{}" '
        'data-module="govuk-button">{}</a>',
        href,
        " govuk-button--secondary" if secondary else "",
        label,
    )


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(context: Context, label: str, action: str, kind: str = "") -> dict[str, Any]:
    """Write a button that posts nothing but the wish; with a reason to give, use a form.

    Args:
        context: The page's context, with its CSRF token.
        label: What it does.
        action: Where it posts to.
        kind: ``secondary`` or ``warning``.
    """
    return {
        "label": label,
        "action": action,
        "kind": kind,
        "csrf_token": context.get("csrf_token"),
    }
