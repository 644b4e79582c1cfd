"""Names made to do harm, through every page and file that shows them; and a real examination."""

import csv
import io
from pathlib import Path

import examinations as run
import pytest
from django.test import Client
from django.urls import reverse
from made_packages import MadePackage
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import imported

from polit.package.seal import read_manifest
from polit.store.keys import open_keys
from polit.web.core.cells import safe_cell
from polit.web.core.rules import Role
from polit.web.media.models import Entry, Package

NAMES = (
    b"<script>alert(1).txt",
    b"<img src=x onerror=alert(1)>.txt", b'"onerror=alert(1) .txt', b"=cmd|' -C calc'!A0.txt",
    b"+1+1.txt", b"-2.txt", b"@SUM(A1).txt", b"\tTAB.txt", b"new\nline.txt", b"\xff\xfe\x80.txt",
    "\u202egpj.exe".encode(), "zero\u200bwidth.txt".encode(), b"{{ 7*7 }}{% url %}.txt",
    b"'; DROP TABLE media_entry; --.txt", b"%00%2e%2e%2f.txt", b"&lt;b&gt;.txt", b"..\\..\\x.txt",
    "\ud800".encode("utf-8", "surrogatepass") + b".txt", b"javascript:alert(1)", b"\x1b[2J.txt",
)  # fmt: skip


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> MadePackage:
    place = tmp_path_factory.mktemp("hostile")
    source = place / "evidence"
    source.mkdir()
    for number, name in enumerate(NAMES):
        (source / name.decode("utf-8", "surrogateescape")).write_bytes(b"text %d" % number)
    ended = run.examine(source, place, "--accept-atime", "--accept-reduced-isolation")
    assert ended.code in {0, 3}, ended.stderr
    package = run.package_of(place)
    return MadePackage(package, open_keys(place / "data"), read_manifest(package))


@pytest.fixture
def there(
    examined: MadePackage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_case: MakeCase,
    make_user: MakeUser,
) -> Package:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))
    case = make_case("T-1", make_user("e.example", Role.EXAMINER))
    return imported(case, tmp_path, examined).package


def test_hostile_names_do_nothing_on_any_page_and_in_no_file(
    there: Package, client_for: ClientFor
) -> None:
    assert there.state == "imported", there.checks
    assert Entry.objects.count() == len(NAMES)
    assert {bytes(raw) for raw in Entry.objects.values_list("raw_name", flat=True)} == set(NAMES)
    client = client_for(there.case.members.get().user)
    one = {"case_id": there.case_id, "examination_id": there.examination_id}

    pages = [reverse(f"media:{name}", kwargs=one) for name in
             ("results", "entries", "folders", "tiles")]  # fmt: skip
    pages += [
        reverse("media:entry", kwargs={"case_id": there.case_id, "entry_id": number})
        for number in Entry.objects.values_list("id", flat=True)
    ]
    for page in pages:
        _check_harmless(client, page)
    _check_harmless(client, pages[1] + "?contains=%3Cscript%3E%22%27")
    _check_csv(client, reverse("media:download", kwargs=one))


def _check_harmless(client: Client, address: str) -> None:
    response = client.get(address)
    text = response.content.decode()
    assert response.status_code == 200
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert '"onerror' not in text
    for mark in ("\u202e", "\u200b", "\x1b", "\0", "49{"):
        assert mark not in text


def _check_csv(client: Client, address: str) -> None:
    response = client.post(address, {"reason": "a test"})
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    lines = list(csv.reader(io.StringIO(text)))
    assert len(lines) == len(NAMES) + 1
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
                   for line in lines for cell in line)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a", "a"), ("=1", "'=1"), (" =1", "' =1"), ("\t1", "'\\u{9}1"), ("-1", "'-1"), ("", "")],
)
def test_cell_is_no_formula(text: str, shown: str) -> None:
    assert safe_cell(text) == shown
