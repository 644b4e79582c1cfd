"""The addresses of clocks."""

from django.urls import URLPattern, path

from polit.web.clocks import views

app_name = "clocks"

urlpatterns: list[URLPattern] = [path("tasks/", views.due_page, name="list")]
