"""Which items a case has quarantined for legal privilege: they keep their places, unseen."""

from typing import Any

from polit.web.media.quarantine import content_shown


def item_shown() -> Any:
    """Return the condition that an item is not quarantined in its case."""
    return content_shown(case="review_set__case_id")
