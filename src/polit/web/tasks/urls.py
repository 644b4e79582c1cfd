"""Addresses of the tasks."""

from django.urls import path

from polit.web.tasks.views import health, system

urlpatterns = [
    path("health/", health, name="health"),
    path("system/", system, name="system"),
]
