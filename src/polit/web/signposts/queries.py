"""What is asked of signposts. They are about nobody: whoever works on cases may read them."""

from uuid import UUID

from django.db.models import QuerySet

from polit.web.core.versions import version_of
from polit.web.signposts.models import Signpost
from polit.web.signposts.rules import Audience


def signposts_all() -> QuerySet[Signpost]:
    """Return every signpost, ended ones too."""
    return Signpost.objects.all()


def signposts_for(audience: Audience) -> list[Signpost]:
    """Return the signposts that hold for somebody, by name. One query."""
    rows = Signpost.objects.filter(ended_at=None, **{f"for_{audience.value}": True})
    return list(rows.order_by("name"))


def help_hint(audience: Audience) -> str:
    """Return where somebody finds help, as the hint of a form; empty without signposts. One query.

    It is plain text: whoever shows it escapes it.
    """
    named = []
    for each in signposts_for(audience):
        ways = ", ".join(way for way in (each.telephone, each.website) if way)
        named.append(f"{each.name} ({ways})" if ways else each.name)
    return f"Help that can be named: {'; '.join(named)}." if named else ""


def signpost_get(signpost_id: UUID) -> Signpost:
    """Return a signpost that holds.

    Raises:
        Signpost.DoesNotExist: There is none of that identifier.
    """
    return Signpost.objects.get(pk=signpost_id, ended_at=None)


def signpost_version(signpost: Signpost) -> str:
    """Return a mark of what a signpost says."""
    names = ("name", "purpose", "telephone", "website", "hours")
    return version_of({
        **{name: str(getattr(signpost, name)) for name in names},
        "audiences": [each.value for each in signpost.audiences],
    })  # fmt: skip
