"""The page on which a person chooses light or dark. It is kept in their session, not on disk."""

from typing import ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.core.access import access
from polit.web.core.context import theme_of
from polit.web.core.forms import GovukForm
from polit.web.core.rules import SIGNED_IN

_SYSTEM = "system"
_CHOICES = [(_SYSTEM, "As on my computer"), ("light", "Light"), ("dark", "Dark")]


class AppearanceForm(GovukForm):
    """One question."""

    button: ClassVar[str] = "Use this"
    theme = forms.ChoiceField(
        label="Colours of the pages",
        choices=_CHOICES,
        widget=forms.RadioSelect,
    )


@access(SIGNED_IN, methods=("GET", "POST"))
def appearance(request: HttpRequest) -> HttpResponse:
    """Ask, and keep the answer for the session."""
    form = AppearanceForm(request.POST or None, initial={"theme": theme_of(request) or _SYSTEM})
    if request.method == "POST" and form.is_valid():
        request.session["theme"] = form.cleaned_data["theme"]
        return redirect("appearance")
    return render(request, "form.html", {"form": form, "heading": "Appearance"})
