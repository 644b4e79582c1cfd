"""Django's entry to the review register."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The review register."""

    name = "polit.web.review"
    label = "review"
