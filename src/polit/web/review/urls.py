"""Addresses of the gallery."""

from django.urls import URLPattern

app_name = "review"

_REVIEW = "cases/<uuid:case_id>/review/"

urlpatterns: list[URLPattern] = []
