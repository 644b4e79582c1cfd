"""Which packages may be attached to a case, and by whom."""

from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote

from polit.base.errors import PolitError, UsageError
from polit.package.seal import parse_manifest, read_manifest_bytes
from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.queries import case_access, case_by_reference, cases_for
from polit.web.media.places import package_folder


def packages_offered(user: User, names: Iterable[str]) -> tuple[str, ...]:
    """Return the packages that a person may be shown, in their order.

    Those of a case that they do not see are left out: their names alone tell that it exists, and
    whoever attached them elsewhere would see its entries. A case's packages lie in a folder of
    its name.
    """
    seen = cases_for(user).values("pk")
    hidden = frozenset(Case.objects.exclude(pk__in=seen).values_list("reference", flat=True))
    return tuple(name for name in names if unquote(name.partition("/")[0]) not in hidden)


def check_attachable(user: User, place: str) -> None:
    """Refuse a package that names a case which the person does not see, wherever it lies.

    Raises:
        UsageError: It names such a case.
    """
    named = ""
    # One that cannot be read is looked at by the worker, who says what is wrong with it.
    with suppress(PolitError):
        named = parse_manifest(read_manifest_bytes(package_folder(place))).case
    other = case_by_reference(named)
    if other is not None and case_access(user, other.id) is None:
        raise UsageError("the package names another case: who has access to both may attach it")
