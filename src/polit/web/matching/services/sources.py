"""Keeps where matches came from, and raises what they alert to."""

from dataclasses import dataclass

from polit.base.clock import now_utc
from polit.web.core.acting import Actor
from polit.web.matching.models import Alert, ContentMatch, MatchSet, MatchSource
from polit.web.matching.services.raising import alerts_raise
from polit.web.matching.services.withdrawing import package_followed
from polit.web.media.models import Package
from polit.web.media.rules import rows_of


@dataclass(frozen=True, slots=True)
class PackageMatched:
    """A package whose matches are all here.

    Args:
        package: The package, as its last act keeps it.
        made_at: When it was sealed, as it states.
    """

    package: Package
    made_at: str


def package_matched(actor: Actor, *, reason: str, matched: PackageMatched) -> MatchSource:
    """Keep a package as the first source of its matches, in the act that imports it.

    Its alerts are raised in the same transaction: nobody sees the package without them.

    Raises:
        NoAct: There is no act that it belongs to.
    """
    package = matched.package
    source = MatchSource(package=package, number=package.number, made_at=matched.made_at)
    source.rows_sha256, source.signer_sha256 = package.rows_sha256, package.signer_sha256
    source_finish(actor, reason=reason, source=source)
    hidden = Alert.objects.filter(case_id=package.case_id, is_seen=False)
    if hidden.exists():
        # Of packages that were withdrawn: this one may hold what they alerted to.
        package_followed(package)
    return source


def source_finish(actor: Actor, *, reason: str, source: MatchSource) -> None:
    """Keep a source whose rows are all here, and raise its alerts, in the act that imports it.

    What is known of the package's contents is written already.
    """
    own = rows_of(source.number)
    source.state = "imported"
    source.imported_at = now_utc()
    source.sets = MatchSet.objects.filter(id__range=own).count()
    source.matches = ContentMatch.objects.filter(id__range=own).count()
    source.save()
    source.alerts_raised = alerts_raise(actor, reason=reason, source=source).new
    source.save()
