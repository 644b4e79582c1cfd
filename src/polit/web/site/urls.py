"""All addresses: one line for each register, and nothing else."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.site.views import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("polit.web.tasks.urls")),
]
