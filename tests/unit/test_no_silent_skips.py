"""A test that is skipped for want of something installable fails the run."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
PLAIN = ("-p", "no:randomly", "-p", "no:django")
"""A run inside this one: Django's environment of tests can be set up only once."""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    return pytester


@pytest.mark.parametrize(
    "reason", ["skipped: the public corpora are not beside the project", "skipped: needs root"]
)
def test_a_skip_for_a_listed_reason_stays_a_skip(suite: pytest.Pytester, reason: str) -> None:
    suite.makepyfile(f"import pytest\ndef test_it(): pytest.skip({reason!r})")
    suite.runpytest(*PLAIN).assert_outcomes(skipped=1)


def test_a_skip_for_a_missing_tool_fails(suite: pytest.Pytester) -> None:
    suite.makepyfile("import pytest\ndef test_it(): pytest.skip('no mkntfs here')")
    suite.runpytest(*PLAIN).assert_outcomes(failed=1)


def test_a_mark_that_skips_fails(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        "import pytest\n@pytest.mark.skipif(True, reason='no strace')\ndef test_it(): pass"
    )
    suite.runpytest(*PLAIN).assert_outcomes(errors=1)


def test_a_module_that_skips_itself_fails(suite: pytest.Pytester) -> None:
    suite.makepyfile("import pytest\npytest.importorskip('no_such_module_anywhere')")
    suite.runpytest(*PLAIN).assert_outcomes(errors=1)


def test_an_expected_failure_is_no_skip(suite: pytest.Pytester) -> None:
    suite.makepyfile("import pytest\n@pytest.mark.xfail\ndef test_it(): assert False")
    suite.runpytest(*PLAIN).assert_outcomes(xfailed=1)
