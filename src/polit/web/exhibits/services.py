"""What is done to exhibits."""

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.rules import SeizedThing, Seizure, check_imei, check_reference


def exhibit_seize(
    actor: Actor, *, reason: str, case: CaseLike, seizure: Seizure, thing: SeizedThing
) -> Exhibit:
    """Record that a thing was seized.

    Raises:
        UsageError: The reference is taken or cannot be printed, the IMEI is not one, or the
            seizure lies in the future.
    """
    exhibit = _exhibit_of(case, seizure, thing)
    with act(actor, "exhibits.seize", reason=reason, case=case, nature=Nature.COLLECTION) as deed:
        _check_reference_is_free(case, exhibit.reference)
        exhibit.save()
        deed.about("exhibit", exhibit.id, label=exhibit.reference, device_kind=exhibit.device_kind)
    return exhibit


def _check_reference_is_free(case: CaseLike, reference: str) -> None:
    if Exhibit.objects.filter(case_id=case.id, reference__iexact=reference).exists():
        raise UsageError(f"{reference}: this case has an exhibit of that reference already")


def _exhibit_of(case: CaseLike, seizure: Seizure, thing: SeizedThing) -> Exhibit:
    if seizure.seized_at > now_utc():
        raise UsageError("seized: this instant has not come yet")
    device = thing.device
    return Exhibit(
        case_id=case.id,
        reference=check_reference(thing.reference),
        description=thing.description,
        producer_name=seizure.producer.name,
        producer_number=seizure.producer.number,
        device_kind=device.kind.value,
        finer_kind=device.finer_kind,
        make=device.make,
        model=device.model,
        marks=device.marks,
        capacity=device.capacity,
        serial=device.serial,
        imei=check_imei(device.imei),
        is_imei_unreadable=device.is_imei_unreadable,
        identifiers=device.identifiers,
        condition=thing.condition,
        powered=thing.powered.value,
        quantity=thing.quantity,
        containers=thing.containers,
        owner_text=thing.owner,
        seized_at=seizure.seized_at,
        seized_place=seizure.place,
        power_code=seizure.power_code,
        power_reference=seizure.power_reference,
        agreement=seizure.agreement,
        scope=seizure.scope,
    )
