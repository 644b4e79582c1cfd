"""Opens series, changes what is known of them, and links media of a case to them."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.audit.rules import Nature
from polit.web.audit.services import Deed, act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.versions import check_unchanged, version_of
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import place_of
from polit.web.media.quarantine import digests_blocked
from polit.web.safeguarding.models import SafeguardingTask
from polit.web.victims.catalogue import check_code, current_catalogue
from polit.web.victims.models import Series, SeriesCase, SeriesMedia, SeriesStep
from polit.web.victims.queries import series_for, series_get
from polit.web.victims.rules import GivenSeries, Via, check_reader, check_series

MOST_MEDIA = 1_000
"""Media that one act links: a page of the gallery's table twenty times over."""
_KNOWN = ("name", "about", "database", "reference", "checked_on")


def series_open(
    actor: Actor, *, reason: str, access: CaseAccess, given: GivenSeries
) -> Series:  # fmt: skip
    """Open a series in a case.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It contradicts itself, or its name is taken, maybe in a case of others.
    """
    check_reader(roles_of(actor))
    with act(
        actor, "victims.series_open", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        series = Series(by=actor.name)
        _keep(series, given)
        _step(series, "open", actor, reason)
        series_into(series, access.case.id)
        deed.about("series", series.pk, database=series.database, catalogue=series.catalogue)
    return series


def series_change(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    series_id: UUID,
    given: GivenSeries,
    seen: str | None = None,
) -> Series:
    """Change what is known of a series; what was known before stays as a step.

    Raises:
        Series.DoesNotExist: None of that identifier stands in the case.
        AuthorityError: Their roles do not allow it.
        UsageError: It contradicts itself, its name is taken, or somebody changed it meanwhile.
    """
    check_reader(roles_of(actor))
    with act(
        actor, "victims.series_change", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        series = series_locked(access, series_id)
        check_unchanged(seen, series_version(series))
        before = {name: getattr(series, name) for name in _KNOWN}
        _keep(series, given)
        _step(series, "change", actor, reason)
        changed = [name for name in _KNOWN if getattr(series, name) != before[name]]
        deed.about("series", series.pk, changed=list(changed), database=series.database)
    return series


def media_link(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    series: UUID | GivenSeries,
    contents: Sequence[str],
    via: Via = Via.CHOSEN,
) -> Series:
    """Link contents of a case to a series; one that is linked stays as it is.

    Args:
        actor: Who links them.
        reason: Why, in words that name no child.
        access: The case that they are of.
        series: Of one of the actor's cases, or a new one.
        contents: SHA-256, hex.
        via: How they were come by.

    Raises:
        Series.DoesNotExist: The actor's cases have none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: There are none or too many, or the case has not one of them.
    """
    check_reader(roles_of(actor))
    wanted = sorted({bytes.fromhex(each) for each in contents})
    if not 1 <= len(wanted) <= MOST_MEDIA:
        raise UsageError(f"choose from 1 to {MOST_MEDIA} items")
    with act(
        actor, "victims.media_link", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COMBINATION,
    ) as deed:  # fmt: skip
        if isinstance(series, GivenSeries):
            found = series_open(actor, reason=reason, access=access, given=series)
        else:
            found = series_taken(actor, series)
            series_into(found, access.case.id)
        count = _link(actor, reason, access, found, wanted, via)
        # Never the digests: a log may not hold the hash of a child's picture.
        _told(deed, found, count, via)
    return found


def series_into(series: Series, case_id: UUID) -> None:
    """Say that a series stands in a case, inside an act; it stands there once."""
    if not SeriesCase.objects.filter(series=series, case_id=case_id).exists():
        SeriesCase(series=series, case_id=case_id).save()


def series_taken(actor: Actor, series_id: UUID) -> Series:
    """Return a series of any of an actor's cases, held until the act ends; polit has all cases.

    Raises:
        Series.DoesNotExist: Their cases have none of that identifier.
    """
    if actor.kind == "user":
        user = User.objects.get(pk=actor.actor_id)
        series_for(user).get(pk=series_id)
    return Series.objects.select_for_update().get(pk=series_id)


def series_locked(access: CaseAccess, series_id: UUID) -> Series:
    """Return a series that stands in a case, held until the act ends.

    Raises:
        Series.DoesNotExist: None of that identifier does.
    """
    series_get(access, series_id)
    return Series.objects.select_for_update().get(pk=series_id)


def series_version(series: Series) -> str:
    """Return a mark of what is known of a series."""
    return version_of({name: str(getattr(series, name)) for name in _KNOWN})


def _keep(series: Series, given: GivenSeries) -> None:
    lists = current_catalogue()
    check_code(lists.databases, given.database, "database")
    answer = next(each for each in lists.databases if each.code == given.database)
    today = timezone.localdate(now_utc())
    check_series(given, today, has_reference=answer.has_reference)
    for name in _KNOWN:
        setattr(series, name, getattr(given, name))
    series.name, series.catalogue = " ".join(given.name.split()), lists.name
    if Series.objects.filter(name__iexact=series.name).exclude(pk=series.pk).exists():
        _refuse_name()
    try:
        with transaction.atomic():
            series.save()
    except IntegrityError:
        _refuse_name()


def _refuse_name() -> None:
    raise UsageError(
        "this code word is taken, maybe in a case that you have no access to: choose the series "
        "from the list, ask a supervisor, or take another word"
    )


def _step(series: Series, action: str, actor: Actor, reason: str) -> None:
    known = {name: getattr(series, name) for name in (*_KNOWN, "catalogue")}
    SeriesStep(series=series, action=action, by=actor.name, reason=reason, **known).save()


def _link(
    actor: Actor, reason: str, access: CaseAccess, series: Series, wanted: list[bytes], via: Via
) -> int:
    places = _places(access, wanted)
    held = SeriesMedia.objects.standing().filter(
        series=series, case_id=access.case.id, sha256__in=wanted
    )
    linked = {bytes(each) for each in held.values_list("sha256", flat=True)}
    rows = [
        SeriesMedia(
            series=series, case_id=access.case.id, sha256=each, place=places[each], via=via.value,
            by=actor.name, reason=reason,
        )
        for each in wanted
        if each not in linked
    ]  # fmt: skip
    SeriesMedia.objects.bulk_create(rows)
    return len(rows)


def _places(access: CaseAccess, wanted: list[bytes]) -> dict[bytes, int | None]:
    """Return the place of each content in the case's review, ``None`` for what has none yet."""
    review_set = ReviewSet.objects.filter(case_id=access.case.id).first()
    found: dict[bytes, int | None] = {}
    if review_set is not None:
        items = Item.objects.filter(review_set=review_set, sha256__in=wanted)
        found = {bytes(each): place_of(pk) for each, pk in items.values_list("sha256", "pk")}
    tasks = SafeguardingTask.objects.filter(case_id=access.case.id, sha256__in=wanted)
    for each in tasks.values_list("sha256", flat=True):
        found.setdefault(bytes(each), None)
    if len(found) < len(wanted) or digests_blocked(access.case.id, wanted):
        raise UsageError("an item is not, or no longer, in this case: check what you chose")
    return found


def _told(deed: Deed, series: Series, count: int, via: Via) -> None:
    deed.about("series", series.pk, media=count, via=via.value)
