"""The package of the examination in an address, asked for once, however many parts show it."""

from uuid import UUID

from django.http import HttpRequest

from polit.web.core.access import case_access_of
from polit.web.media.models import Package
from polit.web.media.queries import package_get


def package_asked(request: HttpRequest, examination_id: UUID) -> Package:
    """Return the imported package of an examination.

    Raises:
        Package.DoesNotExist: There is none in this case.
    """
    held: dict[UUID, Package] = request.__dict__.setdefault("packages_asked", {})
    if examination_id not in held:
        held[examination_id] = package_get(case_access_of(request), examination_id)
    return held[examination_id]
