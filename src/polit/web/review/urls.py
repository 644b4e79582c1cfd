"""Addresses of the gallery."""

from django.urls import URLPattern, path

from polit.web.review.views import gallery

app_name = "review"

_REVIEW = "cases/<uuid:case_id>/review/"

urlpatterns: list[URLPattern] = [
    path(_REVIEW, gallery.gallery, name="gallery"),
    path(f"{_REVIEW}keys/", gallery.keys, name="keys"),
]
