"""What is done to signposts. Every act says who and why."""

from uuid import UUID

from django.db import IntegrityError, transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.core.versions import check_unchanged
from polit.web.signposts.models import Signpost
from polit.web.signposts.queries import signpost_version
from polit.web.signposts.rules import (
    Audience,
    GivenSignpost,
    check_edits,
    check_signpost,
    signpost_examples,
)


def signpost_add(actor: Actor, *, reason: str, given: GivenSignpost) -> Signpost:
    """Add a signpost.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It helps nobody, or one of that name holds already.
    """
    check_edits(_roles(actor))
    check_signpost(given)
    with act(actor, "signposts.add", reason=reason) as deed:
        kept = _set(Signpost(), given)
        _keep(kept)
        deed.about("signpost", kept.pk, label=kept.name)
    return kept


def signpost_change(
    actor: Actor, *, reason: str, signpost_id: UUID, given: GivenSignpost, seen: str | None = None
) -> Signpost:
    """Change a signpost.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: As ``signpost_add``; it ended, or somebody else changed it meanwhile.
    """
    check_edits(_roles(actor))
    check_signpost(given)
    with act(actor, "signposts.change", reason=reason) as deed:
        kept = _held(signpost_id)
        check_unchanged(seen, signpost_version(kept))
        before = _said(kept)
        _keep(_set(kept, given))
        after = _said(kept)
        changed = [name for name in after if before[name] != after[name]]
        deed.about(
            "signpost",
            kept.pk,
            label=kept.name,
            changed={name: [before[name], after[name]] for name in changed},
        )
    return kept


def signpost_end(actor: Actor, *, reason: str, signpost_id: UUID) -> Signpost:
    """End a signpost: it is shown to nobody any more, and stays in the register.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It ended already.
    """
    check_edits(_roles(actor))
    with act(actor, "signposts.end", reason=reason) as deed:
        kept = _held(signpost_id)
        kept.ended_at, kept.ended_by = now_utc(), actor.name
        kept.save()
        deed.about("signpost", kept.pk, label=kept.name)
    return kept


def examples_take(actor: Actor, *, reason: str) -> int:
    """Add the examples whose names the register has not; return how many.

    Raises:
        AuthorityError: Their roles do not allow it.
    """
    check_edits(_roles(actor))
    held = set(Signpost.objects.values_list("name", flat=True))
    wanted = [each for each in signpost_examples().entries if each.name not in held]
    with transaction.atomic():
        for each in wanted:
            signpost_add(actor, reason=reason, given=each)
    return len(wanted)


def _roles(actor: Actor) -> frozenset[Role]:
    if actor.kind == "system":
        return frozenset(Role)
    user = User.objects.filter(pk=actor.actor_id, is_active=True).first()
    return user.roles if user else frozenset()


def _held(signpost_id: UUID) -> Signpost:
    kept = Signpost.objects.select_for_update().filter(pk=signpost_id, ended_at=None).first()
    if kept is None:
        raise UsageError("this signpost was ended already: load the page again")
    return kept


def _said(kept: Signpost) -> dict[str, str]:
    names = ("name", "purpose", "telephone", "website", "hours")
    said = {name: str(getattr(kept, name)) for name in names}
    return said | {"audiences": ", ".join(each.value for each in kept.audiences)}


def _set(kept: Signpost, given: GivenSignpost) -> Signpost:
    for name in ("name", "purpose", "telephone", "website", "hours"):
        setattr(kept, name, getattr(given, name))
    for each in Audience:
        setattr(kept, f"for_{each.value}", each.value in given.audiences)
    return kept


def _keep(kept: Signpost) -> None:
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise UsageError("a signpost of this name is in the register already") from error
