"""Archives, carved pictures, volumes inside volumes and a locked one, from a disk to every page."""

import shutil
from pathlib import Path

import examinations as run
import pytest
from django.test import Client
from django.urls import reverse
from evidence import layered_disk
from evidence.layered_disk import LayeredDisk
from made_packages import MadePackage
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import Imported, imported

from polit.model import codes
from polit.package.seal import read_manifest
from polit.store.keys import open_keys
from polit.web.core.rules import Role
from polit.web.media.models import Carving, Content, Entry, Folder, Volume

_CARVED = codes.ENTRY_STATES.number("carved")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> LayeredDisk:
    return layered_disk.build(tmp_path_factory.mktemp("layered"))


@pytest.fixture(scope="module")
def examined(disk: LayeredDisk) -> MadePackage:
    place = disk.image.parent
    ended = run.carve(disk.image, place, "--accept-reduced-isolation")
    assert ended.code == 3, ended.stderr  # one volume is locked
    package = run.package_of(place)
    return MadePackage(package, open_keys(place / "data"), read_manifest(package))


@pytest.fixture
def there(
    examined: MadePackage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_case: MakeCase,
    make_user: MakeUser,
) -> Imported:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))
    folder = tmp_path / examined.folder.name
    shutil.copytree(examined.folder, folder)
    case = make_case("T-1", make_user("e.example", Role.EXAMINER))
    made = MadePackage(folder, examined.keys, examined.manifest)
    return imported(case, tmp_path, made)


@pytest.fixture
def client(there: Imported, client_for: ClientFor) -> Client:
    return client_for(there.package.case.members.get().user)


def text_of(client: Client, there: Imported, name: str, query: str = "") -> str:
    asked = {"case_id": there.package.case_id, "examination_id": there.examination.id}
    response = client.get(reverse(f"media:{name}", kwargs=asked) + query)
    assert response.status_code == 200, response.content[:300]
    return response.content.decode()


def test_every_entry_stands_in_its_folder_and_its_volume(
    there: Imported, disk: LayeredDisk
) -> None:
    assert there.package.state == "imported", there.package.checks
    found = {entry.path: entry for entry in Entry.objects.all()}
    folders = {folder.pk: folder for folder in Folder.objects.select_related("volume")}
    placed = {path: folders[entry.folder_id or 0] for path, entry in found.items()}
    for path in disk.named:
        volume = "Volume 3, LVM volume 1" if path == "inside.jpg" else "Volume 1"
        assert placed[path].title == f"{volume}: root"
    carved = {f"$Carved/{at}.jpg": sha256 for at, sha256 in disk.carved.items()}
    assert {path for path, entry in found.items() if entry.state == _CARVED} == set(carved)
    for path, sha256 in (disk.named | carved).items():
        content = Content.objects.get(pk=found[path].content_id)
        assert bytes(content.sha256).hex() == sha256, path
    for path in carved:
        assert codes.FOLDER_KINDS.value(placed[path].kind) == "carved"
        assert found[path].locator.startswith(f"{placed[path].volume.locator};carved:")
    inner = found["photos.zip/in/inner.zip"]
    assert found["photos.zip/in/inner.zip/holiday/nested.jpg"].within_id == inner.pk
    assert inner.within_id == found["photos.zip"].pk
    assert sum(folder.entries for folder in folders.values()) == len(found)


def test_volumes_are_a_tree_and_say_what_was_carved(there: Imported, disk: LayeredDisk) -> None:
    assert there.package.state == "imported", there.package.checks
    volumes = {volume.title: volume for volume in Volume.objects.all()}
    inside, outer = volumes["Volume 3, LVM volume 1"], volumes["Volume 3"]
    assert (inside.parent_id, outer.layer) == (outer.pk, "lvm")
    assert [title for title, each in volumes.items() if each.parent_id] == [inside.title]
    assert sum(Carving.objects.values_list("carved", flat=True)) == len(disk.carved)
    gap = Carving.objects.get(area=codes.CARVING_AREAS.number("whole"), carved=1)
    assert not gap.volume.is_allocated


def test_every_page_answers_and_reads_well(there: Imported, client: Client) -> None:
    results = text_of(client, there, "results")
    assert results.index("Volume 3<") < results.index("Volume 3, LVM volume 1")
    assert "encrypted (LUKS), and no given key opens it" in results
    assert ": 1 carved" in results
    assert "Opened: see what it holds" in results
    folders = text_of(client, there, "folders")
    assert "Volume 1: $Carved" in folders
    assert "Volume 3, LVM volume 1: root" in folders
    assert "carved" in text_of(client, there, "entries", "?state=carved")
    assert "photos.zip" not in text_of(client, there, "entries", "?state=carved")
    text_of(client, there, "tiles")
    for folder in Folder.objects.all():
        text_of(client, there, "folders", f"?folder={folder.pk}")
        text_of(client, there, "entries", f"?folder={folder.pk}")
    pages = {}
    for entry in Entry.objects.all():
        asked = {"case_id": there.package.case_id, "entry_id": entry.pk}
        response = client.get(reverse("media:entry", kwargs=asked))
        assert response.status_code == 200
        pages[entry.path] = response.content.decode()
    nested = pages["photos.zip/in/inner.zip/holiday/nested.jpg"]
    assert ";zip:in/inner.zip;zip:holiday/nested.jpg" in nested
    assert "Inside of" in nested
    assert "as the file that it lies in says" in nested
    carved = next(page for path, page in pages.items() if path.startswith("$Carved"))
    assert "Bytes of the source" in carved
    assert "none kept" in carved
