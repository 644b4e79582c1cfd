"""What is done to hash sets: ordering imports, updates and checks, switching sets on and off.

An act is committed here first, and the store is told of it by the worker afterwards, as often as
it takes: so nothing happens to the store that the audit does not know.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.broker.client import ErrandStatus, StoredSetFacts
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.core.models import fresh_id
from polit.web.core.rules import Role
from polit.web.hashsets.models import HashSet, OrderProgress, SetDeed, SetOrder
from polit.web.hashsets.rules import (
    ORDER_STATES,
    OrderKind,
    OrderState,
    SentFile,
    SetAct,
    SetTerms,
    check_source,
    check_switch,
    check_terms,
    step_to,
)
from polit.web.hashsets.signals import order_asked, set_switched

_LONGEST_MESSAGE = 2_000
_KEY_KINDS = ("md5", "sha1", "sha256", "pdq", "vpdq")


def import_order(
    actor: Actor, *, reason: str, terms: SetTerms, sent: SentFile | None = None, place: str = ""
) -> SetOrder:
    """Ask for the import of a file that was sent, or of one that lies on the server.

    Raises:
        UsageError: There is no file, or two, or the terms cannot be.
    """
    check_terms(terms)
    check_source(sent, place)
    order = SetOrder(
        kind=OrderKind.IMPORT.value, place=place, name=terms.name, status=terms.status.value,
        scheme=terms.scheme, provider=terms.provider, jurisdiction=terms.jurisdiction,
        version=terms.version, format=terms.format,
    )  # fmt: skip
    if sent is not None:
        order.upload_id, order.file_name = sent.upload_id, sent.name
        order.file_sha256, order.file_size_bytes = sent.sha256, sent.size_bytes
    return _ask(actor, reason, order, label=terms.name)


def update_order(actor: Actor, *, reason: str, place: str) -> SetOrder:
    """Ask for a signed offline update, a folder that lies on the server, to be taken in.

    Raises:
        UsageError: No place is named.
    """
    if not place.strip("/"):
        raise UsageError("update: choose a folder")
    order = SetOrder(kind=OrderKind.UPDATE.value, place=place)
    return _ask(actor, reason, order, label=place)


def verify_order(actor: Actor, *, reason: str, hash_set: HashSet) -> SetOrder:
    """Ask for the parts of a set to be digested anew.

    Raises:
        UsageError: It was removed.
    """
    if hash_set.is_gone:
        raise UsageError("hash set: it was removed")
    order = SetOrder(kind=OrderKind.VERIFY.value, set_sha256=hash_set.sha256, name=hash_set.name)
    return _ask(actor, reason, order, label=hash_set.name)


def order_act(
    actor: Actor, *, reason: str, order: SetOrder, action: str, roles: frozenset[Role]
) -> SetOrder:
    """Stop or cancel an order, or try it again.

    Raises:
        UsageError: It stands where that cannot be done.
        AuthorityError: None of the roles may.
    """
    with act(actor, f"hashsets.{action}", reason=reason) as deed:
        locked = _locked(order)
        before = locked.state
        locked.state = ORDER_STATES.check_action(action, before, roles).to
        if action == "retry":
            locked.errand_id, locked.message = fresh_id(), ""
        locked.save()
        deed.about(
            "hash_set_order", locked.id, label=locked.name, before=before, after=locked.state
        )
        _tell(locked)
    return locked


def hash_set_switch(actor: Actor, *, reason: str, hash_set: HashSet, wanted: SetAct) -> SetDeed:
    """Switch a set off or on, or remove it; the store is told by the worker.

    Raises:
        UsageError: The set stands otherwise.
    """
    with act(actor, f"hashsets.{wanted.value}", reason=reason) as deed:
        locked = HashSet.objects.select_for_update().get(pk=hash_set.pk)
        check_switch(
            wanted, is_enabled=locked.is_enabled, is_gone=locked.is_gone, wanted=locked.wanted
        )
        done = SetDeed(
            set_sha256=locked.sha256, set_name=locked.name, act=wanted.value, reason=reason,
            by_id=actor.actor_id, by_name=actor.name,
        )  # fmt: skip
        done.save()
        locked.wanted = wanted.value
        locked.save(update_fields=["wanted"])
        deed.about("hash_set", locked.sha256, label=locked.name, deed=str(done.id))
        set_switched.send(sender=HashSet, sha256=locked.sha256)
    return done


@dataclass(frozen=True, slots=True)
class Step:
    """What the worker found an order to be.

    Args:
        state: The state it comes to.
        message: What is to be said of it.
        set_sha256: The set that it made, where it made one.
    """

    state: OrderState
    message: str = ""
    set_sha256: str = ""


def order_step(actor: Actor, *, reason: str, order: SetOrder, turn: int, step: Step) -> SetOrder:
    """Take an order to the state that the worker found; nothing where it is there already.

    Nothing either where somebody acted on it after ``turn``: what was found before is past.

    Raises:
        UsageError: No way leads there from where it stands.
    """
    with transaction.atomic():
        locked = _locked(order)
        is_past = OrderProgress.objects.get(pk=order.pk).turn != turn
        if is_past or locked.state == step.state.value:
            return locked
        with act(actor, "hashsets.step", reason=reason, nature=Nature.COLLECTION) as deed:
            before = locked.state
            step_to(before, step.state.value)
            locked.state = step.state.value
            locked.message = step.message[:_LONGEST_MESSAGE]
            locked.set_sha256 = step.set_sha256 or locked.set_sha256
            locked.save()
            deed.about(
                "hash_set_order", locked.id, label=locked.name, before=before,
                after=locked.state, set=locked.set_sha256,
            )  # fmt: skip
    return locked


def progress_keep(order: SetOrder, status: ErrandStatus) -> None:
    """Keep the counts that the broker told: figures of the moment, not a record."""
    OrderProgress.objects.filter(pk=order.pk).update(
        phase=status.phase[:60], done=status.done, total=status.total, told_at=now_utc()
    )


def progress_say(order: SetOrder, phase: str) -> None:
    """Say why an order waits, where its phase stands."""
    OrderProgress.objects.filter(pk=order.pk).update(phase=phase[:60], told_at=now_utc())


def hash_sets_copy(told: tuple[StoredSetFacts, ...]) -> None:
    """Take over what the store tells: a copy for the pages, not a record.

    A wish stands until the store agrees with it.
    """
    with transaction.atomic():
        known = {each.sha256: each for each in HashSet.objects.select_for_update()}
        for facts in told:
            row = known.pop(facts.sha256, None) or HashSet(sha256=facts.sha256)
            is_new = row._state.adding  # noqa: SLF001 - Django documents it
            if is_new or _differs(row, facts):
                _take_over(row, facts)
                row.save(force_insert=is_new)
        for row in known.values():
            if not row.is_gone:
                row.is_gone, row.wanted, row.told_at = True, "", now_utc()
                row.save()


def _differs(row: HashSet, facts: StoredSetFacts) -> bool:
    stands = (row.name, row.is_enabled, row.is_gone) == (facts.name, facts.is_enabled, False)
    return not stands or row.wanted == _met(facts)


def _met(facts: StoredSetFacts) -> str:
    """Return the wish that a set meets."""
    return (SetAct.ENABLE if facts.is_enabled else SetAct.DISABLE).value


def _take_over(row: HashSet, facts: StoredSetFacts) -> None:
    for name in (
        "name", "status", "scheme", "provider", "jurisdiction", "version", "format", "file_name",
        "file_sha256", "file_size_bytes", "records", "imported_by", "is_enabled",
    ):  # fmt: skip
        setattr(row, name, getattr(facts, name))
    for kind in _KEY_KINDS:
        setattr(row, f"{kind}_keys", facts.keys.get(kind, 0))
    row.imported_at = datetime.fromisoformat(facts.imported_at)
    row.is_gone, row.told_at = False, now_utc()
    if row.wanted == _met(facts):
        row.wanted = ""


def _ask(actor: Actor, reason: str, order: SetOrder, *, label: str) -> SetOrder:
    with act(actor, f"hashsets.{order.kind}", reason=reason, nature=Nature.COLLECTION) as deed:
        order.reason, order.asked_by = reason, actor.name
        order.save()
        OrderProgress.objects.create(order=order)
        deed.about(
            "hash_set_order", order.id, label=label, name=order.name, status=order.status,
            place=order.place, file=order.file_name, file_sha256=order.file_sha256,
            set=order.set_sha256,
        )  # fmt: skip
        _tell(order)
    return order


def _locked(order: SetOrder) -> SetOrder:
    return SetOrder.objects.select_for_update().get(pk=order.pk)


def _tell(order: SetOrder) -> None:
    progress = OrderProgress.objects.select_for_update().get(pk=order.pk)
    progress.turn += 1
    progress.save(update_fields=["turn"])
    order_asked.send(sender=SetOrder, order=order, turn=progress.turn)
