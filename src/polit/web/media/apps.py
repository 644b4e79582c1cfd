"""Django's entry to the media register."""

from django.apps import AppConfig

from polit.web.core.sightings import register_sightings


class MediaConfig(AppConfig):
    """The media register."""

    name = "polit.web.media"
    label = "media"

    def ready(self) -> None:
        """Say where digests were found."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.media.sightings import seen_contents  # noqa: PLC0415

        register_sightings("media", seen_contents)
