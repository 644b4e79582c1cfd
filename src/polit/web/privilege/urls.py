"""The addresses of privilege."""

from django.urls import URLPattern

app_name = "privilege"

urlpatterns: list[URLPattern] = []
