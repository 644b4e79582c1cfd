"""The addresses of matches and alerts."""

from django.urls import path

from polit.web.matching import views

app_name = "matching"
_ALERTS = "cases/<uuid:case_id>/alerts/"
_RESULTS = "cases/<uuid:case_id>/examinations/<uuid:examination_id>/results/"

urlpatterns = [
    path(_ALERTS, views.alerts, name="alerts"),
    path(f"{_ALERTS}<uuid:alert_id>/", views.alert, name="alert"),
    path(f"{_ALERTS}<uuid:alert_id>/<slug:alert_action>/", views.act_on_alert, name="alert_act"),
    path("cases/<uuid:case_id>/match-again/", views.rematch, name="rematch"),
    path("match-again/", views.rematch_all, name="rematch_all"),
    path(f"{_RESULTS}known/", views.known, name="known"),
    path(f"{_RESULTS}stacks/", views.stacks, name="stacks"),
    path("cases/<uuid:case_id>/stacks/", views.case_stacks, name="case_stacks"),
    path("cases/<uuid:case_id>/stacks/<int:stack_id>/", views.stack, name="stack"),
]
