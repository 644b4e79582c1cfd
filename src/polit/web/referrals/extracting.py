"""Reads what a report may name out of its text, for an officer to confirm. No Django here.

Nothing is parsed: a report is text, whatever it calls itself, and each expression looks at a
bounded number of characters from where it begins, so that the time grows with the text alone. What
cannot be read without a guess is left out: a time without a zone, a day that may be a month.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from typing import TypeVar

from polit.web.referrals.rules import GivenAccount, GivenFile, GivenIp

_Row = TypeVar("_Row")
TEXT_MOST = 400_000
"""Characters that are looked at: some hundred pages."""
FOUND_MOST = 200
"""Rows of each kind that are offered: more than that nobody confirms one by one."""
_MATCHES_MOST = 10 * FOUND_MOST
"""Addresses whose surroundings are looked at, those that are named again among them."""
_NEAR = 160
"""Characters before and after an address in which its time is looked for, on its own line."""
_LINES_NEAR = 3
_HOURS_MOST = 14

_REFERENCE = re.compile(
    r"(?<![A-Za-z])(?:report|reference|referral|incident|submission|tip|ticket|urn)"
    r"[ _-]?(?:id|no|nr|number|reference|ref)?\.?[\"']?[ \t]{0,4}[:=>#][ \t]{0,4}[\"']?"
    r"([A-Za-z0-9][A-Za-z0-9/_.\-]{2,60})",
    re.ASCII | re.IGNORECASE,
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-@])[A-Za-z0-9_%+][A-Za-z0-9._%+\-]{0,63}"
    r"@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,5}(?![A-Za-z0-9\-@])",
    re.ASCII,
)
_PHONE = re.compile(
    r"(?<![\w.:/+\-])(?:(?:\+|00)[1-9]|0[1-9])(?:[ ()\-]{0,2}[0-9]){7,13}(?![\w:/]|\.[0-9])",
    re.ASCII,
)
_IPV4 = re.compile(
    r"(?<![\w.\-])([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?::([0-9]{1,5}))?(?![\w:\-]|\.[0-9])", re.ASCII
)
_IPV6 = re.compile(
    r"(?<![\w:.])(\[)?([0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:[0-9.]{0,15})?)"
    r"(?(1)\](?::([0-9]{1,5}))?)(?![\w:])",
    re.ASCII,
)
_PORT = re.compile(
    r"port[\"']?[ \t]{0,3}[:=>]?[ \t]{0,3}[\"']?([0-9]{1,5})(?![0-9])", re.IGNORECASE | re.ASCII
)
_DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32,64}(?![0-9A-Za-z])", re.ASCII)
_FILE_NAME = re.compile(
    r"(?<![\w.\-])([\w][\w.\-]{0,120}\.(?:jpe?g|png|gif|webp|heic|bmp|tiff?|mp4|mov|avi|mkv|webm|zip"
    r"|rar|7z|mpe?g|3gp))(?![\w])",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?<![A-Za-z])(screen[ _-]?name|user[ _-]?name|account[ _-]?(?:name|id|number)|user[ _-]?id"
    r"|display[ _-]?name|handle|esp[ _-]?user[ _-]?id)[\"']?[ \t]{0,4}[:=>][ \t]{0,4}[\"']?"
    r"([^\s\"'<>,;]{2,100})",
    re.ASCII | re.IGNORECASE,
)
_SERVICE = re.compile(
    r"(?<![A-Za-z])(?:service|platform|provider|reporting[ _-]?esp|esp[ _-]?name|app)[\"']?"
    r"[ \t]{0,4}[:=>][ \t]{0,4}[\"']?([A-Za-z0-9][A-Za-z0-9 .&\-]{0,60})",
    re.ASCII | re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ZONE = r"(Z|UTC|GMT|[+\-][0-9]{2}:?[0-9]{2})(?![A-Za-z0-9])"
_CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?[ ]?" + _ZONE
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]" + _CLOCK, re.ASCII)
_NAMED = re.compile(
    r"(?<![0-9])([0-9]{1,2})[ \-]([A-Za-z]{3})[a-z]{0,6}[ \-,]{1,2}([0-9]{4}),?[ T](?:at )?"
    + _CLOCK,
    re.ASCII,
)
_SLASHED = re.compile(
    r"(?<![0-9])([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4}),?[ T]" + _CLOCK, re.ASCII
)

_EXAMPLES = tuple(
    ipaddress.ip_network(each)
    for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
"""RFC 5737 and RFC 3849: what training material is written with."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a text seems to name; an officer decides what of it counts.

    Args:
        references: What may be the source's reference, in order, each once.
        accounts: E-mail addresses, telephone numbers and accounts, each once.
        ips: Public connections with their times, each once.
        files: Files by digest, each once.
        is_cut: Whether the text was longer than what was looked at, or named more than is offered.
    """

    references: tuple[str, ...] = ()
    accounts: tuple[GivenAccount, ...] = ()
    ips: tuple[GivenIp, ...] = ()
    files: tuple[GivenFile, ...] = ()
    is_cut: bool = False

    @property
    def count(self) -> int:
        """How many accounts, connections and files there are."""
        return len(self.accounts) + len(self.ips) + len(self.files)


def text_of(untrusted_data: bytes) -> str | None:
    """Return the text of a report, ``None`` where it is none: a PDF, a picture, a spreadsheet.

    UTF-8, UTF-16 with its mark, or Windows' western code page; what has controls is no text.
    """
    if untrusted_data.startswith(b"%PDF"):
        return None
    marked = untrusted_data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = untrusted_data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROLS.search(text) else text
    return None


def proposals(untrusted_text: str) -> Proposed:
    """Return what a text seems to name, in its order.

    Args:
        untrusted_text: The text; only its first ``TEXT_MOST`` characters are looked at.
    """
    text = untrusted_text[:TEXT_MOST]
    wanted = FOUND_MOST + 1
    found = (
        _first(_references(text), 10, str.casefold),
        _first(_accounts(text), wanted, _same_account),
        _first(_ips(text), wanted, lambda each: (each.address, each.port, each.occurred_at)),
        _first(_files(text), wanted, lambda each: (each.md5, each.sha1, each.sha256)),
    )
    references, accounts, ips, files = found
    is_cut = len(untrusted_text) > TEXT_MOST or any(
        len(each) > FOUND_MOST for each in (accounts, ips, files)
    )
    return Proposed(references, accounts[:FOUND_MOST], ips[:FOUND_MOST], files[:FOUND_MOST], is_cut)


def _first(rows: Iterable[_Row], most: int, key: Callable[[_Row], object]) -> tuple[_Row, ...]:
    """Return the first rows, each once."""
    seen: dict[object, _Row] = {}
    for each in rows:
        if key(each) not in seen:
            seen[key(each)] = each
            if len(seen) == most:
                break
    return tuple(seen.values())


def _same_account(each: GivenAccount) -> object:
    return (each.kind, each.value.casefold(), each.service.casefold())


def _references(text: str) -> Iterator[str]:
    for match in _REFERENCE.finditer(text):
        if any(sign.isdigit() for sign in match[1]):
            yield match[1].rstrip(".-_/")


def _accounts(text: str) -> Iterator[GivenAccount]:
    service = _SERVICE.search(text)
    name = service[1].strip() if service else ""
    for match in _EMAIL.finditer(text):
        yield GivenAccount("email", match[0])
    for match in _PHONE.finditer(text):
        yield GivenAccount("phone", match[0].strip())
    for match in _ACCOUNT.finditer(text):
        is_number = any(word in match[1].lower() for word in ("id", "number"))
        if not _EMAIL.fullmatch(match[2]):
            yield GivenAccount("account" if is_number else "username", match[2], name)


def _ips(text: str) -> Iterator[GivenIp]:
    for match in islice(_IPV4.finditer(text), _MATCHES_MOST):
        yield from _ip(text, match, match[1], match[2])
    for match in islice(_IPV6.finditer(text), _MATCHES_MOST):
        yield from _ip(text, match, match[2].rstrip("."), match[3])


def _ip(
    text: str, match: re.Match[str], untrusted_address: str, port: str | None
) -> Iterator[GivenIp]:
    try:
        address = ipaddress.ip_address(untrusted_address)
    except ValueError:
        return
    # A private or reserved address resolves to nobody, and versions of software look like it.
    if not address.is_global and not _is_example(address):
        return
    around, at = _around(text, match.start(), match.end())
    number = int(port) if port else _nearest_port(around, at)
    occurred_at, zone = _nearest_time(around, at)
    yield GivenIp(
        str(address), number if number and 0 < number < 65_536 else None, occurred_at, zone
    )


def _is_example(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in each for each in _EXAMPLES if each.version == address.version)


def _around(text: str, start: int, end: int) -> tuple[str, int]:
    """Return what stands around a place within a few lines, and where the place is in it."""
    low, high = max(0, start - _NEAR), min(len(text), end + _NEAR)
    before = text[low:start].split("\n")[-_LINES_NEAR:]
    after = text[end:high].split("\n")[:_LINES_NEAR]
    head = "\n".join(before)
    return head + text[start:end] + "\n".join(after), len(head)


def _nearest_port(around: str, at: int) -> int | None:
    found = [(abs(match.start() - at), int(match[1])) for match in _PORT.finditer(around)]
    return min(found)[1] if found else None


def _nearest_time(around: str, at: int) -> tuple[datetime | None, str]:
    found = list(islice(_times(around), 20))
    if not found:
        return None, ""
    # The same line first: a table has one connection a line.
    line = around.rfind("\n", 0, at), around.find("\n", at)
    own = [each for each in found if line[0] < each[0] and (line[1] < 0 or each[0] < line[1])]
    _place, instant, zone = min(own or found, key=lambda each: abs(each[0] - at))
    return instant, zone


def _times(around: str) -> Iterator[tuple[int, datetime, str]]:
    for match in _ISO.finditer(around):
        yield from _time(match, match[1], match[2], match[3])
    for match in _NAMED.finditer(around):
        if match[2].lower() in _MONTHS:
            month = str(_MONTHS.index(match[2].lower()) + 1)
            yield from _time(match, match[3], month, match[1])
    for match in _SLASHED.finditer(around):
        first, second = int(match[1]), int(match[2])
        # Which is the day follows from a number above twelve, or from both being the same.
        if first > 12 or first == second:
            yield from _time(match, match[3], match[2], match[1])
        elif second > 12:
            yield from _time(match, match[3], match[1], match[2])


def _time(
    match: re.Match[str], year: str, month: str, day: str
) -> Iterator[tuple[int, datetime, str]]:
    hour, minute, second, zone = match.groups()[3:7]
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0),
            tzinfo=_zone(zone),
        )  # fmt: skip
        yield match.start(), local.astimezone(UTC), zone
    except (ValueError, OverflowError):
        return


def _zone(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > _HOURS_MOST or minutes > 59:
        raise ValueError(text)
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if text[0] == "-" else shift)


def _files(text: str) -> Iterator[GivenFile]:
    """Return files by digest; several digests that stand together, with a name, are one file."""
    kinds = {32: "md5", 40: "sha1", 64: "sha256"}
    held: dict[str, str] = {}
    end = start = 0
    for match in _DIGEST.finditer(text):
        kind = kinds.get(len(match[0]))
        if kind is None:
            continue
        is_same = held and kind not in held and match.start() - end < _NEAR
        if held and not is_same:
            yield _file(text, held, start, end)
            held = {}
        if not held:
            start = match.start()
        held[kind] = match[0].lower()
        end = match.end()
    if held:
        yield _file(text, held, start, end)


def _file(text: str, held: dict[str, str], start: int, end: int) -> GivenFile:
    around, at = _around(text, start, end)
    names = [(abs(match.start() - at), match[1]) for match in _FILE_NAME.finditer(around)]
    return GivenFile(
        min(names)[1] if names else "",
        md5=held.get("md5", ""),
        sha1=held.get("sha1", ""),
        sha256=held.get("sha256", ""),
    )
