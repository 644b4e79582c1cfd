"""Where digests that somebody reported were found: in the packages of the reader's cases."""

from collections.abc import Iterator

from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.core.due import Waiting
from polit.web.core.sightings import Sighting
from polit.web.media.quarantine import contents_visible
from polit.web.media.rules import PackageState

_MOST = 100


def seen_contents(user: Waiting, sha256s: frozenset[str]) -> Iterator[Sighting]:
    """Return where contents were found, by SHA-256: the one digest that the record indexes.

    What is quarantined for legal privilege was found nowhere.
    """
    if not isinstance(user, User):
        return
    rows = (
        contents_visible()
        .filter(
            sha256__in=[bytes.fromhex(each) for each in sorted(sha256s)],
            package__state=PackageState.IMPORTED.value,
            package__case__in=cases_for(user),
            package__examination__isnull=False,
        )
        .select_related("package__case", "package__exhibit")
    )
    for each in rows.order_by("sha256", "package")[:_MOST]:
        package = each.package
        address = reverse("media:results", args=[package.case_id, package.examination_id])
        exhibit = f"Exhibit {package.exhibit.reference}"
        yield Sighting(bytes(each.sha256).hex(), package.case.reference, address, exhibit)
