"""What is read out of a report's text: each thing once, no guess, and in linear time."""

import time
from datetime import UTC, datetime

import pytest

from polit.web.referrals.extracting import FOUND_MOST, TEXT_MOST, proposals, text_of
from polit.web.referrals.rules import GivenAccount, GivenFile, GivenIp

AT = datetime(2026, 3, 27, 14, 5, 6, tzinfo=UTC)
MD5, SHA1, SHA256 = "d4" * 16, "da" * 20, "ea" * 32


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Report ID: 123456", ("123456",)),
        ('{"reportId": "AB-99887"}', ("AB-99887",)),
        ("<reference>NCA/2026/77</reference>", ("NCA/2026/77",)),
        ("Referral no. = 17/B.", ("17/B",)),
        ("The report: nothing to name", ()),
        ("Report ID: 5001\nreport id: 5001", ("5001",)),
    ],
)
def test_reference_is_what_follows_its_name(text: str, wanted: tuple[str, ...]) -> None:
    assert proposals(text).references == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a.person@example.com, A.PERSON@example.com", [("email", "a.person@example.com", "")]),
        ("call +44 (0)7700 900123 now", [("phone", "+44 (0)7700 900123", "")]),
        ("07700 900 456", [("phone", "07700 900 456", "")]),
        ("Screen name: night_owl", [("username", "night_owl", "")]),
        (
            '{"espName": "Example Chat", "userId": "9988"}',
            [("account", "9988", "Example Chat")],
        ),
        ("on 2026-03-27 at 14:05:06, ratio 1234567.89", []),
        ("sha1 " + "12" * 20, []),
    ],
)
def test_account_is_proposed_once_by_its_kind(
    text: str, wanted: list[tuple[str, str, str]]
) -> None:
    assert list(proposals(text).accounts) == [GivenAccount(*each) for each in wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-03-27 14:05:06 UTC 203.0.113.7:51515", [("203.0.113.7", 51515, AT, "UTC")]),
        ("27 Mar 2026 15:05:06 +0100 2001:DB8::7", [("2001:db8::7", None, AT, "+0100")]),
        ("[2001:db8::8]:443 at 03-27-2026 14:05:06 UTC", [("2001:db8::8", 443, AT, "UTC")]),
        ("27/03/2026 14:05:06 UTC 192.0.2.1 port 80", [("192.0.2.1", 80, AT, "UTC")]),
        # Which is the month? What time is it where? Neither is guessed.
        ("03/04/2026 14:05:06 UTC 192.0.2.1", [("192.0.2.1", None, None, "")]),
        ("2026-03-27 14:05:06 192.0.2.1", [("192.0.2.1", None, None, "")]),
        ("2026-02-30 14:05:06 UTC 192.0.2.1", [("192.0.2.1", None, None, "")]),
        ("2026-03-27 14:05:06 +99:00 192.0.2.1", [("192.0.2.1", None, None, "")]),
        ("version 10.2.3.4, 300.1.1.1, 12:30:45, fe80::1, 1.2.3.4.5", []),
    ],
)
def test_connection_has_the_time_of_its_own_line_and_no_guessed_one(
    text: str, wanted: list[tuple[str, int | None, datetime | None, str]]
) -> None:
    assert list(proposals(text).ips) == [GivenIp(*each) for each in wanted]


def test_each_line_of_a_table_keeps_its_own_time_and_port() -> None:
    rows = "\n".join(f"2026-03-27T14:0{at}:00Z,192.0.2.{at},port:{at}000" for at in range(1, 4))

    found = proposals(rows).ips

    assert [(each.address, each.port) for each in found] == [
        ("192.0.2.1", 1000), ("192.0.2.2", 2000), ("192.0.2.3", 3000),
    ]  # fmt: skip
    assert [each.occurred_at.minute for each in found if each.occurred_at] == [1, 2, 3]


def test_digests_that_stand_together_are_one_file_with_its_name() -> None:
    text = f"File: holiday_1.jpg MD5: {MD5.upper()} SHA-1: {SHA1}\n" + " " * 200 + f"b.mp4 {SHA256}"

    assert proposals(text).files == (
        GivenFile("holiday_1.jpg", md5=MD5, sha1=SHA1), GivenFile("b.mp4", sha256=SHA256),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"plain", "plain"),
        ("\ufeffmarked".encode(), "marked"),
        ("caf\u00e9".encode("cp1252"), "caf\u00e9"),
        ("wide".encode("utf-16"), "wide"),
        (b"%PDF-1.7 text", None),
        (b"\x89PNG\r\n\x1a\n\x00", None),
        (b"nul \x00 inside", None),
        (b"\xff\xfe\x00", None),
    ],
)
def test_text_is_only_what_is_text(data: bytes, wanted: str | None) -> None:
    assert text_of(data) == wanted


@pytest.mark.parametrize(
    "piece",
    ["a", "a@", "a@a.", "1.", ":", "ab:", "0", "07 ", "report id ", "user name:", "a-",
     "203.0.113.7 port ", "2026-01-01 00:00:00 UTC 203.0.113.7 ", f"{MD5} ", " ", "\n",
     "\u202e\u0661", "<reference>"],
)  # fmt: skip
def test_hostile_text_takes_linear_time_and_bounded_rows(piece: str) -> None:
    text = piece * (TEXT_MOST // len(piece))
    started = time.process_time()

    found = proposals(text)

    assert time.process_time() - started < 5  # a second at most; quadratic would be minutes
    assert max(len(found.accounts), len(found.ips), len(found.files)) <= FOUND_MOST


def test_what_is_not_looked_at_is_said() -> None:
    assert not proposals("short").is_cut
    assert proposals("x" * (TEXT_MOST + 1)).is_cut
    many = "\n".join(f"person{at}@example.com" for at in range(FOUND_MOST + 1))
    assert proposals(many).is_cut
