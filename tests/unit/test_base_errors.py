"""The error tree: exit codes, and what a caller of the standard library would catch."""

import pytest

from polit.base import errors


@pytest.mark.parametrize(
    ("found", "exit_code"),
    [
        (errors.PolitError, 1),
        (errors.StorageFull, 1),
        (errors.UsageError, 2),
        (errors.EvidenceChanged, 4),
        (errors.IsolationTooWeak, 5),
        (errors.SourceMissing, 6),
        (errors.Interrupted, 130),
    ],
)
def test_exit_codes_are_those_of_the_command_line(
    found: type[errors.PolitError], exit_code: int
) -> None:
    assert found.exit_code == exit_code


@pytest.mark.parametrize(
    ("found", "standard"),
    [
        (errors.UsageError, ValueError),
        (errors.AuthorityError, PermissionError),
        (errors.SourceError, OSError),
        (errors.SourceMissing, FileNotFoundError),
        (errors.StorageFull, OSError),
    ],
)
def test_file_errors_are_the_standard_librarys_too(
    found: type[errors.PolitError], standard: type[Exception]
) -> None:
    with pytest.raises(standard, match="what, where"):
        raise found("what, where, what to do")
