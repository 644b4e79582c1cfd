"""What is done with packages in the record: taking entries out as a file."""

from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.media.models import Package
from polit.web.media.rules import EntryWanted


def entries_disclose(
    actor: Actor, *, reason: str, package: Package, wanted: EntryWanted, purpose: str
) -> None:
    """Record that a package's entries leave as a file, before a byte of it does."""
    with act(
        actor,
        "media.entries_export",
        reason=reason,
        case=package.case,
        purpose=purpose,
        nature=Nature.DISCLOSURE,
    ) as deed:
        deed.about(
            "package",
            package.id,
            label=package.package_id,
            form="csv",
            rows_sha256=package.rows_sha256,
            conditions=wanted.conditions,
        )
