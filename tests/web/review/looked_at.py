"""A case with items to look at, an officer in a session, and a broker that tells what it saw."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from web.matching.stacked import Shot, package_of_shots

from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import RenderedPart, RenderedPicture, RenderedSound
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.cases.queries import case_access
from polit.web.core.acting import SYSTEM, Actor
from polit.web.items.models import Item, ItemPlace, ReviewSet
from polit.web.items.rules import ItemState, item_number
from polit.web.media.models import Content, Package
from polit.web.welfare.models import Exposure, ReviewSession
from polit.web.welfare.rules import SessionStart
from polit.web.welfare.services import induction_end, session_begin


class TellingBroker:
    """A broker that renders grey squares, and keeps what stood in the record when it was asked.

    Args:
        refuses: A code that it refuses everything with; ``gone`` for one that does not answer.
    """

    def __init__(self, refuses: str = "") -> None:
        """Take what it refuses with."""
        self.refuses = refuses
        self.asked: list[tuple[str, int]] = []
        """For each call the action of its event, and how many exposures stood in the record."""

    def render(self, event_id: str) -> RenderedPicture:
        """Return one picture."""
        self._ask(event_id)
        return RenderedPicture("image/webp", b"full", 800, 640, 1600, 1200, None)

    def render_many(self, event_id: str) -> tuple[RenderedPart, ...]:
        """Return as many pictures as the event lists, two for a video; the third has no tile."""
        event = self._ask(event_id)
        count = int(event.subject_id) if event.subject_kind == "contents" else 2
        return tuple(
            RenderedPart("image/webp", b"%d" % number, 160, 120)
            if number != 2
            else RenderedPart("", b"", 0, 0, None, "no_thumbnail")
            for number in range(count)
        )

    def sound(self, event_id: str) -> RenderedSound:
        """Return sound."""
        self._ask(event_id)
        return RenderedSound("audio/wav", b"RIFF", 1000)

    def _ask(self, event_id: str) -> AuditEvent:
        event = AuditEvent.objects.get(event_id=UUID(event_id))
        self.asked.append((event.action, Exposure.objects.count()))
        if self.refuses == "gone":
            raise BrokerGone("nobody is there")
        if self.refuses:
            raise BrokerRefused(self.refuses, "a test")
        return event


def items_of(case: Case, count: int, *, exhibit: str = "AB/1", kind: int = 1) -> list[Item]:
    """Make a package of pictures, and an item for each; places count up from 1."""
    shots = [Shot(f"{case.reference}{exhibit}{number}", bytes(32)) for number in range(count)]
    return items_of_package(package_of_shots(case, shots, exhibit), kind=kind)


def items_of_package(package: Package, *, kind: int = 1) -> list[Item]:
    """Make an item for each content of a package, behind those that the case has."""
    with transaction.atomic():
        review_set, _ = ReviewSet.objects.get_or_create(case_id=package.case_id)
        begin = Item.objects.filter(review_set=review_set).count()
        rows = Content.objects.filter(package=package, kind=1).order_by("pk")
        items = [
            Item(
                id=item_number(review_set.pk, begin + place), review_set=review_set,
                sha256=bytes(content.sha256), content_id=content.pk, kind=kind, occurrences=1,
                size_bytes=content.size_bytes, lead_place=begin + place, has_tile=True,
            )
            for place, content in enumerate(rows, start=1)
        ]  # fmt: skip
        Item.objects.bulk_create(items)
        ItemPlace.objects.bulk_create([ItemPlace(id=each.content_id, item=each) for each in items])
    return items


def stacked(lead: Item, others: Sequence[Item]) -> None:
    """Put items into the stack of one."""
    place = lead.lead_place
    Item.objects.filter(pk__in=[each.pk for each in others]).update(lead_place=place)


def session_of(user: User, case: Case, lane: str = "videos") -> ReviewSession:
    """Begin a session of an officer, who is no longer new."""
    actor, granted = Actor("user", str(user.pk), user.username), case_access(user, case.id)
    assert granted is not None
    induction_end(SYSTEM, officer_id=user.pk, reason="a test")
    start = SessionStart(lane, "grading", None, 600, 1)
    return session_begin(actor, access=granted, start=start)


def settle(item: Item, state: ItemState) -> None:
    """Say where an item stands."""
    Item.objects.filter(pk=item.pk).update(state=state.value)
