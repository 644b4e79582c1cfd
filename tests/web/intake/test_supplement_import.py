"""Taking supplements in: each once, in order, checked anew; the latest is what is known."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from made_packages import MadePackage, sealed
from made_supplements import ALERTING, BROKEN, PICTURE, TEXT, add, alert, good
from web.adopting import VerifyingBroker
from web.imported import Imported, imported

from polit.base import faults
from polit.base.errors import PackageBusy, UsageError
from polit.broker.client import AdoptedSupplement
from polit.package.supplement import supplement_folder
from polit.store.keys import create_keys
from polit.web.audit.models import AuditEvent
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.intake.services import package_act
from polit.web.intake.supplements import supplements_import
from polit.web.matching.models import Alert, ContentMatch, KnownContent, MatchSource
from polit.web.matching.queries import sets_known
from polit.web.matching.rules import FIRST_SUPPLEMENT, Verdict
from polit.web.media.models import Content
from polit.web.media.places import package_folder, private_folder
from polit.web.media.rules import package_of


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def made(tmp_path: Path) -> MadePackage:
    return sealed(tmp_path / "made")


@pytest.fixture
def there(tmp_path: Path, made: MadePackage) -> Imported:
    return imported("T-1", tmp_path / "made", made)


def folder_of(there: Imported) -> Path:
    return package_folder(there.package.place)


def taken_in(there: Imported, broker: VerifyingBroker | None = None) -> list[MatchSource]:
    return supplements_import(
        SYSTEM, reason="a test", package=there.package, broker=broker or there.broker
    )


def known() -> dict[bytes, Verdict]:
    rows = KnownContent.objects.values_list("id", "verdict")
    return {bytes(Content.objects.get(pk=number).sha256): Verdict(verdict)
            for number, verdict in rows}  # fmt: skip


def test_supplement_is_taken_in_once_and_raises_its_alerts(there: Imported) -> None:
    add(there.made, [alert(PICTURE), good(TEXT)], folder=folder_of(there))

    (source,) = taken_in(there)
    again = taken_in(there)

    assert again == []
    assert (source.state, source.supplement, source.number) == ("imported", 1, FIRST_SUPPLEMENT)
    assert (source.sets, source.matches, source.alerts_raised) == (2, 2, 1)
    assert known() == {PICTURE: Verdict.ALERT, TEXT: Verdict.KNOWN_GOOD}
    assert Alert.objects.get().source == source
    event = AuditEvent.objects.get(action="intake.supplement_import")
    assert json.loads(event.details)["alerts"] == 1
    assert not list(private_folder().iterdir())


def test_later_one_is_what_is_known_and_the_earlier_stays(there: Imported) -> None:
    add(there.made, [alert(PICTURE)], folder=folder_of(there))
    taken_in(there)
    add(there.made, [alert(PICTURE), alert(BROKEN, algorithm="pdq", distance_bits=9)],
        folder=folder_of(there))  # fmt: skip

    (second,) = taken_in(there)

    assert (second.supplement, second.alerts_raised) == (2, 1)
    assert known() == {PICTURE: Verdict.ALERT, BROKEN: Verdict.NEAR_ALERT}
    assert ContentMatch.objects.count() == 3
    assert Alert.objects.count() == 2


def test_sets_asked_by_name_add_to_what_is_known(there: Imported) -> None:
    add(there.made, [good(TEXT), alert(PICTURE)], folder=folder_of(there))
    add(there.made, [alert(BROKEN)], sets=[ALERTING], folder=folder_of(there), all_sets=False)

    assert [each.all_sets for each in taken_in(there)] == [True, False]
    # Of the set that was asked the later word counts, of the other one the earlier.
    assert known() == {TEXT: Verdict.KNOWN_GOOD, BROKEN: Verdict.ALERT}
    current = {package_of(number) for number in sets_known(there.package.number)}
    assert current == {FIRST_SUPPLEMENT, FIRST_SUPPLEMENT + 1}

    add(there.made, [alert(PICTURE)], sets=[ALERTING], folder=folder_of(there))
    taken_in(there)
    assert known() == {PICTURE: Verdict.ALERT}
    current = {package_of(number) for number in sets_known(there.package.number)}
    assert current == {FIRST_SUPPLEMENT + 2}


def test_package_that_comes_with_supplements_brings_them_in_order(there: Imported) -> None:
    for content in (PICTURE, TEXT, BROKEN):
        add(there.made, [alert(content)], folder=folder_of(there))

    assert [each.supplement for each in taken_in(there)] == [1, 2, 3]
    assert known() == {BROKEN: Verdict.ALERT}
    assert Alert.objects.count() == 3


@pytest.mark.parametrize("harm", ["matches", "manifest", "missing"])
def test_damaged_one_is_refused_with_its_reason_and_nothing_of_it_is_seen(
    there: Imported, harm: str
) -> None:
    add(there.made, [alert(PICTURE)], folder=folder_of(there))
    add(there.made, [alert(TEXT)], folder=folder_of(there))
    first = supplement_folder(folder_of(there), 1)
    if harm == "matches":
        with closing(sqlite3.connect(first / "matches.sqlite")) as database:
            database.execute("UPDATE matches SET asserted = 'another'")
            database.commit()
    elif harm == "manifest":
        text = (first / "manifest.json").read_bytes()
        (first / "manifest.json").write_bytes(text.replace(b'"tester"', b'"taster"'))
    else:
        (first / "matches.sqlite").unlink()

    (source,) = taken_in(there)
    again = taken_in(there)

    assert again == []  # the same bytes are not looked at again, and nothing follows them
    assert source.state == "refused"
    assert any(not check["holds"] for check in json.loads(source.checks))
    assert not ContentMatch.objects.exists()
    assert not Alert.objects.exists()
    assert AuditEvent.objects.filter(action="intake.supplement_refuse").count() == 1


def test_one_that_a_stranger_signed_is_refused_and_says_so(there: Imported, tmp_path: Path) -> None:
    stranger = create_keys(tmp_path / "stranger")
    add(there.made, [good(PICTURE)], folder=folder_of(there), keys=stranger)

    (source,) = taken_in(there)

    assert source.state == "refused"
    failed = [check for check in json.loads(source.checks) if not check["holds"]]
    assert [check["name"] for check in failed] == ["signer"]
    assert PICTURE not in known()

    # It is passed over: what follows it says all that is known, and is taken in.
    add(there.made, [alert(PICTURE)], folder=folder_of(there))
    assert [(each.supplement, each.state) for each in taken_in(there)] == [(2, "imported")]
    assert known()[PICTURE] is Verdict.ALERT
    # Were it trusted later, it would not undo what the next one said.
    assert taken_in(there, VerifyingBroker(stranger)) == []
    assert known()[PICTURE] is Verdict.ALERT


def test_one_that_this_installation_signed_is_taken_whoever_examined(
    there: Imported, tmp_path: Path
) -> None:
    stranger = create_keys(tmp_path / "stranger")
    add(there.made, [good(PICTURE)], folder=folder_of(there), keys=stranger)

    assert [each.state for each in taken_in(there, VerifyingBroker(stranger))] == ["imported"]


def test_what_changes_after_the_broker_looked_is_refused(there: Imported) -> None:
    add(there.made, [alert(PICTURE)], folder=folder_of(there))

    class Late(VerifyingBroker):
        """A broker after which the supplement becomes another one."""

        def supplement_adopt(
            self, package: str, *, case_reference: str, other_case_confirmed: bool = False
        ) -> tuple[AdoptedSupplement, ...]:
            found = super().supplement_adopt(
                package, case_reference=case_reference, other_case_confirmed=other_case_confirmed
            )
            shutil.rmtree(supplement_folder(folder_of(there), 1))
            add(there.made, [alert(TEXT)], folder=folder_of(there))
            return found

    (source,) = taken_in(there, Late(there.made.keys))

    assert source.state == "refused"
    failed = [check["name"] for check in json.loads(source.checks) if not check["holds"]]
    assert failed == ["manifest"]


@pytest.mark.parametrize("point", ["intake.supplement_batch", "intake.supplement_finish"])
def test_import_that_was_broken_off_is_made_anew(
    there: Imported, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    add(there.made, [alert(PICTURE), good(TEXT)], folder=folder_of(there))

    class Killed(Exception):
        """The worker was."""

    def reach(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(faults, "reach", reach)
        with pytest.raises(Killed):
            taken_in(there)
    assert not KnownContent.objects.exists()

    (source,) = taken_in(there)

    assert (source.state, source.fence, source.matches) == ("imported", 2, 2)


def test_of_two_imports_the_first_stops(there: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    add(there.made, [alert(PICTURE)], folder=folder_of(there))
    entered: list[str] = []

    def reach(name: str) -> None:
        if name == "intake.supplement_batch" and not entered:
            entered.append(name)
            taken_in(there)

    monkeypatch.setattr(faults, "reach", reach)

    with pytest.raises(PackageBusy):
        taken_in(there)

    assert MatchSource.objects.get(supplement=1).state == "imported"
    assert ContentMatch.objects.count() == 1


def test_withdrawn_package_takes_no_supplement(there: Imported) -> None:
    add(there.made, [alert(PICTURE)], folder=folder_of(there))
    there.package.refresh_from_db()
    package = package_act(SYSTEM, reason="a test", package=there.package, action="withdraw",
                          roles=frozenset({Role.EXAMINER}))  # fmt: skip

    with pytest.raises(UsageError, match="not imported"):
        supplements_import(SYSTEM, reason="a test", package=package, broker=there.broker)
