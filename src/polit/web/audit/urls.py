"""Addresses of the audit."""

from django.urls import path

from polit.web.audit import views

app_name = "audit"
urlpatterns = [
    path("audit/", views.event_list, name="list"),
    path("audit/checkpoints/", views.checkpoint_list, name="checkpoints"),
    path("audit/<uuid:event_id>/", views.event_show, name="event"),
    path("audit/<uuid:event_id>/proof/", views.event_prove, name="proof"),
    path("cases/<uuid:case_id>/audit/", views.case_events, name="case"),
]
