"""The addresses of results."""

from django.urls import path

from polit.web.media import views

app_name = "media"
_RESULTS = "cases/<uuid:case_id>/examinations/<uuid:examination_id>/results/"

urlpatterns = [
    path(_RESULTS, views.results, name="results"),
    path(f"{_RESULTS}entries/", views.entries, name="entries"),
    path(f"{_RESULTS}entries/download/", views.download, name="download"),
    path(f"{_RESULTS}folders/", views.folders, name="folders"),
    path(f"{_RESULTS}tiles/", views.tiles, name="tiles"),
    path("cases/<uuid:case_id>/tiles/<int:content_id>/", views.tile, name="tile"),
    path("cases/<uuid:case_id>/entries/<int:entry_id>/", views.entry, name="entry"),
]
