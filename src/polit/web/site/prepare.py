"""Makes what a start of the web application needs: ``python -m polit.web.site.prepare``.

Folders, secret, static files, and the database brought to this version, after a safe copy of
one that is an SQLite file. Running it twice changes nothing. A force that gives the web server
a database role of few rights runs ``polit migrate`` as another role (see the how-to).
"""

import fcntl
import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from polit.base import settings
from polit.base.clock import now_utc
from polit.web.site.boot import boot
from polit.web.site.places import make_web_folder, web_folder

_FOLDERS = ("packages", "evidence")
_PRIVATE = 0o700
_PENDING = 3
_MIGRATE_LOCK = 0x706F6C6974  # "polit": one number for all who migrate this PostgreSQL database
_log = logging.getLogger("polit.prepare")


def main() -> int:
    """Prepare what the arguments say; return the exit code.

    Without any: database and static files. ``--invite ORIGIN``: those, the folders of a single
    account, and the administrator's link. ``--check``: nothing; 3 when a migration is due.
    ``--static``: static files alone. ``--invite-only ORIGIN``: the link alone.
    """
    what, *origin = sys.argv[1:] or [""]
    make_web_folder()
    boot()
    if what == "--check":
        if pending_migrations():
            return _PENDING
        _tell_mark()
        return 0
    if what in {"", "--invite"}:
        with _only_one():
            _protect_file()
            migrate()
            _begin_index()
    _tell_mark()
    if what == "--invite":
        _make_folders()
    if what != "--invite-only":
        call_command("collectstatic", interactive=False, verbosity=0)
    if origin:
        _invite(*origin)
    return 0


def _tell_mark() -> None:
    """Have every process know that this record is synthetic, where it is."""
    from polit.web.demo.services import mark_tell  # noqa: PLC0415 - after boot

    mark_tell()


def _begin_index() -> None:
    """Have the search know the records of a database from before it could find their kind."""
    from polit.web.search.services import index_begin  # noqa: PLC0415 - after boot

    kinds = index_begin()
    if kinds:
        _log.info("the search has indexed %d kinds of record", kinds)


def _invite(origin: str) -> None:
    """Print a one-time link while the installation has no administrator who signed in."""
    from polit.web.accounts.services import first_administrator_link  # noqa: PLC0415 - after boot

    link = first_administrator_link(origin)
    if link is not None:
        sys.stdout.write(
            f"The first administrator signs in with this link, once:\n  {link}\n"
            "It makes accounts and gives roles, and sees no case.\n"
        )
        sys.stdout.flush()


def migrate() -> None:
    """Bring the database to this version; a file is copied before it is changed."""
    pending = pending_migrations()
    if not pending:
        return
    copy = _copy_of_file()
    if copy is not None:
        _log.info("a copy of the database from before the migration: web/copies/%s", copy.name)
    call_command("migrate", interactive=False, verbosity=0)
    _log.info("the database is now at this version: %d migrations", len(pending))


def pending_migrations() -> list[str]:
    """Return the names of the migrations that the database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def _make_folders() -> None:
    data = settings.data_folder()
    for name in _FOLDERS:
        (data / name).mkdir(mode=_PRIVATE, parents=True, exist_ok=True)


@contextmanager
def _only_one() -> Iterator[None]:
    """Wait for whoever else prepares the same data directory or the same database."""
    path = web_folder() / "prepare.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATE_LOCK])
        yield
    finally:
        connection.close()  # which lets go of the advisory lock too
        os.close(descriptor)


def _protect_file() -> None:
    """Keep an SQLite database from other users; its group may be one that the force set."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.fchmod(descriptor, os.fstat(descriptor).st_mode & 0o770)
        os.close(descriptor)


def _copy_of_file() -> Path | None:
    """Copy an SQLite database that has tables already, consistently; return where to."""
    if connection.vendor != "sqlite":
        return None
    source = Path(str(connection.settings_dict["NAME"]))
    if not connection.introspection.table_names():
        return None
    stamp = now_utc().strftime("%Y%m%dT%H%M%S%fZ")
    copy = web_folder() / "copies" / f"polit-{stamp}.sqlite3"
    copy.parent.mkdir(mode=_PRIVATE, exist_ok=True)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source)) as database:
        database.execute("VACUUM INTO ?", (str(copy),))
    return copy


if __name__ == "__main__":
    sys.exit(main())
