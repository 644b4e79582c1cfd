"""Keeps where matches came from, and raises what they alert to."""

from dataclasses import dataclass

from polit.base.clock import now_utc
from polit.web.core.acting import Actor
from polit.web.matching.models import ContentMatch, MatchSet, MatchSource
from polit.web.matching.services.raising import alerts_raise
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
    source = MatchSource(
        package=package, number=package.number, made_at=matched.made_at, imported_at=now_utc(),
        signer_sha256=package.signer_sha256,
    )  # fmt: skip
    source_count(source)
    source.save()
    if source.matches:
        raised = alerts_raise(actor, reason=reason, source=source)
        source.alerts_raised = raised.new
        source.save()
    return source


def source_count(source: MatchSource) -> None:
    """Count the sets and matches of a source; the caller saves it."""
    own = rows_of(source.number)
    source.sets = MatchSet.objects.filter(id__range=own).count()
    source.matches = ContentMatch.objects.filter(id__range=own).count()
