"""Taking packages in: each row once, all or none seen, whatever happens in between."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import DataError, connection
from made_packages import MadePackage, sealed
from web.adopting import VerifyingBroker, place_package
from web.conftest import MakeCase
from web.imported import examination_of, imported
from web.seized import seized_exhibit

from polit.base import faults
from polit.base.errors import (
    AuthorityError,
    BrokerRefused,
    PackageBusy,
    PackageDamaged,
    SourceMissing,
    UsageError,
)
from polit.broker.client import AdoptedPackage, Code
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.exhibits.models import Exhibit
from polit.web.intake import arriving, services
from polit.web.intake.models import Arrival
from polit.web.intake.rules import IntakeCheck
from polit.web.intake.services import Attached, package_act, package_import
from polit.web.media.models import Content, Entry, Facet, Folder, Package
from polit.web.media.places import package_folder, private_folder


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def made(tmp_path: Path) -> MadePackage:
    return sealed(tmp_path / "made")


@pytest.fixture
def exhibit() -> Exhibit:
    return seized_exhibit("T-1", "AB/1")


@pytest.fixture
def place(made: MadePackage) -> str:
    return place_package(made.folder, "T-1")


def brought(exhibit: Exhibit, place: str, made: MadePackage, reason: str = "") -> Package:
    return package_import(
        SYSTEM,
        reason="a test",
        attached=Attached(exhibit, place, reason),
        broker=VerifyingBroker(made.keys),
    )


def acted(package: Package, action: str, role: Role = Role.EXAMINER) -> Package:
    return package_act(
        SYSTEM, reason="wrong exhibit", package=package, action=action, roles=frozenset({role})
    )


def failed_checks(package: Package) -> list[str]:
    return [check["name"] for check in json.loads(package.checks) if not check["holds"]]


def rows() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM media_entry ORDER BY id")
        return [tuple(map(str, row)) for row in cursor.fetchall()]


def test_package_is_imported_with_its_rows_and_one_audit_row(
    exhibit: Exhibit, place: str, made: MadePackage
) -> None:
    package = brought(exhibit, place, made)

    assert (package.state, package.entries) == ("imported", 5)
    assert sorted(Entry.objects.values_list("path", flat=True)) == [
        "a.jpg", "b.jpg", "bad.jpg", "c.txt", "sub",
    ]  # fmt: skip
    assert Content.objects.get(entries__path="a.jpg").occurrences == 2
    assert Folder.objects.get(path="").entries == 5
    event = AuditEvent.objects.get(action="intake.package_import")
    assert json.loads(event.details)["entries"] == 5
    assert event.nature == "collection"
    assert not Arrival.objects.exists()
    assert not list(private_folder().iterdir())


def test_same_package_twice_changes_nothing(
    exhibit: Exhibit, place: str, made: MadePackage
) -> None:
    first = brought(exhibit, place, made)
    before = rows()

    second = brought(exhibit, place, made)

    assert second.id == first.id
    assert rows() == before
    assert AuditEvent.objects.filter(action="intake.package_import").count() == 1


def test_package_of_another_case_is_refused(made: MadePackage, place: str) -> None:
    with pytest.raises(BrokerRefused, match="names another case") as error:
        brought(seized_exhibit("OP-9", "AB/1"), place, made)

    assert error.value.code == Code.WRONG_CASE
    assert not Entry.objects.exists()


def test_package_of_another_exhibit_is_refused_and_shown(made: MadePackage, place: str) -> None:
    package = brought(seized_exhibit("T-1", "AB/2"), place, made)

    assert package.state == "refused"
    assert failed_checks(package) == ["belongs"]
    assert not Entry.objects.exists()


def test_package_of_another_case_is_taken_with_a_reason(made: MadePackage, place: str) -> None:
    exhibit = seized_exhibit("OP-9", "AB/1")

    package = brought(exhibit, place, made, "renamed after the merger")

    assert (package.state, package.mismatch_reason) == ("imported", "renamed after the merger")


def test_altered_findings_are_refused_with_every_check_that_fails(
    exhibit: Exhibit, place: str, made: MadePackage
) -> None:
    with sqlite3.connect(package_folder(place) / "findings.sqlite") as database:
        database.execute("DELETE FROM results WHERE entry_id = 1")
    database.close()

    package = brought(exhibit, place, made)

    assert package.state == "refused"
    assert {"parts", "rows", "account", "findings"} <= set(failed_checks(package))
    assert not Entry.objects.exists()


class LateAlteration(VerifyingBroker):
    """Verifies, and then somebody alters the findings before they are read."""

    def package_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> AdoptedPackage:
        """Verify the package, then alter it."""
        adopted = super().package_adopt(
            package, case_reference=case_reference, other_case_confirmed=other_case_confirmed
        )
        path = package_folder(package) / "findings.sqlite"
        with sqlite3.connect(path) as database:
            database.execute("UPDATE entries SET path = 'altered' WHERE entry_id = 1")
        database.close()
        return adopted


def test_what_is_altered_after_verifying_is_not_read(
    exhibit: Exhibit, place: str, made: MadePackage
) -> None:
    attached = Attached(exhibit, place)

    package = package_import(
        SYSTEM, reason="a test", attached=attached, broker=LateAlteration(made.keys)
    )

    assert package.state == "imported"
    assert not Entry.objects.filter(path="altered").exists()


class OtherRows(VerifyingBroker):
    """Vouches for other rows than those that were copied."""

    def package_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> AdoptedPackage:
        """Verify the package, tell another digest."""
        adopted = super().package_adopt(
            package, case_reference=case_reference, other_case_confirmed=other_case_confirmed
        )
        return replace(adopted, rows_sha256="0" * 64, holds=False)


def test_rows_that_were_not_verified_are_refused(
    exhibit: Exhibit, place: str, made: MadePackage
) -> None:
    attached = Attached(exhibit, place)

    package = package_import(
        SYSTEM, reason="a test", attached=attached, broker=OtherRows(made.keys)
    )

    assert failed_checks(package) == ["broker", "rows_sha256"]


@pytest.mark.parametrize("point", ["intake.batch", "intake.committed", "intake.finish"])
@pytest.mark.parametrize("nth", [1, 2, 5])
def test_import_that_was_broken_off_goes_on(
    exhibit: Exhibit,
    place: str,
    made: MadePackage,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    nth: int,
) -> None:
    monkeypatch.setattr(arriving, "BATCH_ROWS", 2)
    planted = faults._parse(f"{point}@{nth}:eio")
    with monkeypatch.context() as planting:
        planting.setattr(faults, "_planted", planted)
        try:
            brought(exhibit, place, made)
            was_broken = False
        except OSError:
            was_broken = True
    # Only one finish is reached; a fault planted at the second breaks nothing.
    assert was_broken or (point == "intake.finish" and nth > 1)
    assert was_broken != Package.objects.filter(state="imported").exists()

    package = brought(exhibit, place, made)

    assert package.state == "imported"
    assert Entry.objects.count() == 5
    assert Facet.objects.get(name="outcome", value="done").count == 3
    assert AuditEvent.objects.filter(action="intake.package_import").count() == 1


def test_import_of_other_bytes_begins_anew(
    exhibit: Exhibit, place: str, made: MadePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as planting:
        planting.setattr(faults, "_planted", faults._parse("intake.finish:eio"))
        with pytest.raises(OSError, match="planted"):
            brought(exhibit, place, made)
    Arrival.objects.update(findings_sha256="0" * 64)

    package = brought(exhibit, place, made)

    assert package.state == "imported"
    assert Entry.objects.count() == 5


def test_import_that_was_overtaken_writes_nothing_more(
    exhibit: Exhibit, place: str, made: MadePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(number: int, *_rest: object) -> None:
        Arrival.objects.filter(package__number=number).update(fence=99)

    monkeypatch.setattr(arriving, "check_arrived", overtaken)

    with pytest.raises(PackageBusy):
        brought(exhibit, place, made)

    assert not Package.objects.filter(state="imported").exists()


def test_import_that_was_overtaken_at_its_end_does_not_finish(
    exhibit: Exhibit, place: str, made: MadePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtake(point: str, _detail: bytes = b"") -> None:
        if point == "intake.finish":
            Arrival.objects.update(fence=99)

    monkeypatch.setattr(faults, "reach", overtake)

    with pytest.raises(PackageBusy):
        brought(exhibit, place, made)

    assert not Package.objects.filter(state="imported").exists()


def test_rows_that_went_missing_are_noticed(
    exhibit: Exhibit, place: str, made: MadePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "count_rows", lambda *_: 4)

    package = brought(exhibit, place, made)

    assert failed_checks(package) == ["rows"]


def test_another_package_of_the_same_identifier_is_not_mixed_in(
    exhibit: Exhibit, place: str, made: MadePackage
) -> None:
    brought(exhibit, place, made)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE media_package SET findings_sha256 = 'other'")

    with pytest.raises(PackageDamaged, match="another package"):
        brought(exhibit, place, made)


def test_withdrawn_package_keeps_its_rows_and_is_withdrawn_once(
    tmp_path: Path,
) -> None:
    there = imported("T-1", tmp_path / "more")

    withdrawn = acted(there.package, "withdraw")

    there.examination.refresh_from_db()
    assert (withdrawn.state, there.examination.state) == ("withdrawn", "withdrawn")
    assert Entry.objects.count() == 5
    with pytest.raises(UsageError):
        acted(there.package, "withdraw")


def test_withdrawn_package_is_restored_and_comes_back_in_no_other_way(tmp_path: Path) -> None:
    there = imported("T-1", tmp_path / "more")
    before = rows()
    acted(there.package, "withdraw")

    with pytest.raises(UsageError, match="was withdrawn"):
        brought(there.package.exhibit, there.package.place, there.made)
    restored = acted(there.package, "restore")

    there.examination.refresh_from_db()
    assert (restored.state, there.examination.state) == ("imported", "imported")
    assert rows() == before


@pytest.mark.parametrize("role", list(Role))
def test_only_examiners_and_supervisors_withdraw_a_package(tmp_path: Path, role: Role) -> None:
    package = imported("T-1", tmp_path / "more").package
    may = role in {Role.EXAMINER, Role.SUPERVISOR}

    try:
        acted(package, "withdraw", role)
    except AuthorityError:
        assert not may
    else:
        assert may


def test_package_is_attached_to_an_exhibit_once(tmp_path: Path) -> None:
    there = imported("T-1", tmp_path / "more")
    later = examination_of(there.package.exhibit, there.package.place)
    attached = Attached(there.package.exhibit, there.package.place, "", later)

    with pytest.raises(UsageError, match="has this package already"):
        package_import(SYSTEM, reason="a test", attached=attached, broker=there.broker)


def test_one_package_belongs_to_two_exhibits_and_is_withdrawn_from_one(
    exhibit: Exhibit, place: str, made: MadePackage
) -> None:
    other = seized_exhibit(exhibit.case, "AB/2")
    first = brought(exhibit, place, made)

    second = brought(other, place, made, "the phone's own copy")
    acted(first, "withdraw")

    second.refresh_from_db()
    assert (second.state, Entry.objects.filter(package=second).count()) == ("imported", 5)


def test_refused_package_leaves_no_rows_and_may_be_tried_again(
    exhibit: Exhibit, place: str, made: MadePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as breaking:
        breaking.setattr(services, "_check_arrived", lambda *_: IntakeCheck("arrived", False, ""))
        refused = brought(exhibit, place, made)
        assert (refused.state, Entry.objects.count()) == ("refused", 0)

    assert brought(exhibit, place, made).state == "imported"
    assert Entry.objects.count() == 5


def test_import_that_was_overtaken_does_not_refuse_what_another_imported(
    exhibit: Exhibit, place: str, made: MadePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(_taken: object) -> None:
        monkeypatch.setattr(services, "drop_arrived", lambda _: None)
        brought(exhibit, place, made)

    monkeypatch.setattr(services, "drop_arrived", overtaken)

    with pytest.raises(PackageBusy):
        package_import(
            SYSTEM, reason="a test", attached=Attached(exhibit, place), broker=OtherRows(made.keys)
        )

    assert Package.objects.get().state == "imported"


def test_examination_whose_package_was_refused_brings_another(
    exhibit: Exhibit, place: str, made: MadePackage
) -> None:
    examination = examination_of(exhibit, place)
    attached = Attached(exhibit, place, "", examination)
    package_import(SYSTEM, reason="a test", attached=attached, broker=OtherRows(made.keys))
    with act(SYSTEM, "tests.rename", reason="a test") as deed:
        Package.objects.update(package_id="another")
        deed.about("package", "another")

    package = package_import(
        SYSTEM, reason="a test", attached=attached, broker=VerifyingBroker(made.keys)
    )

    assert (package.state, package.examination_id) == ("imported", examination.id)


def test_two_packages_of_a_case_stand_apart(tmp_path: Path, make_case: MakeCase) -> None:
    case = make_case("T-1")
    first = imported(case, tmp_path / "one")
    other = sealed(tmp_path / "two")
    other.folder.rename(other.folder.with_name("AB%2F2.polit"))
    exhibit = seized_exhibit(case, "AB/2")
    place = place_package(other.folder.with_name("AB%2F2.polit"), "T-1")

    second = brought(exhibit, place, other, "a copy")

    assert (first.package.number, second.number) == (1, 2)
    assert Entry.objects.count() == 10
    assert Entry.objects.filter(package=second).count() == 5


@pytest.mark.parametrize("place", ["", "../x", "/etc", "a/../../b", "nul\0"])
def test_place_outside_the_packages_is_refused(place: str) -> None:
    with pytest.raises(UsageError, match="below"):
        package_folder(place)


def test_package_that_is_not_there_is_missing(exhibit: Exhibit, made: MadePackage) -> None:
    with pytest.raises(SourceMissing):
        brought(exhibit, "T-1/nothing.polit", made)


class KeylessBroker(VerifyingBroker):
    """Verifies a package whose key is wrapped to another installation."""

    def package_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> AdoptedPackage:
        """Verify the package; there is no key to hand out."""
        adopted = super().package_adopt(
            package, case_reference=case_reference, other_case_confirmed=other_case_confirmed
        )
        return replace(adopted, tile_key=None)


def test_package_without_a_key_has_rows_and_no_tiles(
    exhibit: Exhibit, place: str, made: MadePackage
) -> None:
    attached = Attached(exhibit, place)

    package = package_import(
        SYSTEM, reason="a test", attached=attached, broker=KeylessBroker(made.keys)
    )

    assert (package.state, package.tile_key) == ("imported", None)


def test_row_that_does_not_fit_refuses_the_package(
    exhibit: Exhibit, place: str, made: MadePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unfit(*_rest: object) -> None:
        raise DataError("integer out of range: a name")

    monkeypatch.setattr(arriving, "load_rows", unfit)

    package = brought(exhibit, place, made)

    assert failed_checks(package) == ["rows"]
    assert "a name" not in package.checks


def test_rows_other_than_the_verified_ones_are_refused(
    exhibit: Exhibit, place: str, made: MadePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "rows_sha256", lambda _: "0" * 64)

    package = brought(exhibit, place, made)

    assert failed_checks(package) == ["rows"]
    assert not Entry.objects.exists()


def test_row_is_found_by_its_number_alone(exhibit: Exhibit, place: str, made: MadePackage) -> None:
    brought(exhibit, place, made)
    if connection.vendor != "sqlite":
        return

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM media_entry WHERE rowid = id")
        (same,) = cursor.fetchone()
        cursor.execute(
            "SELECT name FROM sqlite_schema WHERE name LIKE 'sqlite_autoindex_media_entry%'"
        )
        own_indexes = cursor.fetchall()

    assert (same, own_indexes) == (5, [])
