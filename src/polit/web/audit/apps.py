"""Django's entry to the audit register."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit register."""

    name = "polit.web.audit"
    label = "audit"
