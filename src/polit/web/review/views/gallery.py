"""The gallery's page: one grid over a case, an exhibit or a queue; and the page of its keys."""

from typing import TypedDict
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from polit.web.core.access import access, case_access_of
from polit.web.core.attempts import sent
from polit.web.review.forms import KeysForm
from polit.web.review.keyboard import CATEGORY_KEYS, KEY_ACTIONS, KeyChoice, keys_of
from polit.web.review.rules import PART_OF_PAGE, REVIEWING
from polit.web.review.scope import DATES, FILTERS, ReviewScope, scope_of

_KEYS_KEPT = "review_keys"
_PARTS = (
    "order", "tiles", "facets", "folders", "timeline", "table", "changes", "unveil", "seen",
    "decide", "undo", "redo", "split",
)  # fmt: skip
_BAR = (
    ("clear", "Clear"), ("unsure", "Unsure"), ("next_pending", "Next pending"),
    ("reveal_one", "Reveal"), ("reveal_selection", "Reveal chosen"),
    ("reveal_page", "Reveal page"), ("colour", "Colour"), ("select", "Choose"),
    ("select_page", "Choose page"), ("select_none", "Choose none"), ("open", "Open"),
    ("stack", "Stack"), ("compare", "Compare"), ("facts", "Facts"), ("tag", "Tag"),
    ("note", "Note"), ("undo", "Undo"), ("redo", "Redo"), ("urgent", "Urgent"),
    ("help", "Help"), ("hide", "Hide now"),
)  # fmt: skip
_QUESTIONS = (
    {"id": "review-tag", "label": "Tags", "button": "Tag", "hint": "Several are parted by commas."},
    {"id": "review-note", "label": "Note", "button": "Note it", "hint": ""},
    {
        "id": "review-urgent-reason",
        "label": "What threatens the child?",
        "button": "Override limits",
        "hint": "Breaks and limits no longer stand in the way. Each unveiling is recorded as urgent.",
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
    session = None
    shown = {
        "case": granted.case,
        "scope_words": scope.words,
        "config": _config(request, case_id, scope),
        "session": session,
        "session_url": _address("session", case_id),
        "progress": "",
        "is_filtered": scope.is_filtered,
        "choices": _choices(scope),
        "dates": [
            {"name": name, "label": label, "value": scope.value(name)} for name, label in DATES
        ],
        "bar_actions": _BAR,
        "questions": _QUESTIONS,
        "table_url": f"{_address('table', case_id)}?{scope.query}",
        "keys_url": reverse("review:keys", kwargs={"case_id": case_id}),
    }
    return render(request, "review/gallery.html", shown)


@access(PART_OF_PAGE, methods=("GET", "POST"))
def keys(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Choose other letters for the keys, or none; kept until one signs out, as all of a session."""
    choice = _chosen(request)
    form = KeysForm(sent(request), choice=choice)
    if request.method == "POST" and form.is_valid():
        kept = form.choice()
        request.session[_KEYS_KEPT] = {"letters": dict(kept.letters), "is_on": kept.is_on}
        return redirect("review:gallery", case_id=case_id)
    shown = {
        "case": case_access_of(request).case,
        "form": form,
        "rows": [(each, keys_of(choice)[each.name]) for each in KEY_ACTIONS],
    }
    return render(request, "review/keys.html", shown)


def _config(request: HttpRequest, case_id: UUID, scope: ReviewScope) -> dict[str, object]:
    choice = _chosen(request)
    return {
        "case_id": str(case_id),
        "urls": _addresses(case_id),
        "csrf": get_token(request),
        "categories": _categories(),
        "flags": _flags(),
        "scope": scope.parameters,
        "session": None,
        "keys": keys_of(choice),
        "keys_on": choice.is_on,
        "provisional": False,
    }


def _addresses(case_id: UUID) -> dict[str, str]:
    found = {name: _address(name, case_id) for name in _PARTS}
    found["item"] = _address("item", case_id, place=0)
    sessions = {f"session_{name}": _address(f"session_{name}", case_id) for name in
                ("state", "hide", "idle", "end", "break")}  # fmt: skip
    return {name: url for name, url in (found | sessions).items() if url}


def _address(name: str, case_id: UUID, **more: object) -> str:
    try:
        return reverse(f"review:{name}", kwargs={"case_id": case_id, **more})
    except NoReverseMatch:
        return f"{reverse('review:gallery', kwargs={'case_id': case_id})}{name}"


def _chosen(request: HttpRequest) -> KeyChoice:
    kept = request.session.get(_KEYS_KEPT)
    return KeyChoice(kept["letters"], is_on=kept["is_on"]) if kept else KeyChoice({})


def _choices(scope: ReviewScope) -> list[Choice]:
    return [
        {"name": each.name, "label": each.label, "options": each.options,
         "value": scope.value(each.name)}
        for each in FILTERS
    ]  # fmt: skip


def _categories() -> list[dict[str, str]]:
    from polit.match.schemes import scheme_get

    scheme = scheme_get("uk-2014/1")
    return [
        {"code": each.code, "label": each.label, "key": key, "tone": ""}
        for each, key in zip(scheme.codes, CATEGORY_KEYS, strict=False)
    ]


def _flags() -> list[dict[str, str]]:
    from polit.web.items.rules import Flag

    return [
        {"name": each.name.lower(), "label": each.name.replace("_", " ").capitalize()}
        for each in Flag
        if each.name
    ]
