"""Pages of hash sets: the list, a set, importing with a file that is passed on, switching."""

import io
from collections.abc import Callable
from hashlib import sha256

import pytest
from django.core.files.uploadhandler import StopUpload
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from web.told_sets import ToldBroker, told_set

from polit.broker.client import Code
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.core.rules import Role
from polit.web.hashsets import views
from polit.web.hashsets.models import HashSet, SetDeed, SetOrder
from polit.web.hashsets.services import hash_sets_copy

LIST = b"".join(sha256(str(n).encode()).hexdigest().encode() + b"\n" for n in range(50))
TERMS = {
    "name": "Known files", "status": "known-good", "format": "auto", "reason": "asked by the team",
}  # fmt: skip


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> ToldBroker:
    store = ToldBroker()
    monkeypatch.setattr("polit.web.hashsets.views.broker", lambda: store)
    monkeypatch.setattr("polit.web.hashsets.queries.broker", lambda: store)
    return store


@pytest.fixture
def examiner(make_user: Callable[..., User], client_for: Callable[..., Client]) -> Client:
    return client_for(make_user("e.example", Role.EXAMINER))


def known(store: ToldBroker, **changes: object) -> HashSet:
    facts = told_set(**changes)
    store.put(facts, is_enabled=facts.is_enabled)
    hash_sets_copy(tuple(store.sets.values()))
    return HashSet.objects.get(pk=facts.sha256)


def a_file(data: bytes = LIST, name: str = "list.txt") -> io.BytesIO:
    stream = io.BytesIO(data)
    stream.name = name
    return stream


def test_list_shows_disabled_sets_too_in_few_queries(store: ToldBroker, examiner: Client) -> None:
    known(store, name="Off", is_enabled=False, status="alert")
    known(store, name="On")
    with CaptureQueriesContext(connection) as few:
        page = examiner.get("/hash-sets/").content.decode()
    assert "Disabled" in page
    assert "Alert" in page
    for number in range(20):
        known(store, name=f"Set {number}")
    with CaptureQueriesContext(connection) as many:
        examiner.get("/hash-sets/")
    assert len(many) == len(few)


def test_a_set_shows_what_was_refused_and_what_has_no_meaning(
    store: ToldBroker, examiner: Client
) -> None:
    page = examiner.get(f"/hash-sets/{known(store).sha256}/").content.decode()
    for expected in (
        "line 41", "no digest", "a number without a configured meaning", "Alerts",
        "1 records state a category that means nothing",
    ):  # fmt: skip
        assert expected in page


def test_a_set_is_shown_without_the_broker_and_after_it_was_removed(
    store: ToldBroker, examiner: Client
) -> None:
    found = known(store)
    store.is_gone = True
    assert (
        "The store tells nothing of it now"
        in examiner.get(f"/hash-sets/{found.sha256}/").content.decode()
    )
    hash_sets_copy(())
    page = examiner.get(f"/hash-sets/{found.sha256}/").content.decode()
    assert "Removed" in page
    assert "Disable the hash set" not in page
    assert examiner.get(f"/hash-sets/{'0' * 64}/").status_code == 404


def test_a_file_is_passed_on_to_the_broker_and_its_name_is_kept_as_text(
    store: ToldBroker, examiner: Client
) -> None:
    name = 'a "list" <b title=x>.txt'
    answer = examiner.post("/hash-sets/import/", TERMS | {"file": a_file(name=name)})
    order = SetOrder.objects.get()
    assert answer.url == f"/hash-sets/orders/{order.id}/"  # type: ignore[attr-defined]
    assert list(store.uploads.values()) == [LIST]
    assert order.file_sha256 == sha256(LIST).hexdigest()
    assert (order.file_name, order.file_size_bytes) == (name, len(LIST))
    page = examiner.get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "<b title" not in page
    event = AuditEvent.objects.get(action="hashsets.import")
    assert event.reason == "asked by the team"
    assert order.file_sha256 in event.details


def test_a_large_file_goes_in_pieces(store: ToldBroker, examiner: Client) -> None:
    data = bytes(range(256)) * (4 << 12) * 5  # 20 MiB
    examiner.post("/hash-sets/import/", TERMS | {"file": a_file(data)})
    assert list(store.uploads.values()) == [data]
    pieces = [asked[1] for asked in store.asked if isinstance(asked, tuple) and asked[0] == "part"]
    assert len(pieces) == 3
    assert max(pieces) <= 9 << 20


def test_a_form_with_an_error_keeps_the_file_that_arrived(
    store: ToldBroker, examiner: Client
) -> None:
    answer = examiner.post("/hash-sets/import/", TERMS | {"name": "", "file": a_file()})
    page = answer.content.decode()
    assert "has arrived" in page
    token = page.partition('name="kept" value="')[2].partition('"')[0]
    examiner.post("/hash-sets/import/", TERMS | {"kept": token})
    assert SetOrder.objects.get().file_sha256 == sha256(LIST).hexdigest()
    assert list(store.uploads.values()) == [LIST]


@pytest.mark.usefixtures("store")
def test_a_file_that_somebody_else_sent_cannot_be_imported(
    examiner: Client, make_user: Callable[..., User],
    client_for: Callable[..., Client],
) -> None:  # fmt: skip
    page = examiner.post(
        "/hash-sets/import/", TERMS | {"name": "", "file": a_file()}
    ).content.decode()
    token = page.partition('name="kept" value="')[2].partition('"')[0]
    other = client_for(make_user("o.example", Role.EXAMINER))
    for kept in (token, token[:-1], "x"):
        assert other.post("/hash-sets/import/", TERMS | {"kept": kept}).status_code == 200
    assert not SetOrder.objects.exists()


@pytest.mark.parametrize(
    "more", [{}, {"place": "incoming/a.txt", "file": a_file}, {"file": lambda: a_file(b"")}]
)
def test_an_import_without_one_file_is_refused_and_leaves_nothing(
    store: ToldBroker, examiner: Client, more: dict[str, object]
) -> None:
    given = {name: value() if callable(value) else value for name, value in more.items()}
    answer = examiner.post("/hash-sets/import/", TERMS | given)
    assert "There is a problem" in answer.content.decode()
    assert not SetOrder.objects.exists()
    assert not [data for data in store.uploads.values() if not data]


@pytest.mark.usefixtures("store")
def test_a_file_of_the_server_is_chosen_from_what_lies_there(examiner: Client) -> None:
    examiner.post("/hash-sets/import/", TERMS | {"place": "incoming/a.txt"})
    assert SetOrder.objects.get().place == "incoming/a.txt"
    answer = examiner.post("/hash-sets/import/", TERMS | {"place": "incoming/../../x"})
    assert answer.status_code == 200
    assert SetOrder.objects.count() == 1


@pytest.mark.parametrize("code", [Code.NO_ROOM, Code.TOO_LARGE, Code.BUSY])
def test_what_the_broker_does_not_take_stands_beside_the_field(
    store: ToldBroker, examiner: Client, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = store.upload_part

    def part(upload_id: str, data: bytes, *, offset_bytes: int) -> object:
        store.refuses = code
        try:
            return begin(upload_id, data, offset_bytes=offset_bytes)
        finally:
            store.refuses = ""

    monkeypatch.setattr(ToldBroker, "upload_part", lambda _self, *args, **more: part(*args, **more))
    answer = examiner.post("/hash-sets/import/", TERMS | {"file": a_file()})
    assert "The file was not taken" in answer.content.decode()
    assert store.uploads == {}
    assert not SetOrder.objects.exists()


def test_what_breaks_off_in_the_middle_leaves_nothing(
    store: ToldBroker, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polit.web.hashsets.sending._PIECE_BYTES", 1 << 10)

    class BrokenOff(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 1 << 21:
                raise StopUpload(connection_reset=True)
            return super().read(size)

    boundary = "x"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    ).encode()
    body = BrokenOff(head + bytes(4 << 20))
    request = RequestFactory().post("/hash-sets/import/")
    request.META |= {
        "CONTENT_TYPE": f"multipart/form-data; boundary={boundary}", "CONTENT_LENGTH": str(5 << 20),
    }  # fmt: skip
    request._stream = body
    request._read_started = False  # type: ignore[attr-defined]
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    request.content_params = {"boundary": boundary}
    request.content_type = "multipart/form-data"
    request.user = make_user("b.example", Role.EXAMINER)
    views.take_in(request)
    assert ("discard",) in store.asked
    assert store.uploads == {}


def test_a_forged_form_sends_nothing(
    store: ToldBroker, make_user: Callable[..., User], client_for: Callable[..., Client]
) -> None:
    signed_in = client_for(make_user("f.example", Role.EXAMINER))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    answer = strict.post("/hash-sets/import/", TERMS | {"file": a_file()})
    assert answer.status_code == 403
    assert store.uploads == {}
    assert not SetOrder.objects.exists()


def test_acts_ask_for_a_reason_and_stand_in_the_history(
    store: ToldBroker, examiner: Client
) -> None:
    found = known(store)
    url = f"/hash-sets/{found.sha256}/do/disable/"
    assert examiner.get(url).status_code == 200
    assert "Enter the reason" in examiner.post(url, {"reason": ""}).content.decode()
    examiner.post(url, {"reason": "too many false matches"})
    assert SetDeed.objects.get().reason == "too many false matches"
    page = examiner.get(f"/hash-sets/{found.sha256}/").content.decode()
    assert "Being switched" in page
    assert "too many false matches" in page
    assert "wait a moment" in examiner.post(url, {"reason": "again"}).content.decode()
    assert examiner.get(f"/hash-sets/{found.sha256}/do/destroy/").status_code == 404


def test_verifying_and_updating_are_orders(store: ToldBroker, examiner: Client) -> None:
    found = known(store)
    examiner.post(f"/hash-sets/{found.sha256}/verify/", {"reason": "yearly"})
    examiner.post("/hash-sets/updates/", {"place": "incoming/u", "reason": "it came by courier"})
    kinds = {each.kind for each in SetOrder.objects.all()}
    assert kinds == {"verify", "update"}
    page = examiner.get("/hash-sets/updates/").content.decode()
    assert "incoming/u" in page


@pytest.mark.usefixtures("store")
def test_orders_are_followed_and_stopped(examiner: Client) -> None:
    examiner.post("/hash-sets/import/", TERMS | {"place": "incoming/a.txt"})
    order = SetOrder.objects.get()
    url = f"/hash-sets/orders/{order.id}/"
    assert "hx-get" in examiner.get(url).content.decode()
    assert examiner.get(f"{url}progress/")["Cache-Control"] == "no-store"
    examiner.post(f"{url}do/cancel/", {"reason": "the wrong file"})
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert "Retry" in examiner.get(url).content.decode()
    assert examiner.get(f"{url}do/destroy/").status_code == 404


def test_without_a_broker_the_forms_say_so(store: ToldBroker, examiner: Client) -> None:
    store.is_gone = True
    for url in ("/hash-sets/import/", "/hash-sets/updates/"):
        assert "does not answer" in examiner.get(url).content.decode()
    answer = examiner.post("/hash-sets/import/", TERMS | {"file": a_file()})
    assert answer.status_code == 200
    assert not SetOrder.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.EXAMINER, Role.SUPERVISOR}))
def test_nobody_else_sees_or_sends(
    store: ToldBroker, make_user: Callable[..., User], client_for: Callable[..., Client], role: Role
) -> None:
    client = client_for(make_user("n.example", role))
    assert client.get("/hash-sets/").status_code == 403
    answer = client.post("/hash-sets/import/", TERMS | {"file": a_file()})
    assert answer.status_code == 403
    assert store.uploads == {}
    assert store.asked == []
