"""The force's zone, in whose days periods are counted."""

from datetime import date

from django.utils import timezone

from polit.base.clock import now_utc


def force_zone() -> str:
    """Return the name of the force's zone."""
    return str(timezone.get_default_timezone())


def today() -> date:
    """Return the present day there."""
    return timezone.localdate(now_utc(), timezone.get_default_timezone())
