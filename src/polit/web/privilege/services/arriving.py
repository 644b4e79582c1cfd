"""What arrives is checked before anybody sees it: within the act that takes a package in."""

from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import Actor
from polit.web.media.models import Package
from polit.web.privilege.models import Hold
from polit.web.privilege.queries import terms_latest
from polit.web.privilege.rules import HoldKind
from polit.web.privilege.services.blocking import arrived_copies, entries_block
from polit.web.privilege.services.holding import hold_apply, terms_block

_STANDING = (HoldKind.EXHIBIT.value, HoldKind.FOLDER.value)
_REASON = "A package arrived: terms, folders and contents that are quarantined in the case"


def package_arrived(actor: Actor, package: Package) -> int:
    """Quarantine what of an arriving package falls under what stands; within the import's act.

    A case without lists of terms and acts of quarantine pays three looks into empty indexes.

    Returns:
        How many entries it quarantined.
    """
    case = Case.objects.select_for_update().get(pk=package.case_id)
    terms = terms_latest(case.pk)
    standing = list(
        Hold.objects.filter(case=case, exhibit_id=package.exhibit_id, kind__in=_STANDING)
    )
    copies = arrived_copies(case.pk, package.number)
    if terms is None and not standing and not copies:
        return 0
    with act(actor, "privilege.package_hold", reason=_REASON, case=case) as deed:
        entries = entries_block(case.pk, copies)
        if terms is not None:
            entries += terms_block(case.pk, package.number, tuple(terms.terms.splitlines()))
        entries += sum(hold_apply(each, package.number) for each in standing)
        deed.about("package", package.pk, label=package.package_id, entries=entries)
        if entries:
            Hold(case=case, kind=HoldKind.IMPORT.value, exhibit_id=package.exhibit_id,
                 term_list=terms, entries=entries, by=actor.name, reason=_REASON).save()  # fmt: skip
    return entries
