"""``python -m audit_installation FOLDER SEED``: an installation of its own with an audit log."""

import importlib
import os
import sys
from pathlib import Path

from django.core.management import call_command

from polit.web.site.boot import boot


def main() -> None:
    """Make the database, the log and its exports below a folder."""
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    (folder / "data").mkdir(parents=True)
    os.environ["POLIT_DATA"] = str(folder / "data")
    boot()
    call_command("migrate", verbosity=0)
    importlib.import_module("audited_logs").make_installation(folder, seed)


if __name__ == "__main__":
    main()
