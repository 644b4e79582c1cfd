"""Hash sets through the broker: sent, imported by an errand, shown, switched, verified."""

import signal
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import brokers
import pytest

from polit.base.errors import BrokerRefused
from polit.broker.client import (
    BrokerClient,
    Code,
    ErrandState,
    ErrandStatus,
    SetActOrder,
    SetImportOrder,
    SetUpdateOrder,
    SetVerifyOrder,
    StoreAct,
    StoredSetFacts,
)
from polit.match.hashsets import HashSets
from polit.match.importing import ImportTerms, import_set
from polit.model.matching import SetStatus

CONTENTS = [f"a benign content, number {number}".encode() for number in range(40)]
STOCKED = "In the store"
LIST = "".join(f"{sha256(each).hexdigest()}\n" for each in CONTENTS).encode() + b"no digest\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[brokers.Broker]:
    """Return an installation with one set in its store."""
    made = brokers.installed(tmp_path_factory.mktemp("broker"))
    path = made.place / "list.txt"
    path.write_bytes(LIST[65:])
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("POLIT_HASHSETS", raising=False)
        patch.setenv("POLIT_DATA", str(made.data))
        terms = ImportTerms(STOCKED, "auto", SetStatus.KNOWN_GOOD, imported_by="a.example")
        import_set(HashSets(made.data / "hashsets"), path, terms)
        yield made


@pytest.fixture(scope="module")
def client(made: brokers.Broker) -> Iterator[BrokerClient]:
    """Serve it: one broker for all tests, as starting and ending its decoders takes seconds."""
    with brokers.serving(made) as client:
        yield client


def send(client: BrokerClient, data: bytes, name: str = "list.txt") -> str:
    upload_id = str(uuid.uuid4())
    client.upload_begin(upload_id, file_name=name)
    client.upload_part(upload_id, data, offset_bytes=0)
    client.upload_end(upload_id)
    return upload_id


def an_import(**changes: object) -> SetImportOrder:
    values: dict[str, object] = {
        "errand_id": str(uuid.uuid4()), "upload_id": "", "place": "", "name": "Known files",
        "format": "auto", "status": "known-good", "scheme": "", "provider": "A. Provider",
        "jurisdiction": "GB", "version": "2026-11", "imported_by": "a.example", **changes,
    }  # fmt: skip
    return SetImportOrder(**values)  # type: ignore[arg-type]


def stored_as(client: BrokerClient, name: str) -> StoredSetFacts | None:
    return next((each for each in client.hashset_list() if each.name == name), None)


def ended(client: BrokerClient, status: ErrandStatus) -> ErrandStatus:
    brokers.wait_for(lambda: client.errand_status(status.errand_id).state.has_ended)
    return client.errand_status(status.errand_id)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(BrokerRefused) as error:
        call()
    return error.value.code


def test_a_list_that_was_sent_becomes_a_set_and_the_upload_goes(
    made: brokers.Broker, client: BrokerClient
) -> None:
    upload_id = send(client, LIST, "Liste der \u202e Dateien.txt")
    order = an_import(upload_id=upload_id, name="--help")
    status = ended(client, client.hashset_import(order))
    assert (status.state, status.message) == (ErrandState.DONE, "")
    stored = stored_as(client, "--help")
    assert stored is not None
    assert (stored.status, stored.records) == ("known-good", 40)
    assert stored.keys == {"sha256": 40}
    assert stored.imported_by == "a.example"
    assert stored.file_sha256 == sha256(LIST).hexdigest()
    shown = client.hashset_show(stored.sha256)
    assert (shown.report.read, shown.report.kept) == (41, 40)
    assert [each.place for each in shown.report.first_rejected] == ["line 41"]
    # It goes once the errand's end is kept, which is told a moment before.
    upload = made.data / "broker" / "uploads" / upload_id
    brokers.wait_for(lambda: not upload.exists())
    # Who asks again because the answer was lost is told the same, though the file is gone.
    assert client.hashset_import(order) == status


def test_damage_is_found_and_a_set_is_switched_once_however_often_that_is_asked(
    made: brokers.Broker, client: BrokerClient
) -> None:
    stored = stored_as(client, STOCKED)
    assert stored is not None
    part = made.data / "hashsets" / stored.sha256 / "sha256.keys"
    part.write_bytes(bytes(part.stat().st_size))
    check = client.hashset_verify(SetVerifyOrder(str(uuid.uuid4()), stored.sha256))
    broken = ended(client, check)
    assert (broken.state, broken.exit_code) == (ErrandState.FAILED, 4)
    assert '"holds": false' in broken.result

    def switch(act: StoreAct) -> None:
        for _ in range(2):
            client.hashset_switch(SetActOrder(stored.sha256, act, "a.example", "why"))

    switch(StoreAct.DISABLE)
    off = stored_as(client, STOCKED)
    assert off is not None
    assert not off.is_enabled
    switch(StoreAct.ENABLE)
    acts = [each.act for each in client.hashset_show(stored.sha256).changes]
    assert acts == ["import", "disable", "enable"]
    (part.parent / "set.json").write_bytes(b"{")
    assert refused(client.hashset_list) == Code.DAMAGED
    assert refused(lambda: switch(StoreAct.DISABLE)) == Code.DAMAGED
    assert refused(lambda: client.hashset_show(stored.sha256)) == Code.DAMAGED
    switch(StoreAct.REMOVE)
    assert stored_as(client, STOCKED) is None
    assert refused(lambda: client.hashset_show(stored.sha256)) == Code.NO_SET
    assert refused(lambda: switch(StoreAct.DISABLE)) == Code.NO_SET


def test_a_file_of_incoming_is_offered_and_nothing_beside_it(
    made: brokers.Broker, client: BrokerClient
) -> None:
    incoming = made.data / "incoming"
    (incoming / "from the force.txt").write_bytes(LIST[130:])  # no other test's list
    (incoming / "folder").mkdir()
    (incoming / "link.txt").symlink_to("/etc/passwd")
    choices = client.hashset_choices()
    offered = {(each.place, each.is_folder) for each in choices.incoming}
    assert offered - {("incoming/update", True)} == {
        ("incoming/from the force.txt", False), ("incoming/folder", True),
    }  # fmt: skip
    assert "plain" in {each.name for each in choices.formats}
    assert choices.schemes
    order = an_import(place="incoming/from the force.txt")
    assert not client.hashset_import(order).state.has_ended
    client.errand_cancel(order.errand_id)
    for place in ("incoming/link.txt", "incoming/../polit.sqlite3", "evidence/x"):
        order = an_import(place=place)
        assert refused(partial(client.hashset_import, order)) == Code.NO_EVIDENCE


def test_what_is_no_list_fails_with_its_reason_and_the_file_stays_for_another_try(
    made: brokers.Broker, client: BrokerClient
) -> None:
    upload_id = send(client, b"\x89PNG\r\n\x1a\n" + bytes(5000), "x.json")
    order = an_import(upload_id=upload_id, name="No list")
    status = ended(client, client.hashset_import(order))
    assert status.state is ErrandState.FAILED
    assert status.message
    assert str(made.data) not in status.message
    assert stored_as(client, "No list") is None
    assert (made.data / "broker" / "uploads" / upload_id).exists()


def test_an_update_without_a_trusted_signature_imports_nothing(
    made: brokers.Broker, client: BrokerClient
) -> None:
    folder = made.data / "incoming" / "update"
    folder.mkdir()
    (folder / "list.txt").write_bytes(LIST)
    (folder / "manifest.json").write_text("{}")
    order = SetUpdateOrder(str(uuid.uuid4()), "incoming/update", "a.example")
    status = ended(client, client.hashset_update(order))
    assert status.state is ErrandState.FAILED
    assert stored_as(client, "list") is None


def test_an_import_goes_on_after_the_broker_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = brokers.installed(tmp_path)
    monkeypatch.delenv("POLIT_HASHSETS", raising=False)
    monkeypatch.setenv("POLIT_DATA", str(made.data))
    client = made.start(POLIT_FAULTS="hashsets.seal:hang")
    order = an_import(upload_id=send(client, LIST))
    client.hashset_import(order)
    brokers.wait_for(lambda: client.errand_status(order.errand_id).phase == "sealing")
    made.end(signal.SIGKILL)
    with brokers.serving(made) as again:
        assert ended(again, again.errand_status(order.errand_id)).state is ErrandState.DONE
        assert again.hashset_list()[0].records == 40
