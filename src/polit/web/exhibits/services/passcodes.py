"""PINs and passwords: sealed when they are written, shown only by an act of its own."""

from dataclasses import dataclass, field
from datetime import datetime

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.acting import Actor
from polit.web.exhibits.continuity import check_custody_role
from polit.web.exhibits.fitting import check_fits
from polit.web.exhibits.models import Exhibit, Passcode
from polit.web.exhibits.sealing import sealing_cipher


@dataclass(frozen=True, slots=True)
class GivenPasscode:
    """A code that somebody gave.

    Args:
        code: The PIN, password or pattern.
        opens: What it opens, such as "screen lock".
        given_by: Who gave it.
        given_at: When.
        power: On which power or by whose free will.
    """

    code: str = field(repr=False)
    opens: str
    given_by: str
    given_at: datetime
    power: str


def passcode_add(actor: Actor, *, reason: str, exhibit: Exhibit, given: GivenPasscode) -> Passcode:
    """Keep a code, sealed. Neither the audit nor any report has it.

    Raises:
        UsageError: A part is missing, or it was given in the future.
        AuthorityError: The roles do not allow it.
    """
    check_custody_role(roles_of(actor))
    said = (given.code, given.opens, given.given_by, given.power)
    if not all(each.strip() for each in said):
        raise UsageError("code: give it, what it opens, who gave it, and on which power")
    if given.given_at > now_utc():
        raise UsageError("given: this instant has not come yet")
    with act(
        actor, "exhibits.passcode_add", reason=reason, case=exhibit.case, nature=Nature.COLLECTION
    ) as deed:
        kept = Passcode(
            exhibit=exhibit,
            opens=given.opens,
            given_by=given.given_by,
            given_at=given.given_at,
            power=given.power,
        )
        context = f"passcode:{kept.id}".encode()
        kept.sealed = sealing_cipher().seal(given.code.encode(), context=context)
        check_fits(kept)
        kept.save()
        deed.about("passcode", kept.id, label=exhibit.reference, opens=kept.opens)
    return kept


def passcode_show(actor: Actor, *, reason: str, passcode: Passcode) -> str:
    """Return a code, after who asked for it stands in the audit.

    Raises:
        AuthorityError: The roles do not allow it.
        IntegrityError: What was kept does not open: another key, or it was altered.
    """
    check_custody_role(roles_of(actor))
    exhibit = passcode.exhibit
    with act(
        actor,
        "exhibits.passcode_show",
        reason=reason,
        case=exhibit.case,
        nature=Nature.CONSULTATION,
    ) as deed:
        deed.about("passcode", passcode.id, label=exhibit.reference, opens=passcode.opens)
        context = f"passcode:{passcode.id}".encode()
        code = sealing_cipher().open(bytes(passcode.sealed), context=context)
    return code.decode()
