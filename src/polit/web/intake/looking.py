"""Looks for supplements that came to lie beside imported packages, whoever put them there.

``polit match`` on the command line tells the record nothing, and may have matched a thousand
packages. A look costs a few questions about files for each package; what lies there is verified
only where that is not what lay there last time. So one that was refused stays so until somebody
changed something.
"""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from polit.base.clock import now_utc
from polit.base.errors import BrokerRefused
from polit.broker.client import Code
from polit.package.layout import MANIFEST
from polit.package.supplement import MATCHES, supplement_folder, supplement_numbers
from polit.web.core.acting import Actor
from polit.web.intake.supplements import SupplementAdopter, supplements_import
from polit.web.matching.models import MatchSource, SupplementLook
from polit.web.matching.signals import supplements_wanted
from polit.web.media.models import Package
from polit.web.media.places import package_folder
from polit.web.media.rules import PackageState

_ASK_AGAIN = timedelta(hours=1)
"""When what was asked for has not ended and nobody is at it: its task was given up."""
_AT_ONCE = 500


def lying_sha256(folder: Path) -> str:
    """Return a digest of which supplements lie beside a package, by their files' sizes and times.

    Returns:
        Lower-case hex; empty where none lies there. Any change to a file gives another one.

    Raises:
        OSError: They cannot be looked at, or the package is not there.
    """
    folder.stat()
    lines = [
        f"{number} {_stamp(one)} {_stamp(one / MANIFEST)} {_stamp(one / MATCHES)}\n"
        for number in supplement_numbers(folder)
        for one in (supplement_folder(folder, number),)
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else ""


def _stamp(path: Path) -> str:
    """Return what changes with a file or folder; a link is not followed."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return "-"
    # The time of change, for nobody can set it: not even who puts other bytes there on purpose.
    return f"{found.st_ino}.{found.st_size}.{found.st_ctime_ns}"


def supplements_look(*, being_taken: frozenset[str]) -> int:
    """Look beside all imported packages, and ask for what is new to be taken in.

    Args:
        being_taken: Identifiers of packages whose supplements are being taken in, or soon will
            be: they are not asked for twice, and looked at anew the next time.

    Returns:
        For how many packages something was asked for.
    """
    now = now_utc()
    looks = {look.package_id: look for look in SupplementLook.objects.all()}
    rows = Package.objects.filter(state=PackageState.IMPORTED.value).order_by("number")
    looked, wanted = [], []
    for package in rows.only("id", "place"):
        look = looks.get(package.id) or SupplementLook(package=package)
        if _look(look, package, being_taken=being_taken, now=now):
            wanted.append(package)
        looked.append(look)
    with transaction.atomic():
        # What was taken in meanwhile is not written over.
        SupplementLook.objects.bulk_create(
            looked, _AT_ONCE, update_conflicts=True, unique_fields=["package"],
            update_fields=["looked_at", "is_readable", "asked", "asked_at"],
        )  # fmt: skip
        for package in wanted:
            supplements_wanted.send(sender=Package, package=package)
    return len(wanted)


def _look(
    look: SupplementLook, package: Package, *, being_taken: frozenset[str], now: datetime
) -> bool:
    """Note what lies beside a package; tell whether it is to be asked for."""
    look.looked_at = now
    try:
        lies = lying_sha256(package_folder(package.place))
    except OSError:
        look.is_readable = False
        return False
    look.is_readable = True
    if lies == look.taken or str(package.id) in being_taken:
        return False
    if lies == look.asked and look.asked_at is not None and look.asked_at > now - _ASK_AGAIN:
        return False
    look.asked, look.asked_at = lies, now
    return True


def supplements_take(
    actor: Actor, *, reason: str, package: Package, broker: SupplementAdopter
) -> list[MatchSource]:
    """Take in what lies beside a package, unless it is what was taken in last time.

    Returns:
        Those that were taken in or refused now.

    Raises:
        UsageError: The package is not imported.
        BrokerGone, BrokerRefused, PackageBusy, StorageFull: To be tried again.
    """
    look, _ = SupplementLook.objects.get_or_create(package=package)
    try:
        lies = lying_sha256(package_folder(package.place))
    except OSError:
        return []  # the next look says so on the page, and asks once they can be looked at
    refused = MatchSource.objects.filter(package=package, state="refused")
    if lies == look.taken and not refused.exists():
        return []
    done, trouble = [], ""
    try:
        done = supplements_import(actor, reason=reason, package=package, broker=broker)
    except BrokerRefused as error:
        if error.code == Code.BUSY:
            raise
        trouble = str(error)
    SupplementLook.objects.filter(pk=package.pk).update(taken=lies, trouble=trouble)
    return done
