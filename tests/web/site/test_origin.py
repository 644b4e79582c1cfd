"""What follows from the address behind a TLS proxy; what the log does not say."""

import logging
import sys

import pytest

from polit.base.errors import UsageError
from polit.web.site.logs import PlainFormatter
from polit.web.site.origin import OriginSettings, origin_settings


def test_without_an_origin_nothing_is_trusted() -> None:
    assert origin_settings("") == OriginSettings()


def test_an_origin_brings_secure_cookies_and_hsts() -> None:
    found = origin_settings("https://polit.force.example")
    assert found.hosts == ("polit.force.example",)
    assert found.trusted_origins == ("https://polit.force.example",)
    assert found.is_https
    assert found.hsts_s == 365 * 24 * 3600
    assert found.proxy_header == ("HTTP_X_FORWARDED_PROTO", "https")


def test_a_port_belongs_to_the_origin_and_not_to_the_host() -> None:
    found = origin_settings("https://polit.force.example:8443/")
    assert found.hosts == ("polit.force.example",)
    assert found.trusted_origins == ("https://polit.force.example:8443",)


@pytest.mark.parametrize(
    "origin",
    ["http://polit.force.example", "polit.force.example", "https://", "https://a.example/path",
     "https://a.example?x=1"],
)  # fmt: skip
def test_what_is_no_https_origin_is_refused(origin: str) -> None:
    with pytest.raises(UsageError, match="POLIT_ORIGIN"):
        origin_settings(origin)


def fail() -> None:
    raise ValueError("A. Suspect")


def record(name: str, message: str, *, fails: bool = False) -> logging.LogRecord:
    exc_info = None
    if fails:
        try:
            fail()
        except ValueError:
            exc_info = sys.exc_info()
    return logging.LogRecord(name, logging.ERROR, "", 1, message, (), exc_info)


def test_a_log_line_of_others_has_neither_address_nor_message() -> None:
    line = PlainFormatter().format(record("django.request", "Server Error: /cases/A. Suspect/"))
    assert "Suspect" not in line
    assert line.endswith("ERROR django.request: status none")


def test_a_log_line_of_ours_is_said_as_it_is() -> None:
    line = PlainFormatter().format(record("polit.worker", "ran 3 tasks"))
    assert line.endswith("ERROR polit.worker: ran 3 tasks")


def test_an_error_in_the_log_has_its_class_and_places_alone() -> None:
    line = PlainFormatter().format(record("django.request", "x", fails=True))
    assert "Suspect" not in line
    assert "builtins.ValueError at test_origin.record:" in line
