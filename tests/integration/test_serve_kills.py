"""``kill -9`` of every part under load: nothing that was acknowledged is lost."""

from pathlib import Path

from killed_parts import kill_under_load
from migrated_database import copy_migrated
from postgres_server import start_postgres


def test_nothing_is_lost_when_every_part_is_killed_under_load(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    copy_migrated(tmp_path / "data" / "polit.sqlite3")
    figures = kill_under_load(4, tmp_path, seed=20261126)
    assert figures["kills"] == 4
    assert int(str(figures["notes"])) > 10


def test_nothing_is_lost_on_postgresql_either(tmp_path: Path) -> None:
    server = start_postgres()
    try:
        figures = kill_under_load(4, tmp_path, seed=7, POLIT_DATABASE=server.url)
    finally:
        server.stop()
    assert figures["tasks_done"] == 12
