"""Quarantines: by a list of terms, and by hand. No name or path goes into the audit."""

from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.core.versions import check_unchanged
from polit.web.exhibits.models import Exhibit
from polit.web.media.models import Content, Entry, Package
from polit.web.media.quarantine import contents_visible, entries_visible
from polit.web.media.rules import Ground, PackageState
from polit.web.privilege.models import Hold, TermList
from polit.web.privilege.queries import (
    folders_matching,
    packages_there,
    term_matches,
    terms_count,
    terms_latest,
)
from polit.web.privilege.rules import HOLDERS, TERM_WRITERS, HoldKind
from polit.web.privilege.services.blocking import (
    entries_below,
    entries_block,
    folders_block,
)


def terms_apply(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    terms: tuple[str, ...],
    seen: str | None = None,
) -> TermList:
    """Quarantine whatever of a case holds one of some terms; what arrives later follows them.

    The list replaces the one before for what arrives later; what that one quarantined stays.

    Args:
        actor: Who applies it.
        reason: Why.
        access: The case.
        terms: As ``rules.terms_of`` returns them.
        seen: The mark of the count that was looked at (``queries.terms_count``).

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The count is another one by now.
    """
    _check(actor, TERM_WRITERS)
    with act(actor, "privilege.terms_apply", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        case = _hold_case(access)
        if seen is not None:
            check_unchanged(seen, terms_count(access, terms).mark)
        last = terms_latest(case.pk)
        kept = TermList(
            case=case, version=last.version + 1 if last else 1, terms="\n".join(terms),
            by=actor.name, reason=reason,
        )  # fmt: skip
        kept.save()
        entries = sum(terms_block(case.pk, number, terms) for number in packages_there(case.pk))
        hold = Hold(case=case, kind=HoldKind.TERMS.value, term_list=kept, entries=entries,
                    by=actor.name, reason=reason)  # fmt: skip
        hold.save()
        deed.about("term_list", kept.pk, version=kept.version, terms=len(terms), entries=entries)
    return kept


def terms_block(case_id: UUID, package_number: int, terms: tuple[str, ...]) -> int:
    """Quarantine what of a package holds terms; within the act. Return how many entries."""
    found = dict.fromkeys(term_matches(package_number, terms), Ground.TERMS)
    folders = folders_matching(package_number, terms)
    inside = Entry.objects.filter(folder_id__in=folders) if folders else Entry.objects.none()
    for pk in inside.values_list("pk", flat=True):
        found.setdefault(pk, Ground.TERMS)
    folders_block(case_id, folders)
    return entries_block(case_id, found)


def entry_hold(actor: Actor, *, reason: str, access: CaseAccess, entry_id: int) -> Hold:
    """Quarantine one entry of a case, with its copies and what lies inside.

    Raises:
        Entry.DoesNotExist: The case has none of that number, or it is quarantined already.
        AuthorityError: Their roles do not allow it.
    """
    _check(actor, HOLDERS)
    with act(actor, "privilege.entry_hold", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        case = _hold_case(access)
        rows = entries_visible().filter(
            package__case_id=case.pk, package__state=PackageState.IMPORTED.value
        )
        entry = rows.select_related("package").get(pk=entry_id)
        entries = entries_block(case.pk, {entry.pk: Ground.HAND})
        hold = Hold(case=case, kind=HoldKind.ENTRY.value, exhibit_id=entry.package.exhibit_id,
                    entries=entries, by=actor.name, reason=reason)  # fmt: skip
        hold.save()
        deed.about("entry", str(entry_id), entries=entries)
    return hold


def content_hold(actor: Actor, *, reason: str, access: CaseAccess, content_id: int) -> Hold:
    """Quarantine all entries of a case that have a content.

    Raises:
        Content.DoesNotExist: The case has none of that number to be seen.
        AuthorityError: Their roles do not allow it.
    """
    _check(actor, HOLDERS)
    with act(actor, "privilege.content_hold", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        case = _hold_case(access)
        rows = contents_visible().filter(
            package__case_id=case.pk, package__state=PackageState.IMPORTED.value
        )
        content: Content = rows.get(pk=content_id)
        named = Entry.objects.filter(content=content).values_list("pk", flat=True)
        entries = entries_block(case.pk, dict.fromkeys(named, Ground.HAND))
        hold = Hold(case=case, kind=HoldKind.CONTENT.value, entries=entries, by=actor.name,
                    reason=reason)  # fmt: skip
        hold.save()
        deed.about("content", str(content_id), entries=entries)
    return hold


def folder_hold(
    actor: Actor, *, reason: str, access: CaseAccess, exhibit_id: UUID, prefix: str = ""
) -> Hold:
    """Quarantine a folder of an exhibit with all below, or the whole exhibit; also what arrives.

    Args:
        actor: Who does it.
        reason: Why.
        access: The case.
        exhibit_id: The exhibit.
        prefix: The folder's path as its entries have it; empty for the whole exhibit.

    Raises:
        UsageError: The case has no such exhibit, or nothing lies below the path.
        AuthorityError: Their roles do not allow it.
    """
    _check(actor, HOLDERS)
    stem = prefix.replace("\x00", "").rstrip("/")
    kind = HoldKind.FOLDER if stem else HoldKind.EXHIBIT
    with act(actor, f"privilege.{kind.value}_hold", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        case = _hold_case(access)
        exhibit = Exhibit.objects.filter(case_id=case.pk, pk=exhibit_id).first()
        if exhibit is None:
            raise UsageError("there is no such exhibit in this case")
        there = set(packages_there(case.pk))
        packages = Package.objects.filter(exhibit=exhibit, number__in=there)
        met = entries = 0
        for number in packages.values_list("number", flat=True):
            found, folders = entries_below(number, stem)
            met += len(found)
            folders_block(case.pk, folders)
            entries += entries_block(case.pk, found)
        if stem and not met:
            raise UsageError("nothing of this exhibit lies below this path: copy it exactly")
        hold = Hold(case=case, kind=kind.value, exhibit=exhibit, prefix=stem, entries=entries,
                    by=actor.name, reason=reason)  # fmt: skip
        hold.save()
        deed.about("exhibit", exhibit.pk, label=exhibit.reference, entries=entries)
    return hold


def hold_apply(hold: Hold, package_number: int) -> int:
    """Apply a standing act on an exhibit or a folder to a package that arrived; within an act."""
    found, folders = entries_below(package_number, hold.prefix)
    folders_block(hold.case_id, folders)
    return entries_block(hold.case_id, found)


def _hold_case(access: CaseAccess) -> Case:
    return Case.objects.select_for_update().get(pk=access.case.id)


def _check(actor: Actor, roles: frozenset[Role]) -> None:
    if not roles_of(actor) & roles:
        raise AuthorityError("your roles do not quarantine for legal privilege")
