"""States of a referral, who may do what, and what one holds. No Django here."""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from polit.base.errors import UsageError
from polit.web.cases.rules import OPENERS
from polit.web.core.rules import CHILD_READERS, Access, Role, Scope
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone

WORKERS = CHILD_READERS
"""Who reads and works on referrals: they name children, suspects and what was done."""
READING = Access(Scope.ROLE, read=WORKERS)
WRITING = Access(Scope.ROLE, read=WORKERS, write=WORKERS)
OPENING = Access(Scope.ROLE, read=OPENERS, write=OPENERS)
IN_CASE = Access(Scope.CASE, read=WORKERS)
_SUPERVISORS = frozenset({Role.SUPERVISOR})

SOURCE_REFERENCE_LENGTH, NAME_LENGTH, WHAT_LENGTH = 200, 300, 300
SUMMARY_LENGTH = 20_000
PARTS_MOST = 2_000
"""Accounts, addresses or files that one report may bring; a longer list belongs into a file."""
ORIGINAL_MOST_BYTES = 25_000_000
PORT_MOST = 65_535
_CLOCKS_DIFFER = timedelta(minutes=2)
_DIGESTS = {"md5": 32, "sha1": 40, "sha256": 64}
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)


class ReferralState(StrEnum):
    """Where a referral stands."""

    RECEIVED = "received"
    ASSESSING = "assessing"
    RESEARCHING = "researching"
    IN_CASE = "in_case"
    NO_ACTION = "no_further_action"
    PASSED = "passed_on"
    DUPLICATE = "duplicate"

    @property
    def label(self) -> str:
        """The state in words."""
        return {
            "in_case": "In a case",
            "passed_on": "Passed to another force",
        }.get(self.value, self.value.replace("_", " ").capitalize())

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {
            "received": Tone.ORANGE,
            "assessing": Tone.YELLOW,
            "researching": Tone.BLUE,
            "in_case": Tone.GREEN,
        }.get(self.value, Tone.GREY)


WAITING = (ReferralState.RECEIVED, ReferralState.ASSESSING, ReferralState.RESEARCHING)
"""Nobody has decided yet what becomes of it."""
_WAITING = tuple(state.value for state in WAITING)
_DECIDED = ("no_further_action", "passed_on", "duplicate")

REFERRAL_STATES = StateTable(
    "referral",
    ReferralState.RECEIVED,
    (
        Transition("assess", ("received", "researching"), "assessing", WORKERS),
        Transition("research", ("received", "assessing"), "researching", WORKERS),
        Transition("open_case", _WAITING, "in_case", OPENERS),
        Transition("link_case", _WAITING, "in_case", WORKERS),
        Transition("pass_on", _WAITING, "passed_on", OPENERS),
        Transition("mark_duplicate", _WAITING, "duplicate", WORKERS),
        Transition("take_no_action", _WAITING, "no_further_action", _SUPERVISORS),
        Transition("reopen", _DECIDED, "assessing", _SUPERVISORS),
        Transition("leave_case", ("in_case",), "researching", _SUPERVISORS),
    ),
)
"""That nothing further is done, and going back on any end, takes a supervisor."""


class Viewed(StrEnum):
    """Whether who reported a file had looked at it, as they state it."""

    YES = "yes"
    NO = "no"
    NOT_STATED = "not_stated"

    @property
    def label(self) -> str:
        """The answer in words."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class GivenAccount:
    """An account or identifier that a report names.

    Args:
        kind: A code of the kinds of identifiers in use.
        value: As it was written.
        service: The service, for the kinds that have one.
    """

    kind: str
    value: str
    service: str = ""


@dataclass(frozen=True, slots=True)
class GivenIp:
    """A connection that a report names.

    Args:
        address: IPv4 or IPv6.
        port: The source port, where it is stated: shared addresses resolve by it alone.
        occurred_at: When; ``None`` where the report does not say.
        zone: The zone as the report writes it, such as ``UTC`` or ``+01:00``.
        what: What it was, such as "upload".
    """

    address: str
    port: int | None = None
    occurred_at: datetime | None = None
    zone: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that was reported; polit holds none of it.

    Args:
        name: As it was reported.
        md5: Hex, or empty.
        sha1: Hex, or empty.
        sha256: Hex, or empty.
        viewed: Whether the reporter looked at it.
        category: The reporter's category in the reporter's words; it is nobody's grading.
    """

    name: str = ""
    md5: str = ""
    sha1: str = ""
    sha256: str = ""
    viewed: Viewed = Viewed.NOT_STATED
    category: str = ""


@dataclass(frozen=True, slots=True)
class GivenOriginal:
    """The report as it came.

    Args:
        name: The file's name as it was sent.
        untrusted_data: Its bytes, which are kept as they are.
    """

    name: str
    untrusted_data: bytes


@dataclass(frozen=True, slots=True)
class GivenParts:
    """What a report holds beside its words."""

    accounts: tuple[GivenAccount, ...] = ()
    ips: tuple[GivenIp, ...] = ()
    files: tuple[GivenFile, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.accounts) + len(self.ips) + len(self.files)


@dataclass(frozen=True, slots=True)
class GivenReferral:
    """A referral as it reached the team.

    Args:
        source: A code of the sources in use.
        received_at: When it reached the team.
        source_reference: The source's own reference; empty where it gave none.
        event_from: When what it tells of began, where that is known.
        event_to: When that ended.
        summary: In words.
        area_id: The area it concerns.
        team_id: The team that works on it.
        parts: Accounts, connections and files.
        originals: The report as it came.
    """

    source: str
    received_at: datetime
    source_reference: str = ""
    event_from: datetime | None = None
    event_to: datetime | None = None
    summary: str = ""
    area_id: UUID | None = None
    team_id: UUID | None = None
    parts: GivenParts = GivenParts()
    originals: tuple[GivenOriginal, ...] = ()


def source_key(reference: str) -> str:
    """Return the form of a source's reference in which two that mean the same are equal."""
    return unicodedata.normalize("NFKC", reference).casefold().strip()


def check_times(given: GivenReferral, now: datetime) -> None:
    """Refuse times that contradict each other or lie ahead.

    Raises:
        UsageError: They do.
    """
    latest = now + _CLOCKS_DIFFER
    times = (given.received_at, given.event_from, given.event_to)
    if any(each is not None and each > latest for each in times):
        raise UsageError("neither the receipt nor the event lies in the future")
    if given.event_from and given.event_to and given.event_to < given.event_from:
        raise UsageError("the event ends before it begins")


def check_ip(given: GivenIp, now: datetime) -> GivenIp:
    """Return a connection with its address in the one form that is kept.

    Raises:
        UsageError: The address or the port is none, or the time lies ahead.
    """
    try:
        address = ipaddress.ip_address(given.address.strip())
    except ValueError as error:
        raise UsageError("this is no IP address: write it as 192.0.2.1 or 2001:db8::1") from error
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        raise UsageError("an IP address of a report has no zone of an interface")
    if given.port is not None and not 0 < given.port <= PORT_MOST:
        raise UsageError(f"a port is 1 to {PORT_MOST}")
    if given.occurred_at is not None and given.occurred_at > now + _CLOCKS_DIFFER:
        raise UsageError("a connection does not lie in the future")
    return GivenIp(str(address), given.port, given.occurred_at, given.zone, given.what.strip())


def check_file(given: GivenFile) -> GivenFile:
    """Return a reported file with its digests in the one form that is kept.

    Raises:
        UsageError: A digest is none, or neither a name nor a digest is given.
    """
    digests = {name: getattr(given, name).strip().lower() for name in _DIGESTS}
    for name, length in _DIGESTS.items():
        value = digests[name]
        if value and (len(value) != length or not _HEX.fullmatch(value)):
            raise UsageError(f"an {name.upper()} has {length} hexadecimal digits")
    if not given.name.strip() and not any(digests.values()):
        raise UsageError("give the file's name or one of its digests")
    return GivenFile(
        given.name.strip(), **digests, viewed=given.viewed, category=given.category.strip()
    )


def check_original(given: GivenOriginal) -> None:
    """Refuse a report that is empty or too large.

    Raises:
        UsageError: It is.
    """
    size = len(given.untrusted_data)
    if not size:
        raise UsageError("the file of the report is empty")
    if size > ORIGINAL_MOST_BYTES:
        raise UsageError(f"a report has at most {ORIGINAL_MOST_BYTES // 1_000_000} MB")
