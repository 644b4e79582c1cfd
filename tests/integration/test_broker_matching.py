"""Matching through the broker: ordered for a case, done without the evidence, verified."""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256

import brokers
import made_packages
import pytest

from polit.base.errors import BrokerRefused
from polit.broker.client import BrokerClient, Code, ErrandState, ErrandStatus, MatchOrder
from polit.match.hashsets import HashSets
from polit.match.importing import ImportTerms, import_set
from polit.model.matching import SetStatus
from polit.package.supplement import supplement_folder

NAME = "T-1/AB%2F1.polit"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[brokers.Broker]:
    """Return an installation with a package and a set that alerts to one of its contents."""
    made = brokers.installed(tmp_path_factory.mktemp("broker"))
    package = made.settings().packages / NAME
    package.parent.mkdir(parents=True)
    shutil.move(made_packages.sealed(made.place).folder, package)
    path = made.place / "sought.txt"
    path.write_text(f"{sha256(b'picture').hexdigest()}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("POLIT_HASHSETS", raising=False)
        patch.setenv("POLIT_DATA", str(made.data))
        terms = ImportTerms("Sought", "plain", SetStatus.ALERT, imported_by="a.example")
        import_set(HashSets(made.data / "hashsets"), path, terms)
        yield made


@pytest.fixture(scope="module")
def client(made: brokers.Broker) -> Iterator[BrokerClient]:
    """Serve it: one broker for all tests, as starting and ending its decoders takes seconds."""
    with brokers.serving(made) as client:
        yield client


def matched(client: BrokerClient, *names: str) -> ErrandStatus:
    order = MatchOrder(str(uuid.uuid4()), names or None, "e.example")
    status = client.match_start(order)
    brokers.wait_for(lambda: client.errand_status(status.errand_id).state.has_ended)
    return client.match_start(order)  # the same again tells how it ended


def test_packages_of_a_case_are_matched_and_their_supplement_holds(
    made: brokers.Broker, client: BrokerClient
) -> None:
    # One that was moved away stops no other.
    status = matched(client, NAME, "T-1/AB%2F9.polit")

    assert (status.state, status.message) == (ErrandState.DONE, "")
    assert '"contents_alert":1' in status.result.replace(" ", "")
    (found,) = client.supplement_adopt(NAME, case_reference="T-1")
    assert (found.number, found.holds) == (1, True)
    # With the same sets nothing is said again, for the case or for all packages.
    assert matched(client).state is ErrandState.DONE
    assert len(client.supplement_adopt(NAME, case_reference="T-1")) == 1

    rows = supplement_folder(made.settings().packages / NAME, 1) / "matches.sqlite"
    with closing(sqlite3.connect(rows)) as database:
        database.execute("UPDATE matches SET asserted = 'another'")
        database.commit()
    (found,) = client.supplement_adopt(NAME, case_reference="T-1")
    assert not found.holds
    assert client.package_adopt(NAME, case_reference="T-1").holds


@pytest.mark.parametrize(
    "names",
    [(), ("T-9/AB%2F1.polit",), ("../keys",), ("..",), ("T-1",), ("/",), ("T-1/../T-1/x.polit",)],
)
def test_packages_that_are_none_are_refused(client: BrokerClient, names: tuple[str, ...]) -> None:
    with pytest.raises(BrokerRefused) as error:
        client.match_start(MatchOrder(str(uuid.uuid4()), names, "e.example"))
    assert error.value.code == Code.NO_PACKAGE


def test_supplements_of_another_case_are_refused(client: BrokerClient) -> None:
    with pytest.raises(BrokerRefused) as error:
        client.supplement_adopt(NAME, case_reference="T-2")
    assert error.value.code == Code.WRONG_CASE
