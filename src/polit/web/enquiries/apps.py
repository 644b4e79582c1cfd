"""Django's entry to the enquiries register."""

from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    """The enquiries register."""

    name = "polit.web.enquiries"
    label = "enquiries"
