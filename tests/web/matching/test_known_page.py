"""The page of what is known says where that comes from, who signed it and what was refused."""

from pathlib import Path

import pytest
from made_packages import sealed
from made_supplements import PICTURE, add, alert
from web.adopting import VerifyingBroker
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import imported

from polit.package.supplement import supplement_folder
from polit.store.keys import create_keys
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.intake.supplements import supplements_import
from polit.web.media.places import package_folder


def test_sources_say_who_signed_and_why_one_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_case: MakeCase, make_user: MakeUser,
    client_for: ClientFor,
) -> None:  # fmt: skip
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))
    user = make_user("e.example", Role.EXAMINER)
    there = imported(make_case("T-1", user), tmp_path / "made", sealed(tmp_path / "made"))
    folder = package_folder(there.package.place)
    other = create_keys(tmp_path / "other")
    add(there.made, [alert(PICTURE)], folder=folder, keys=other)
    add(there.made, [alert(PICTURE)], folder=folder)
    (supplement_folder(folder, 2) / "matches.sqlite").unlink()
    supplements_import(
        SYSTEM, reason="a test", package=there.package, broker=VerifyingBroker(other)
    )
    results = f"/cases/{there.package.case_id}/examinations/{there.examination.id}/results/"

    page = client_for(user).get(f"{results}known/").content.decode()

    assert other.fingerprint in page
    assert "Not the package&#x27;s key" in page or "Not the package's key" in page
    refused, taken = page.index("Supplement 2"), page.index("Supplement 1")
    assert refused < page.index("parts: missing", refused) < taken
    assert taken < page.index("Known today", taken)
    assert "Hash sets that count today" in page
