"""The addresses of warrants."""

from django.urls import URLPattern

app_name = "warrants"

urlpatterns: list[URLPattern] = []
