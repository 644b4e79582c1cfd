"""Packages that are adopted: verified, their key under the case's, one key for safe tiles."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import brokers
import made_packages
import pytest

from polit.base.errors import BrokerRefused, IntegrityError, UsageError
from polit.broker.client import Code
from polit.broker.protocol import AdoptQuestion
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.packages import PackageAdopter, list_packages, package_path
from polit.package.read import DerivativeReader, RoleKeyReader, read_derivatives
from polit.package.seal import read_manifest
from polit.store.case_keys import destroy_case_key, has_case_key, open_case_key
from polit.store.cipher import BlobCipher, KeyRole
from polit.store.keys import Keys, create_keys

NAME = "T-1/AB%2F1.polit"


class Adopting:
    """An installation that has one package below its packages root."""

    def __init__(self, place: Path) -> None:
        self.broker = brokers.installed(place)
        self.settings = self.broker.settings()
        self.made = made_packages.sealed(place)
        self.package = self.settings.packages / NAME
        self.package.parent.mkdir(parents=True)
        shutil.move(self.made.folder, self.package)
        self.ledger = BrokerLedger(self.settings.ledger)

    def adopter(self, keys: Keys | None = None) -> PackageAdopter:
        return PackageAdopter(self.settings, keys or self.made.keys, self.ledger)


@pytest.fixture
def adopting(tmp_path: Path) -> Adopting:
    """Return one."""
    return Adopting(tmp_path)


def refused(adopting: Adopting, package: str = NAME, case: str = "T-1") -> str:
    with pytest.raises(BrokerRefused) as error:
        adopting.adopter().adopt(AdoptQuestion(package, case))
    return error.value.code


def test_the_key_that_is_given_opens_safe_tiles_and_no_picture(adopting: Adopting) -> None:
    adopted = adopting.adopter().adopt(AdoptQuestion(NAME, "T-1"))
    assert adopted.holds
    assert adopted.package_id == adopting.made.manifest.package_id
    assert adopted.rows_sha256 == adopting.made.manifest.rows_sha256
    assert {check.name for check in adopted.checks} >= {"seal", "parts", "rows", "account"}
    assert adopted.tile_key is not None
    (tile,) = read_derivatives(adopting.package, "tile")
    reader = RoleKeyReader(
        adopting.package, package_id=adopted.package_id, role_key=adopted.tile_key, role="tile"
    )
    by_package_key = DerivativeReader(
        adopting.package, package_id=adopted.package_id,
        package_key=made_packages.PACKAGE_KEY, role="tile",
    )  # fmt: skip
    assert reader.plaintext(tile.cover) == by_package_key.plaintext(tile.cover)
    (thumbnail,) = read_derivatives(adopting.package, "thumbnail")
    picture_reader = RoleKeyReader(
        adopting.package, package_id=adopted.package_id, role_key=adopted.tile_key,
        role="thumbnail",
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        picture_reader.plaintext(thumbnail.cover)


def test_a_role_key_has_32_bytes(adopting: Adopting) -> None:
    with pytest.raises(UsageError):
        RoleKeyReader(adopting.package, package_id="x", role_key=b"short", role="tile")


def test_the_package_key_is_kept_under_the_case_key(adopting: Adopting) -> None:
    data, keys = adopting.settings.data, adopting.made.keys
    assert not has_case_key(data, "T-1")
    first = adopting.adopter().adopt(AdoptQuestion(NAME, "T-1"))
    assert adopting.adopter().adopt(AdoptQuestion(NAME, "T-1")) == first, "again is the same"
    sealed = adopting.ledger.package_key(first.package_id, "T-1")
    assert sealed is not None
    assert made_packages.PACKAGE_KEY not in sealed
    assert adopting.ledger.package_key(first.package_id, "T-2") is None
    with closing(open_case_key(data, keys, "T-1")) as key:
        cipher = BlobCipher(key.secret, KeyRole.PACKAGE_KEYS)
    context = f"T-1|{first.package_id}|package-key|1".encode()
    assert cipher.open(sealed, context=context) == made_packages.PACKAGE_KEY


def test_a_package_of_another_installation_is_verified_without_a_key(
    adopting: Adopting, tmp_path: Path
) -> None:
    others = create_keys(tmp_path / "other installation")
    adopted = adopting.adopter(others).adopt(AdoptQuestion(NAME, "T-1"))
    assert adopted.holds
    assert adopted.tile_key is None


def test_of_a_package_that_does_not_hold_no_key_is_taken(adopting: Adopting) -> None:
    with closing(sqlite3.connect(adopting.package / "findings.sqlite")) as connection, connection:
        connection.execute("UPDATE entries SET size_bytes = 6 WHERE entry_id = 1")
    adopted = adopting.adopter().adopt(AdoptQuestion(NAME, "T-1"))
    assert not adopted.holds
    assert adopted.tile_key is None
    assert adopting.ledger.package_key(adopted.package_id, "T-1") is None


def test_what_cannot_be_adopted_is_refused_with_its_reason(adopting: Adopting) -> None:
    assert refused(adopting, case="T-2") == Code.WRONG_CASE
    data = adopting.settings.data
    adopting.adopter().adopt(AdoptQuestion(NAME, "T-1"))
    destroy_case_key(data, "T-1", reason="court order")
    assert refused(adopting) == Code.ERASED


def test_one_that_names_another_case_is_adopted_where_that_was_confirmed(
    adopting: Adopting,
) -> None:
    adopted = adopting.adopter().adopt(AdoptQuestion(NAME, "T-2", other_case_confirmed=True))
    assert adopted.holds
    assert adopted.tile_key is not None
    assert adopting.ledger.package_key(adopted.package_id, "T-2") is not None
    assert adopting.ledger.package_key(adopted.package_id, "T-1") is None
    # Whoever erases the case that it was attached to erases its pictures.
    destroy_case_key(adopting.settings.data, "T-2", reason="court order")
    with pytest.raises(BrokerRefused) as error:
        adopting.adopter().adopt(AdoptQuestion(NAME, "T-2", other_case_confirmed=True))
    assert error.value.code == Code.ERASED


def test_an_unsealed_or_damaged_package_is_refused(adopting: Adopting) -> None:
    manifest = adopting.package / "manifest.json"
    manifest.write_bytes(b"{}")
    assert refused(adopting) == Code.DAMAGED
    manifest.unlink()
    assert refused(adopting) == Code.NO_PACKAGE
    assert list_packages(adopting.settings.packages) == ()


def test_a_case_key_of_another_installation_is_damage(adopting: Adopting) -> None:
    adopting.adopter().adopt(AdoptQuestion(NAME, "T-1"))
    path = adopting.settings.data / "keys" / "cases" / "T-1.age"
    path.chmod(0o600)
    path.write_bytes(b"no key")
    assert refused(adopting) == Code.DAMAGED


@pytest.mark.parametrize(
    "package",
    ["", "T-1", "T-1/none.polit", "T-1/../T-1/AB%2F1.polit", "../packages/T-1", "/etc/x.polit",
     "T-1/AB%2F1.polit/", "T-1/AB%2F1.polit/derivatives", "T-1//AB%2F1.polit", "T-1/link.polit",
     "link/AB%2F1.polit", "T-1/AB%2F1.polit\0", "./AB%2F1.polit", "T-1/file.polit"],
)  # fmt: skip
def test_no_package_name_leads_out_of_the_root(adopting: Adopting, package: str) -> None:
    root = adopting.settings.packages
    (root / "T-1" / "link.polit").symlink_to(adopting.package)
    (root / "link").symlink_to(root / "T-1")
    (root / "T-1" / "file.polit").write_text("no folder")
    with pytest.raises(BrokerRefused) as error:
        package_path(root, package)
    assert error.value.code == Code.NO_PACKAGE


def test_only_sealed_packages_are_listed(adopting: Adopting) -> None:
    root = adopting.settings.packages
    (root / "T-1" / "begun.polit").mkdir()
    (root / "T-1" / "folder").mkdir()
    (root / "link").symlink_to(root / "T-1")
    assert list_packages(root) == (NAME,)
    assert list_packages(root / "none") == ()


def test_adopting_goes_through_the_socket(adopting: Adopting) -> None:
    adopting.ledger.close()
    with brokers.serving(adopting.broker) as client:
        assert client.package_list() == (NAME,)
        adopted = client.package_adopt(NAME, case_reference="T-1")
        assert adopted.holds
        assert adopted.tile_key is not None
        assert len(adopted.tile_key) == 32
        with pytest.raises(BrokerRefused):
            client.package_adopt(NAME, case_reference="")


def test_the_manifest_is_not_touched(adopting: Adopting) -> None:
    before = (adopting.package / "manifest.json").read_bytes()
    adopting.adopter().adopt(AdoptQuestion(NAME, "T-1"))
    assert (adopting.package / "manifest.json").read_bytes() == before
    assert read_manifest(adopting.package).case == "T-1"
