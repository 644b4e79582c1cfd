"""Charges at court, of which victims are told too: the register of courts stands above this one.

It says in its ``AppConfig.ready()`` where charges are. Who was told of a charge is not told again
of the outcome of an arrest that says the same, and the other way about.
"""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from polit.web.arrests.anchored import Anchored
from polit.web.arrests.models import Arrest, ArrestOutcome
from polit.web.arrests.rules import OutcomeKind
from polit.web.core.models import SupersededQuerySet

_models: list[type[Anchored]] = []


def register_charges(model: type[Anchored]) -> None:
    """Say where charges are kept: rows with ``place``, ``arrest`` and ``charged_at``."""
    _models[:] = [model]


def charges() -> SupersededQuerySet[Anchored] | None:
    """Return the charges that hold; ``None`` where no register keeps any."""
    return _models[0].objects.standing() if _models else None


def is_told_by_itself() -> tuple[Combinable, ...]:
    """Return what has to hold of the charge ``of`` on ``who`` for a victim to be told of it.

    It is the first one by which that defendant is charged, apart from charges on another arrest,
    and no arrest that it is on has ended in a charge: the victim is told of that.
    """
    found = charges()
    if found is None:
        return ()
    same = Q(place=OuterRef("who"), case=OuterRef("case"))
    alike = Q(arrest=None) | Q(arrest=Coalesce(OuterRef("arrest"), F("arrest")))
    earlier = Q(charged_at__lt=OuterRef("at")) | Q(
        charged_at=OuterRef("at"), first__lt=OuterRef("of")
    )
    arrests = Arrest.objects.standing().filter(
        place=OuterRef(OuterRef("who")), first=Coalesce(OuterRef(OuterRef("arrest")), F("first"))
    )
    ended = ArrestOutcome.objects.standing().filter(
        arrest__in=arrests.values("first"), kind=OutcomeKind.CHARGE.value
    )
    corrections = _models[0].objects.filter(corrects=OuterRef("row"))
    return ~Exists(corrections), ~Exists(found.filter(same, alike, earlier)), ~Exists(ended)


def charges_on_outcome() -> QuerySet[Anchored]:
    """Return the charges that say what the outcome of the arrest ``of`` of ``who`` does.

    To be asked within a query of contacts, which is asked within one of outcomes.
    """
    arrest = OuterRef(OuterRef("of"))
    found = charges()
    assert found is not None
    same = Q(place=OuterRef(OuterRef("who")))
    return found.filter(same, Q(arrest=arrest) | Q(arrest=None))
