"""Says on a page how many entries it leaves out for legal privilege: the account stays whole."""

from uuid import UUID

from django import template

from polit.web.media.models import Package
from polit.web.media.quarantine import quarantined_count

register = template.Library()


@register.inclusion_tag("media/quarantined.html")
def quarantined_note(case_id: UUID, package: Package | None = None) -> dict[str, object]:
    """Write how many entries are quarantined; nothing where none is. One query.

    Args:
        case_id: The case.
        package: A package of it; ``None`` for all of the case.
    """
    number = package.number if package else None
    return {"count": quarantined_count(case_id, number), "case_id": case_id}
