"""Addresses of the gallery."""

from django.urls import URLPattern, path

from polit.web.review.views import unveil

app_name = "review"

_REVIEW = "cases/<uuid:case_id>/review/"

urlpatterns: list[URLPattern] = [
    path(f"{_REVIEW}unveil", unveil.unveil, name="unveil"),
    path(f"{_REVIEW}seen", unveil.seen, name="seen"),
]
