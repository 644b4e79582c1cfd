"""Photographs through the real broker and its sandbox: new pixels out, nothing of the rest."""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import brokers
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image
from web.conftest import MakeCase, MakeUser
from web.exhibits.custody_stories import seized
from web_sessions import client_of, signed_in_session

from polit.broker.client import BrokerClient
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.core import sealing
from polit.web.core.rules import Role
from polit.web.exhibits.models import Exhibit, Photograph
from polit.web.exhibits.sealing import open_sealed
from polit.web.exhibits.services import photographs


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerClient]:
    installation = brokers.installed(tmp_path_factory.mktemp("broker"))
    with brokers.serving(installation) as client:
        yield client


@pytest.fixture(autouse=True)
def _real(serving: BrokerClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ask the real broker, and keep what comes of it in a folder of the test's own."""
    monkeypatch.setattr(photographs, "broker", lambda: serving)
    monkeypatch.setenv("POLIT_DATA", str(tmp_path))


@pytest.fixture
def officer(make_user: MakeUser) -> User:
    return make_user("a.example", Role.EXAMINER)


@pytest.fixture
def exhibit(make_case: MakeCase, officer: User) -> Exhibit:
    return seized(make_case("OP/1", officer))


@pytest.fixture
def client(officer: User) -> Client:
    return client_of(signed_in_session(officer))


def upload(client: Client, exhibit: Exhibit, data: bytes, **other: str) -> HttpResponse:
    url = reverse("exhibits:photograph_add", args=[exhibit.case_id, exhibit.id])
    file = SimpleUploadedFile("a.jpg", data, "image/jpeg")
    return client.post(url, {"photograph": file, "caption": "Back"} | other)  # type: ignore[return-value]


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010E] = "EXIF-SECRET"
    exif.get_ifd(0x8825)[1] = "N"
    return brokers.landscape(exif=exif)


def get(client: Client, name: str, exhibit: Exhibit, photograph: Photograph) -> HttpResponse:
    return client.get(  # type: ignore[return-value]
        reverse(f"exhibits:{name}", args=[exhibit.case_id, exhibit.id, photograph.id])
    )


def test_upload_is_shown_upright_without_exif_and_its_original_is_never_served(
    client: Client, exhibit: Exhibit
) -> None:
    sent = with_exif() + b"<script>trailing</script>"

    assert upload(client, exhibit, sent).status_code == 302

    kept = Photograph.objects.get()
    assert open_sealed(kept.original_sha256) == sent
    for name, longest in (("photograph", 800), ("thumbnail", 320)):
        answer = get(client, name, exhibit, kept)
        assert answer["X-Content-Type-Options"] == "nosniff"
        picture = Image.open(io.BytesIO(answer.content))
        assert (picture.height, len(picture.getexif())) == (longest, 0)
        assert picture.height > picture.width  # it was turned
        for left in (b"EXIF-SECRET", b"Exif", b"script"):
            assert left not in answer.content
    assert (kept.width_px, kept.height_px) == (600, 800)


def png_of(width_px: int, height_px: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10**6))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE: dict[str, tuple[bytes, str]] = {
    "SVG": (SVG, "no photograph"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "no photograph"),
    "a GIF that is a script": (b"GIF89a/*" + SVG, "no photograph"),
    "a JPEG that is HTML": (b"\xff\xd8\xff\xe0<html><script>1</script>", "not taken"),
    "a bomb": (png_of(60_000, 60_000), "not taken"),
    "truncated": (brokers.landscape()[:400], "not taken"),
    "nothing": (b"", "The file is empty"),
    "31 MB": (b"\xff\xd8\xff" + bytes(31 << 20), "at most 30 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_upload_is_refused_with_words_and_leaves_nothing(
    name: str, client: Client, exhibit: Exhibit
) -> None:
    data, words = HOSTILE[name]

    answer = upload(client, exhibit, data)

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Photograph.objects.exists()
    assert not list(sealing._folder("photographs").iterdir())
    assert not AuditEvent.objects.filter(action="exhibits.photograph_add").exists()


def test_photographs_are_ordered_and_withdrawn_with_a_reason_and_their_bytes_stay(
    client: Client, exhibit: Exhibit
) -> None:
    for seed in (1, 2):
        again = upload(client, exhibit, brokers.landscape(seed=seed), another="on")
        assert again["Location"].endswith("/photographs/add/")
    first, second = Photograph.objects.order_by("position")
    address = (exhibit.case_id, exhibit.id)
    move = reverse("exhibits:photograph_move", args=[*address, second.id])
    assert client.post(move).status_code == 302
    assert client.post(move).status_code == 302  # it is the first already
    assert list(Photograph.objects.order_by("position")) == [second, first]
    withdraw = reverse("exhibits:photograph_withdraw", args=[*address, first.id])
    assert client.get(withdraw).status_code == 200

    assert client.post(withdraw, {"reason": "Another device is on it"}).status_code == 302

    assert client.post(withdraw, {"reason": "again"}).status_code == 404
    assert get(client, "photograph", exhibit, first).status_code == 404
    assert get(client, "thumbnail", exhibit, second).status_code == 200
    assert open_sealed(first.original_sha256) == brokers.landscape(seed=1)
    page = client.get(reverse("exhibits:page", args=address)).content.decode()
    assert "Another device is on it" in page
    assert AuditEvent.objects.filter(action="exhibits.photograph_withdraw").count() == 1
