"""Addresses of the gallery."""

from django.urls import path

from polit.web.review.views import grading

app_name = "review"

_REVIEW = "cases/<uuid:case_id>/review/"

urlpatterns = [
    path(f"{_REVIEW}decide", grading.decide_places, name="decide"),
    path(f"{_REVIEW}undo", grading.undo, name="undo"),
    path(f"{_REVIEW}redo", grading.redo, name="redo"),
]
