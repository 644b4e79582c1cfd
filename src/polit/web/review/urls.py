"""Addresses of the gallery."""

from django.urls import path

from polit.web.review.views import data, gallery, grading

app_name = "review"

_REVIEW = "cases/<uuid:case_id>/review/"

urlpatterns = [
    path(_REVIEW, gallery.gallery, name="gallery"),
    path(f"{_REVIEW}keys/", gallery.keys, name="keys"),
    path(f"{_REVIEW}decide", grading.decide_places, name="decide"),
    path(f"{_REVIEW}undo", grading.undo, name="undo"),
    path(f"{_REVIEW}redo", grading.redo, name="redo"),
    path(f"{_REVIEW}order", data.order, name="order"),
    path(f"{_REVIEW}tiles", data.tiles, name="tiles"),
]
