"""A large file through the real web process: passed on, neither held in memory nor on its disk."""

import http.client
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import brokers
import pytest
from browser_site import Site, prepare, records_of, running_site
from pytest_django import DjangoDbBlocker
from served_record import command_line
from web_sessions import signed_in_session

from polit.store.keys import create_keys
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.hashsets.models import SetOrder

PIECES, PIECE = 64, os.urandom(1 << 20)
TOKEN = "t" * 32
FIELDS = {
    "csrfmiddlewaretoken": TOKEN, "name": "Known files", "status": "known-good", "format": "auto",
    "reason": "a test",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Generator[Site, None, None]:
    prepared = prepare(tmp_path_factory.mktemp("prepared"))
    folder = tmp_path_factory.mktemp("site")
    with running_site(prepared, folder) as started, records_of(started, django_db_blocker):
        create_keys(started.data)
        broker = brokers.Broker(started.data.parent)
        broker.start()
        yield started
        broker.end()


@pytest.fixture
def key(site: Site) -> str:
    user = User(username=f"e.{os.urandom(4).hex()}", full_name="A. Examiner")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        RoleGrant(user=user, role=Role.EXAMINER.value, granted_by="a test").save()
        deed.about("user", user.pk)
    del site
    return signed_in_session(user)


def body(pieces: int) -> Iterator[bytes]:
    head = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in FIELDS.items()
    )
    yield head.encode()
    yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.db"\r\n\r\n'
    for _ in range(pieces):
        yield PIECE
    yield b"\r\n--x--\r\n"


def post(site: Site, key: str, *, pieces: int, breaks_off: bool = False) -> int:
    place = urlsplit(site.address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    size = sum(map(len, body(pieces)))
    connection.putrequest("POST", "/hash-sets/import/")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(size))
    connection.putheader("Cookie", f"sessionid={key}; csrftoken={TOKEN}")
    connection.endheaders()
    for number, piece in enumerate(body(pieces)):
        if breaks_off and number > pieces // 2:
            connection.close()
            return 0
        connection.send(piece)
    status = connection.getresponse().status
    connection.close()
    return status


def peak_bytes(site: Site) -> int:
    """Return the most memory that a process of the site ever had."""
    port = str(urlsplit(site.address).port)
    pids = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]
    serving = [pid for pid in pids if "granian" in command_line(pid) and port in command_line(pid)]
    peaks = []
    for pid in serving:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        peaks += [int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")]
    return max(peaks)


def uploads(site: Site) -> list[Path]:
    folder = site.data / "broker" / "uploads"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_a_large_file_is_not_held_by_the_web(site: Site, key: str) -> None:
    assert post(site, key, pieces=1) == 302
    before = peak_bytes(site)
    assert post(site, key, pieces=PIECES) == 302
    order = SetOrder.objects.latest("recorded_at")
    assert order.file_size_bytes == PIECES << 20
    assert (site.data / "broker" / "uploads" / order.upload_id / "big.db").exists()
    assert peak_bytes(site) - before < 40 << 20


def test_what_breaks_off_leaves_nothing(site: Site, key: str) -> None:
    there, orders = uploads(site), SetOrder.objects.count()
    post(site, key, pieces=PIECES, breaks_off=True)
    brokers.wait_for(lambda: uploads(site) == there)
    assert SetOrder.objects.count() == orders
