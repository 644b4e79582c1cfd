"""The gallery's page: one grid over a case, an exhibit or a queue; and the page of its keys."""

from typing import TypedDict
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from polit.web.core.access import access, case_access_of
from polit.web.core.attempts import sent
from polit.web.grading.queries.figures import progress_of, strategy_list
from polit.web.review.forms import KeysForm
from polit.web.review.keyboard import KEY_ACTIONS, KeyChoice, key_words, keys_of
from polit.web.review.page_config import address_of, page_config
from polit.web.review.rules import PART_OF_PAGE, REVIEWING
from polit.web.review.scope import DATES, FILTERS, HIDDEN, ReviewScope, scope_of

_KEYS_KEPT = "review_keys"
_BAR = {
    "line": (
        ("unsure", "Unsure"), ("undo", "Undo"), ("next_pending", "Next pending"),
        ("reveal_page", "Reveal page"), ("reveal_selection", "Reveal chosen"),
        ("colour", "Colour"), ("open", "Open"), ("stack", "Stack"), ("compare", "Compare"),
        ("facts", "Facts"), ("hide", "Hide now"), ("urgent", "Urgent"), ("help", "Keys"),
    ),
    "more": (
        ("clear", "Clear the category"), ("redo", "Redo"), ("tag", "Tag"), ("note", "Note"),
        ("reveal_one", "Reveal this one"), ("select", "Choose this one"),
        ("select_page", "Choose page"), ("select_none", "Choose none"), ("tree", "Folders"),
        ("timeline", "Timeline"),
    ),
}  # fmt: skip
_BESIDE = (
    ("strategy", "Strategy"), ("proposals", "Proposals"), ("second", "Second review"),
    ("sample", "Blind sample"), ("keys", "Other keys"),
)  # fmt: skip
_QUESTIONS = (
    {"id": "review-tag", "label": "Tags", "button": "Tag", "hint": "Several are parted by commas."},
    {"id": "review-note", "label": "Note", "button": "Note it", "hint": ""},
    {
        "id": "review-urgent-reason",
        "label": "What threatens the child?",
        "button": "Override limits",
        "hint": "Breaks and limits no longer stand in the way. Each unveiling is recorded so.",
    },
)


class Choice(TypedDict):
    """One list of the filter form."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


@access(REVIEWING)
def gallery(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the grid; the items come by requests of the page's script."""
    granted = case_access_of(request)
    scope = scope_of(request.GET)
    table_url = f"{address_of('table', case_id)}?{scope.query}"
    shown = {
        "case": granted.case,
        "scope_words": scope.words,
        "config": page_config(request, granted, scope, chosen_keys(request)),
        "is_filtered": scope.is_filtered,
        "choices": _choices(scope),
        "dates": [
            {"name": name, "label": label, "value": scope.value(name)} for name, label in DATES
        ],
        **bar_of(),
        "kept": [(name, scope.value(name)) for name in HIDDEN if scope.value(name)],
        "table_url": table_url,
        "beside": [
            (table_url, "As a table"),
            *((address_of(name, case_id), words) for name, words in _BESIDE),
        ],
    }
    return render(request, "review/gallery.html", shown)


@access(PART_OF_PAGE)
def progress(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Say how far the review is by what was agreed; asked for by the page, which need not wait."""
    del case_id
    granted = case_access_of(request)
    agreed = next(iter(strategy_list(granted)), None)
    return JsonResponse(
        {"text": progress_of(granted, agreed).text, "is_agreed": agreed is not None}
    )


@access(REVIEWING, methods=("GET", "POST"))
def keys(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Choose other letters for the keys, or none; kept until one signs out, as all of a session."""
    choice = chosen_keys(request)
    form = KeysForm(sent(request), choice=choice)
    if request.method == "POST" and form.is_valid():
        kept = form.choice()
        request.session[_KEYS_KEPT] = {"letters": dict(kept.letters), "is_on": kept.is_on}
        return redirect("review:gallery", case_id=case_id)
    shown = {
        "case": case_access_of(request).case,
        "form": form,
        "rows": [(each, key_words(keys_of(choice)[each.name])) for each in KEY_ACTIONS],
    }
    return render(request, "review/keys.html", shown)


def bar_of(left_out: frozenset[str] = frozenset()) -> dict[str, object]:
    """Return the buttons of the grid without some, and what they ask, as the templates take it."""
    bar = {
        name: tuple(each for each in buttons if each[0] not in left_out)
        for name, buttons in _BAR.items()
    }
    return {"bar": bar, "questions": _QUESTIONS}


def chosen_keys(request: HttpRequest) -> KeyChoice:
    """Return the officer's letters for the keys."""
    kept = request.session.get(_KEYS_KEPT)
    return KeyChoice(kept["letters"], is_on=kept["is_on"]) if kept else KeyChoice({})


def _choices(scope: ReviewScope) -> list[Choice]:
    return [
        {"name": each.name, "label": each.label, "options": each.options,
         "value": scope.value(each.name)}
        for each in FILTERS
    ]  # fmt: skip
