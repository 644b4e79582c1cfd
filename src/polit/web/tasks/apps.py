"""Django's entry to the tasks."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """The tasks."""

    name = "polit.web.tasks"
    label = "tasks"
