"""Plugin folders: every module is found, in the order that it states."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from polit.base.plugins import modules_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    made = tmp_path / "planted_plugins"
    made.mkdir()
    (made / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield made
    for name in [name for name in sys.modules if name.startswith("planted_plugins")]:
        del sys.modules[name]


def found(folder: Path) -> list[str]:
    package = importlib.import_module(folder.name)
    return [module.__name__.rpartition(".")[2] for module in modules_of(package)]


def test_modules_come_in_their_stated_order_then_by_name(folder: Path) -> None:
    for name, order in {"zebra": 10, "b": 20, "a": 20}.items():
        (folder / f"{name}.py").write_text(f"ORDER = {order}\n")
    assert found(folder) == ["zebra", "a", "b"]


def test_private_modules_are_no_plugins(folder: Path) -> None:
    (folder / "_shared.py").write_text("raise RuntimeError('imported')\n")
    (folder / "a.py").write_text("ORDER = 1\n")
    assert found(folder) == ["a"]


def test_a_module_without_an_order_does_not_belong_there(folder: Path) -> None:
    (folder / "stray.py").write_text("")
    with pytest.raises(AttributeError, match="ORDER"):
        found(folder)


def test_an_empty_folder_has_no_plugins(folder: Path) -> None:
    assert found(folder) == []
