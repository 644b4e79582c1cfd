"""Django's entry to the signposts register."""

from django.apps import AppConfig

from polit.web.core.titles import register_titles


class SignpostsConfig(AppConfig):
    """The signposts register."""

    name = "polit.web.signposts"
    label = "signposts"

    def ready(self) -> None:
        """Name the acts."""
        register_titles({
            "signposts.add": "Signpost added",
            "signposts.change": "Signpost changed",
            "signposts.end": "Signpost ended",
        })  # fmt: skip
