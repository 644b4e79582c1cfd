"""Takes alerts and stacks out of sight with a package that is withdrawn, and back with it."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Subquery

from polit.web.matching.models import Alert, AlertPlace, StackRun
from polit.web.media.models import Content, Package
from polit.web.media.rules import PackageState

if TYPE_CHECKING:
    from django.db.models import QuerySet

_IMPORTED = PackageState.IMPORTED.value


def package_followed(package: Package) -> None:
    """Have what hangs on a package follow it, in the act that withdraws or restores it.

    An alert is seen while any package that is not withdrawn holds its content, whatever its own
    matches say: what is sought is not lost with the package that it was found in first. Stacks and
    effect in which the package counted are seen by nobody until they are made anew.

    Args:
        package: The package, as the act keeps it.
    """
    alerts = Alert.objects.filter(case_id=package.case_id)
    if package.state == _IMPORTED:
        _bring_back(package)
    held = Exists(_held(package))
    alerts.filter(~held, is_seen=True).update(is_seen=False)
    alerts.filter(held, is_seen=False).update(is_seen=True)
    shown = Content.objects.filter(pk=OuterRef("content_id"), package__state=_IMPORTED)
    others = _held(package).order_by("id")
    alerts.filter(~Exists(shown), is_seen=True).update(
        content_id=Subquery(others.values("pk")[:1]),
        exhibit_id=Subquery(others.values("package__exhibit_id")[:1]),
    )
    runs = StackRun.objects.filter(case_id=package.case_id)
    (runs.filter(package=None) | runs.filter(package=package)).update(is_ready=False)


def _held(package: Package) -> "QuerySet[Content]":
    return Content.objects.filter(
        sha256=OuterRef("sha256"), package__case_id=package.case_id, package__state=_IMPORTED
    )


def _bring_back(package: Package) -> None:
    """Have the alerts that this package's matches raised name it again as where they were found."""
    own = AlertPlace.objects.filter(alert_id=OuterRef("pk"), package=package)
    raised = Alert.objects.filter(case_id=package.case_id, source__package=package)
    raised.filter(Exists(own)).update(
        content_id=Subquery(own.values("content_id")[:1]), exhibit_id=package.exhibit_id
    )
