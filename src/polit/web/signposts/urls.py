"""The addresses of signposts."""

from django.urls import URLPattern

app_name = "signposts"

urlpatterns: list[URLPattern] = []
