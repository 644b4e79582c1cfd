"""The addresses of arrests."""

from django.urls import URLPattern

app_name = "arrests"

urlpatterns: list[URLPattern] = []
