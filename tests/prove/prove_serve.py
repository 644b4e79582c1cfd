"""Kill every part of a served record under load, on both databases: nothing is lost."""

from pathlib import Path

from killed_parts import kill_under_load
from postgres_server import start_postgres

NAME = "serve"
FULL_COUNT = 200
_SEED = 20261126


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Kill ``count`` times by SIGKILL, half of them on each database."""
    half = count // 2
    (scratch / "sqlite").mkdir()
    (scratch / "postgresql").mkdir()
    server = start_postgres()
    try:
        on_postgres = kill_under_load(
            half, scratch / "postgresql", seed=_SEED, POLIT_DATABASE=server.url
        )
    finally:
        server.stop()
    on_sqlite = kill_under_load(count - half, scratch / "sqlite", seed=_SEED + 1)
    return {"sqlite": on_sqlite, "postgresql": on_postgres}
