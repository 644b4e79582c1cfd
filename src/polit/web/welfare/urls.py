"""The addresses of welfare."""

from django.urls import path

from polit.web.welfare import views

app_name = "welfare"
_SESSION = "cases/<uuid:case_id>/review/session/"

urlpatterns = [
    path(_SESSION, views.session, name="session"),
    path(f"{_SESSION}state", views.session_state, name="session_state"),
    path(f"{_SESSION}hide", views.session_hide, name="session_hide"),
    path(f"{_SESSION}idle", views.session_idle, name="session_idle"),
    path(f"{_SESSION}break", views.session_break, name="session_break"),
    path(f"{_SESSION}end", views.session_end, name="session_end"),
    path(f"{_SESSION}after/", views.check_in, name="check_in"),
    path(f"{_SESSION}<slug:session_action>/", views.session_act, name="session_act"),
    path("cases/<uuid:case_id>/outcome/", views.outcome, name="outcome"),
    path("welfare/", views.own, name="own"),
    path("welfare/settings/", views.settings, name="settings"),
    path("welfare/opt-outs/", views.opt_outs, name="opt_outs"),
    path("welfare/record/", views.record, name="record"),
    path("welfare/record.pdf", views.record_paper, name="record_pdf"),
    path("welfare/team/", views.team, name="team"),
    path("welfare/team/induction/", views.induction, name="induction"),
]
