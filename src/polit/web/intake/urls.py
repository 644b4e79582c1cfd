"""The addresses of the intake."""

from django.urls import path

from polit.web.intake import views

app_name = "intake"

urlpatterns = [
    path("cases/<uuid:case_id>/examinations/attach/", views.attach, name="attach"),
    path(
        "cases/<uuid:case_id>/examinations/<uuid:examination_id>/checks/",
        views.checks,
        name="checks",
    ),
    path(
        "cases/<uuid:case_id>/examinations/<uuid:examination_id>/package/<slug:package_action>/",
        views.act_on_package,
        name="package",
    ),
]
