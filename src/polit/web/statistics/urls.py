"""The addresses of statistics."""

from django.urls import path

from polit.web.statistics import views

app_name = "statistics"

urlpatterns = [
    path("statistics/", views.statistics_page, name="page"),
    path("statistics/rows/", views.rows_page, name="rows"),
    path("statistics/runs/<uuid:run_id>/", views.run_page, name="run"),
    path("statistics/runs/<uuid:run_id>/changes/", views.run_changes_page, name="changes"),
    path("statistics/runs/<uuid:run_id>/paper/", views.run_paper, name="paper"),
    path("statistics/<slug:figure_key>/", views.record_list_page, name="records"),
]
