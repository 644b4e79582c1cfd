"""The web's secret: kept for the web alone; whoever may not read it goes on without."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from polit.base.errors import UsageError
from polit.web.site.places import check_web_secret, make_web_folder, web_secret

_REFUSED = PermissionError(13, "Permission denied", "secret.key")


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "POLIT_DATA", str(tmp_path))


def test_secret_is_the_one_that_was_made() -> None:
    make_web_folder()
    check_web_secret()
    assert web_secret() == web_secret()


def test_user_who_may_not_read_the_secret_gets_one_of_its_own() -> None:
    make_web_folder()
    kept = web_secret()
    with patch.object(Path, "read_text", side_effect=_REFUSED):
        assert len(web_secret()) == len(kept)
        assert web_secret() != kept


def test_web_server_does_not_start_without_its_secret() -> None:
    with pytest.raises(UsageError, match="No such file"):
        check_web_secret()
    make_web_folder()
    with (
        patch.object(Path, "read_text", side_effect=_REFUSED),
        pytest.raises(UsageError, match="Permission denied"),
    ):
        check_web_secret()
