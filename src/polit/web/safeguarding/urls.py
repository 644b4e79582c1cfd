"""The addresses of safeguarding tasks."""

from django.urls import path

from polit.web.safeguarding import views

app_name = "safeguarding"
_TASKS = "cases/<uuid:case_id>/safeguarding/"

urlpatterns = [
    path(_TASKS, views.tasks, name="list"),
    path(f"{_TASKS}<uuid:task_id>/", views.task, name="task"),
    path(f"{_TASKS}<uuid:task_id>/<slug:task_action>/", views.act_on_task, name="task_act"),
]
