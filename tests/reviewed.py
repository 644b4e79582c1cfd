"""Items of a review without packages' files: rows alone, for tests of what is decided on them."""

from collections.abc import Sequence
from hashlib import sha256

from web.seized import seized_exhibit

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import case_access
from polit.web.cases.rules import GrantedAccess
from polit.web.core.acting import SYSTEM, Actor
from polit.web.intake.loading import load_rows
from polit.web.items.models import Item, ItemPlace, ReviewSet
from polit.web.items.rules import item_number
from polit.web.media.models import Package


def content(name: str) -> bytes:
    """Return the SHA-256 of a content by its name."""
    return sha256(name.encode()).digest()


def actor(user: User) -> Actor:
    """Return a person as who acts."""
    return Actor("user", str(user.pk), user.username)


def granted(user: User, case: Case) -> GrantedAccess:
    """Return a person's access to a case."""
    found = case_access(user, case.id)
    assert found is not None
    return found


def review_of(case: Case, names: Sequence[str]) -> ReviewSet:
    """Make a case's review of contents by their names: places 1, 2, … in this order.

    A name that ends in ``+good`` or ``+cat`` is settled, and one like ``b<a`` is ``b`` in a stack
    that ``a`` leads.
    """
    exhibit = seized_exhibit(case, "AB/1")
    package = Package(
        case=case, exhibit=exhibit, package_id="sample", number=Package.objects.count() + 1,
        place="sample.polit", state="imported", entries=len(names), imported_at=now_utc(),
    )  # fmt: skip
    with act(SYSTEM, "tests.package", reason="a sample", case=case) as deed:
        package.save()
        deed.about("package", package.id)
    base = package.number << 32
    clean = [name.partition("<")[0] for name in names]
    load_rows(
        "media_content",
        ("id", "package_id", "sha256", "md5", "sha1", "size_bytes", "occurrences", "kind"),
        [
            (base + place, package.number, content(name), content(name)[:16],
             content(name)[:20], 5, 2, 1)
            for place, name in enumerate(clean, start=1)
        ],
    )  # fmt: skip
    review_set = ReviewSet.objects.create(case=case, media_files=2 * len(names))
    leads = [name.partition("<")[2] for name in names]
    items = []
    for place, name in enumerate(clean, start=1):
        lead = leads[place - 1]
        settled = 1 if name.endswith("+good") else 2 if name.endswith("+cat") else 0
        items.append(Item(
            id=item_number(review_set.pk, place), review_set=review_set, sha256=content(name),
            content_id=base + place, kind=1, occurrences=2, size_bytes=5, settled=settled,
            state=2 if settled else 0, verdict={1: 5, 2: 4}.get(settled, 0), rank=place,
            lead_place=clean.index(lead) + 1 if lead else place,
            stack_items=1 + leads.count(name),
        ))  # fmt: skip
    Item.objects.bulk_create(items)
    ItemPlace.objects.bulk_create(
        [ItemPlace(id=item.content_id, item_id=item.pk) for item in items]
    )
    return review_set


def states_of(review_set: ReviewSet) -> list[int]:
    """Return the states of a review's items, by place."""
    rows = Item.objects.filter(review_set=review_set).order_by("pk")
    return list(rows.values_list("state", flat=True))
