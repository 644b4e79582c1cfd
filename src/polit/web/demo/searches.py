"""Warrants and what is seized under them in the synthetic force."""

from dataclasses import replace
from datetime import timedelta

from polit.web.demo.asking import ask
from polit.web.demo.force import REASON, Scene, invented_address
from polit.web.demo.plan import pick
from polit.web.exhibits.rules import DeviceFacts, DeviceKind, Person, SeizedThing, Seizure
from polit.web.exhibits.services import exhibit_seize, exhibit_split
from polit.web.exhibits.services.exhibits import SplitOff
from polit.web.risk.rules import Occasion
from polit.web.warrants.models import Warrant, WarrantExecution
from polit.web.warrants.rules import (
    Entries,
    GivenExecution,
    GivenGrant,
    GivenPremises,
    GivenWarrant,
    WarrantKind,
)
from polit.web.warrants.services import (
    execution_correct,
    execution_record,
    warrant_apply,
    warrant_grant,
)

_THINGS = (
    (DeviceKind.PHONE, "smartphone", "Mobile phone, black", "Example", "Pebble 4"),
    (DeviceKind.COMPUTER, "laptop", "Laptop computer", "Specimen", "Slate 13"),
    (DeviceKind.STORAGE, "usb-stick", "USB stick", "Sample", "Twig"),
    (DeviceKind.STORAGE, "hard-disk", "External hard disk", "Sample", "Brick 2"),
    (DeviceKind.COMPUTER, "tablet", "Tablet", "Example", "Leaf"),
)


def obtain(scene: Scene) -> Warrant:
    """Apply for the warrant and have it granted, some days before it is executed."""
    given = scene.given
    first = min([given.executed_at, *given.executed_again])
    applied_at = first - timedelta(days=4 + pick("applied", given.number, 8))
    home = invented_address(f"home-{given.stretch.code}", given.number)
    premises = [GivenPremises(home, scene.suspect.pk)]
    if given.executed_again:
        premises += [GivenPremises(invented_address("garage", n), None) for n in (1, 2)]
    warrant = warrant_apply(
        scene.actor, reason=REASON, access=scene.access,
        given=GivenWarrant(
            reference=f"W/{given.reference}",
            power_code="pca-1978-s4",
            court="Northmere Magistrates' Court (synthetic)",
            applicant=scene.lead.full_name,
            applied_at=applied_at,
            kind=WarrantKind.ALL_PREMISES if given.executed_again else WarrantKind.SPECIFIC,
            entries=Entries.MULTIPLE if given.executed_again else Entries.SINGLE,
            premises=tuple(premises),
        ),
    )  # fmt: skip
    return warrant_grant(
        scene.actor, reason=REASON, access=scene.access, warrant_id=warrant.pk,
        given=GivenGrant(applied_at + timedelta(hours=5)),
    )  # fmt: skip


def execute(scene: Scene, warrant: Warrant) -> WarrantExecution:
    """Execute the warrant; return the first execution that counts."""
    given = scene.given
    premises = list(warrant.premises.order_by("number"))
    visit = GivenExecution(
        occurred_at=given.executed_at,
        outcome="searched",
        officer=scene.lead.full_name,
        premises_id=premises[0].pk,
        present_ids=(scene.suspect.pk,),
    )
    if given.has_failed_first:
        failed = replace(visit, occurred_at=given.executed_at - timedelta(hours=9),
                         outcome="no_entry", present_ids=())  # fmt: skip
        execution_record(
            scene.actor, reason=REASON, access=scene.access, warrant_id=warrant.pk, given=failed
        )
    told = replace(visit, occurred_at=given.corrected_from or given.executed_at)
    kept = execution_record(
        scene.actor, reason=REASON, access=scene.access, warrant_id=warrant.pk, given=told
    )
    if given.corrected_from:
        kept = execution_correct(
            scene.actor, reason="Written down with the day of the entry", access=scene.access,
            execution_id=kept.pk, given=visit,
        )  # fmt: skip
    ask(scene, Occasion.WARRANT, given.executed_at)
    for at, place in zip(given.executed_again, premises[1:], strict=False):
        again = replace(visit, occurred_at=at, premises_id=place.pk, present_ids=())
        execution_record(
            scene.actor, reason=REASON, access=scene.access, warrant_id=warrant.pk, given=again
        )
    return kept


def seize(scene: Scene, warrant: Warrant, execution: WarrantExecution) -> None:
    """Seize the devices, some things that are none, and take a card out of every tenth device."""
    given = scene.given
    initials = "".join(part[0] for part in scene.lead.full_name.split()[:2])
    producer = Person(scene.lead.full_name)
    seizure = Seizure(
        seized_at=execution.occurred_at,
        place=execution.place,
        producer=producer,
        power_code="pca-1978-s4",
        power_reference=warrant.reference,
        execution_id=execution.pk,
    )
    for number in range(given.devices):
        seed = given.number * 31 + number
        kind, finer, words, make, model = _THINGS[pick(given.stretch.code, seed, len(_THINGS))]
        facts = DeviceFacts(
            kind, finer, make, model, serial=f"SYN{given.reference[4:]}{number:02d}"
        )
        thing = SeizedThing(
            f"{initials}/{number + 1}",
            words,
            facts,
            owner_id=scene.suspect.pk,
            seal=f"S{given.stretch.code}{given.number:03d}{number:02d}",
        )
        bare = replace(thing, seal="") if kind is DeviceKind.PHONE and seed % 4 == 0 else thing
        kept = exhibit_seize(
            scene.actor, reason=REASON, case=scene.access.case, seizure=seizure, thing=bare
        )
        if bare is not thing:
            card = DeviceFacts(DeviceKind.STORAGE, "memory-card", "Sample", "Chip")
            exhibit_split(
                scene.actor, reason=REASON, parent=kept,
                thing=SeizedThing(f"{initials}/{number + 1}/1", "Memory card of the phone", card),
                split_off=SplitOff(seizure.seized_at, seizure.place, producer, 1),
            )  # fmt: skip
    if given.number % 9 == 0:
        paper = SeizedThing(f"{initials}/{given.devices + 1}", "Notebook with addresses",
                            DeviceFacts(DeviceKind.OTHER, "document"))  # fmt: skip
        exhibit_seize(
            scene.actor, reason=REASON, case=scene.access.case, seizure=seizure, thing=paper
        )
