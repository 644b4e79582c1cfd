"""What is done to the areas and teams of the force, by which work is found and counted."""

from uuid import UUID

from django.db import IntegrityError, transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.services import act
from polit.web.cases.models import Unit
from polit.web.cases.queries import roles_of
from polit.web.cases.rules import UnitKind, check_keeps_units, check_unit_name
from polit.web.core.acting import Actor


def unit_add(actor: Actor, *, reason: str, kind: UnitKind | str, name: str) -> Unit:
    """Add an area or a team.

    Args:
        actor: A supervisor, or polit.
        reason: Why.
        kind: ``area`` or ``team``.
        name: As the force calls it; of those that hold a name stands once a kind.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It has no name, or there is one of this name.
    """
    check_keeps_units(roles_of(actor))
    unit = Unit(kind=UnitKind(kind).value, name=check_unit_name(name))
    with act(actor, "cases.unit_add", reason=reason) as deed:
        try:
            with transaction.atomic():
                unit.save()
        except IntegrityError as error:
            raise UsageError(f"there is a {unit.kind} of this name already") from error
        deed.about("unit", unit.id, label=unit.name, unit_kind=unit.kind)
    return unit


def unit_end(actor: Actor, *, reason: str, unit_id: UUID) -> Unit:
    """End an area or a team: no further case goes to it, and those that did are still counted.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: There is none of this id, or it ended already.
    """
    check_keeps_units(roles_of(actor))
    with act(actor, "cases.unit_end", reason=reason) as deed:
        unit = Unit.objects.select_for_update().filter(pk=unit_id, ended_at=None).first()
        if unit is None:
            raise UsageError("this area or team ended already: load the page again")
        unit.ended_at, unit.ended_by = now_utc(), actor.name
        unit.save()
        deed.about("unit", unit.id, label=unit.name, unit_kind=unit.kind)
    return unit
