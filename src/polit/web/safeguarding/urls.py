"""The addresses of safeguarding: tasks, children, disclosures."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.safeguarding import views

app_name = "safeguarding"
_TASKS = "cases/<uuid:case_id>/safeguarding/"

_child: list[URLPattern | URLResolver] = [
    path("", views.child, name="child"),
    path("change/", views.child_change_page, name="child_change"),
    path("standing/<slug:child_action>/", views.child_standing_page, name="child_standing"),
    path("steps/<slug:child_step>/add/", views.step_add, name="step_add"),
    path("steps/<slug:child_step>/<uuid:step_id>/correct/", views.step_correct_page,
         name="step_correct"),
    path("steps/<slug:child_step>/<uuid:step_id>/withdraw/", views.step_withdraw_page,
         name="step_withdraw"),
    path("contacts/add/", views.contact_add, name="contact_add"),
    path("contacts/<uuid:contact_id>/<slug:contact_action>/", views.contact_act_page,
         name="contact_act"),
]  # fmt: skip
_disclosures: list[URLPattern | URLResolver] = [
    path("", views.disclosures, name="disclosures"),
    path("add/", views.disclosure_add, name="disclosure_add"),
    path("<uuid:disclosure_id>/correct/", views.disclosure_correct, name="disclosure_correct"),
    path("<uuid:disclosure_id>/withdraw/", views.disclosure_withdraw_page,
         name="disclosure_withdraw"),
]  # fmt: skip

urlpatterns: list[URLPattern | URLResolver] = [
    path("children/", views.children, name="children"),
    path("cases/<uuid:case_id>/children/", views.case_children, name="case_children"),
    path("cases/<uuid:case_id>/children/add/", views.child_add_page, name="child_add"),
    path("cases/<uuid:case_id>/children/<uuid:child_id>/", include(_child)),
    path("cases/<uuid:case_id>/disclosures/", include(_disclosures)),
    path(_TASKS, views.tasks, name="list"),
    path(f"{_TASKS}<uuid:task_id>/", views.task, name="task"),
    path(f"{_TASKS}<uuid:task_id>/<slug:task_action>/", views.act_on_task, name="task_act"),
]
