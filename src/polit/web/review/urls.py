"""Addresses of the gallery."""

from django.urls import URLPattern, path

from polit.web.review.views import data

app_name = "review"

_REVIEW = "cases/<uuid:case_id>/review/"

urlpatterns: list[URLPattern] = [
    path(f"{_REVIEW}order", data.order, name="order"),
    path(f"{_REVIEW}tiles", data.tiles, name="tiles"),
]
"""Pages and answers of the gallery."""
