"""The addresses of search."""

from django.urls import URLPattern, path

from polit.web.search import views

app_name = "search"

urlpatterns: list[URLPattern] = [path("search/", views.search_page, name="page")]
