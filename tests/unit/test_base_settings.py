"""The environment: typed, loud, never silently replaced by a default."""

from pathlib import Path

import pytest

from polit.base import settings
from polit.base.errors import UsageError


def test_an_unset_variable_is_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLIT_TRY", raising=False)
    assert settings.text("POLIT_TRY") == ""
    assert settings.text("POLIT_TRY", "x") == "x"
    assert settings.number("POLIT_TRY", 2.5) == 2.5


def test_an_empty_number_is_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_TRY", "")
    assert settings.number("POLIT_TRY", 7) == 7


def test_a_number_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_TRY", "1.5")
    assert settings.number("POLIT_TRY", 0, minimum=1.5) == 1.5


@pytest.mark.parametrize("raw", ["two", "nan", "inf", "-1", "0.5"])
def test_a_wrong_number_names_its_variable(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("POLIT_TRY", raw)
    with pytest.raises(UsageError, match=f"POLIT_TRY is '{raw}': give a number"):
        settings.number("POLIT_TRY", 5, minimum=1)


def test_the_stated_data_folder_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLIT_DATA", "here")
    monkeypatch.setenv("XDG_DATA_HOME", "/elsewhere")
    assert settings.data_folder() == tmp_path / "here"


def test_the_users_data_folder_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLIT_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/data/of/the/user")
    assert settings.data_folder() == Path("/data/of/the/user/polit")
    monkeypatch.setenv("XDG_DATA_HOME", "")
    monkeypatch.setenv("HOME", "/the/user")
    assert settings.data_folder() == Path("/the/user/.local/share/polit")
