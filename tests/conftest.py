"""What every test shares: the corpora where they are present, and no silent skips."""

import signal
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest
from django.db import connections
from migrated_database import copy_migrated, migrated_template

# Nothing is written beside the project (another user's, perhaps), and a busy machine is no failure.
hypothesis.settings.register_profile("polit", database=None, deadline=None, print_blob=True)
hypothesis.settings.load_profile("polit")

# A shell has Ctrl-C ignored by what it runs in the background, and all that starts below inherits
# that: tests that interrupt a process would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["evidence.fixtures", "sandbox_fixtures"]

_LONGEST_FIRST = ("functional", "browser", "integration")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Return the folder of public benign test data, or skip where it is absent."""
    if not CORPORA.is_dir():
        pytest.skip("skipped: the public corpora are not beside the project")
    return CORPORA


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders whose single files take minutes, so that no core idles at the end.

    Whatever order the tests were put in stays as it is within each folder.
    """
    folders = [Path(__file__).with_name(name) for name in _LONGEST_FIRST]
    items.sort(key=lambda item: [folder not in item.path.parents for folder in folders])


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Take a file that is there already: ``django_db_modify_db_settings`` puts one there."""
    return _is_sqlite()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # noqa: ARG001 - it names the file
) -> None:
    """Begin with a copy of the migrated record."""
    stated = connections.databases["default"]["TEST"]
    if not _is_sqlite():
        stated["TEMPLATE"] = migrated_template()
        return
    place = Path(str(stated["NAME"]))
    if not place.exists():
        copy_migrated(place)


def _is_sqlite() -> bool:
    return str(connections.databases["default"]["ENGINE"]).endswith("sqlite3")


ALLOWED_SKIPS = ("skipped: the public corpora", "skipped: needs root")
"""How a reason to skip may begin. Whatever else a test lacks, ``./dev test`` installs."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a test that is skipped for want of something installable into a failed one."""
    report = yield
    return _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for a module that skips itself while it is collected."""
    report = yield
    return _refuse_skip(report)


def _refuse_skip(report: Report) -> Report:
    if report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return report
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    if not reason.removeprefix("Skipped: ").startswith(ALLOWED_SKIPS):
        report.outcome = "failed"
        report.longrepr = f"must not be skipped, but was: {reason}"
    return report
