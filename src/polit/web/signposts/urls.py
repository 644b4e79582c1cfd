"""The addresses of signposts."""

from django.urls import path

from polit.web.signposts import views

app_name = "signposts"

urlpatterns = [
    path("signposts/", views.signposts, name="list"),
    path("signposts/add/", views.add, name="add"),
    path("signposts/examples/", views.examples, name="examples"),
    path("signposts/<uuid:signpost_id>/change/", views.change, name="change"),
    path("signposts/<uuid:signpost_id>/end/", views.end, name="end"),
    path("signposts/for/<slug:audience>/", views.leaflet, name="leaflet"),
    path("signposts/for/<slug:audience>/leaflet.pdf", views.leaflet_paper, name="leaflet_paper"),
]
