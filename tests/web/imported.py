"""A package in the record, imported through the services, for tests of what stands on it."""

from dataclasses import dataclass
from pathlib import Path

from made_packages import MadePackage, sealed
from web.adopting import VerifyingBroker, place_package
from web.seized import seized_exhibit

from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.examinations.models import Examination, Progress
from polit.web.examinations.rules import ExaminationState
from polit.web.examinations.services import Step, examination_step
from polit.web.exhibits.models import Exhibit
from polit.web.intake.services import Attached, package_import
from polit.web.media.models import Package


@dataclass(frozen=True, slots=True)
class Imported:
    """An examination of an exhibit whose package was taken in."""

    examination: Examination
    package: Package
    made: MadePackage
    broker: VerifyingBroker


def examination_of(exhibit: Exhibit, place: str, **changes: object) -> Examination:
    """Return an examination that was asked for by nobody in particular."""
    given: dict[str, object] = {
        "case": exhibit.case, "exhibit": exhibit, "kind": "attached", "state": "done",
        "place": place, "package": place, "authority": "a test", "asked_by": "tester", **changes,
    }  # fmt: skip
    examination = Examination(**given)
    with act(SYSTEM, "tests.examination", reason="a test", case=exhibit.case) as deed:
        examination.save()
        Progress.objects.create(examination=examination)
        deed.about("examination", examination.id)
    return examination


def imported(case: str | Case, folder: Path, made: MadePackage | None = None) -> Imported:
    """Make a package below ``folder`` unless one is given, attach it and import it."""
    made = made or sealed(folder)
    exhibit = seized_exhibit(case, "AB/1")
    place = place_package(made.folder, exhibit.case.reference)
    examination = examination_of(exhibit, place)
    broker = VerifyingBroker(made.keys)
    attached = Attached(exhibit, place, "" if exhibit.case.reference == "T-1" else "a test",
                        examination)  # fmt: skip
    package = package_import(SYSTEM, reason="a test", attached=attached, broker=broker)
    step = Step(ExaminationState.IMPORTED)
    examination_step(SYSTEM, reason="a test", examination_id=examination.id, turn=0, step=step)
    examination.refresh_from_db()
    return Imported(examination, package, made, broker)
