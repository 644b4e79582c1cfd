"""The addresses of court."""

from django.urls import URLPattern

app_name = "court"

urlpatterns: list[URLPattern] = []
