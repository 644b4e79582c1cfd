"""Django's entry to the media register."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """The media register."""

    name = "polit.web.media"
    label = "media"
