"""The site's addresses, and a page that shows every component with hostile values."""

import base64
import io
from datetime import UTC, datetime
from typing import ClassVar

from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from hostile_names import HOSTILE, LONG
from PIL import Image

from polit.web.core.access import access
from polit.web.core.forms import DayField, GovukForm, InstantField, ReasonField
from polit.web.core.rules import PUBLIC, SIGNED_IN
from polit.web.site import urls

handler400 = urls.handler400
VIEWERS = (
    "stack", "loupe", "compare", "storyboard", "player", "timeline", "tree", "facts", "help",
    "members", "lens", "safetiles",
)  # fmt: skip
"""Modules of the gallery's views that a test may load by name."""


class EveryField(GovukForm):
    """One field of each kind."""

    button: ClassVar[str] = "Seal the exhibit"
    name = forms.CharField(label="Name", help_text=HOSTILE["markup"])
    kind = forms.ChoiceField(
        label="Kind of device",
        choices=[("phone", "Phone"), ("disk", HOSTILE["attribute"])],
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(label="Store", choices=[("", ""), ("a", HOSTILE["bidi"])])
    pin = forms.IntegerField(label="PIN", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    photograph = forms.FileField(label="Photograph")
    seized_at = InstantField(label="When was it seized?")
    born_on = DayField(label="Date of birth", required=False)
    powers = forms.MultipleChoiceField(
        label="Powers used",
        choices=[("s8", "Section 8"), ("s19", "Section 19")],
        widget=forms.CheckboxSelectMultiple,
    )
    agreed = forms.BooleanField(label="The seal is intact")
    reason = ReasonField()


@access(PUBLIC, methods=("GET", "POST"))
def components(request: HttpRequest) -> HttpResponse:
    """Show everything."""
    form = EveryField(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form.is_valid()
    shown = {
        "form": form,
        "hostile": HOSTILE,
        "names": list(HOSTILE.values()),
        "long": LONG,
        "summer": datetime(2026, 7, 25, 23, 30, 5, tzinfo=UTC),
        "winter": datetime(2026, 11, 26, 16, 14, tzinfo=UTC),
        "size_bytes": 128_035_676_160,
    }
    return render(request, "components.html", shown)


@access(PUBLIC)
def viewers(request: HttpRequest) -> HttpResponse:
    """Load the views of the gallery without a gallery; the test gives them a context."""
    return render(request, "viewers.html", {"names": VIEWERS})


@access(PUBLIC)
def broken(request: HttpRequest) -> HttpResponse:
    """Fail, with a secret in the message."""
    raise RuntimeError(f"secret of {request.path}")


@access(SIGNED_IN, methods=("POST",))
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("/components/")


@access(SIGNED_IN)
def leak(request: HttpRequest, how: str) -> HttpResponse:
    """Send a picture without any record, which the judge of all traffic must catch."""
    del request
    colour, large, stream = "colour" in how, how != "colour", io.BytesIO()
    size, tint = (160, 120) if large else (20, 15), (200, 40, 90) if colour else (120, 120, 120)
    Image.new("RGB", size, tint).save(stream, "WEBP" if large else "PNG")
    data = stream.getvalue()
    if how == "base64":
        return HttpResponse(f"<img src='data:image/webp;base64,{base64.b64encode(data).decode()}'>")
    if how == "packed":
        data = b"\2\0\0\0{}\0\0" + data
    return HttpResponse(data, content_type="application/octet-stream")


urlpatterns = [
    *urls.urlpatterns,
    path("leak/<slug:how>/", leak, name="leak"),
    path("components/", components),
    path("viewers/", viewers),
    path("broken/", broken),
    path("leave/", leave, name="leave"),
]
