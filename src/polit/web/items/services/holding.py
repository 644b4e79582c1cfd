"""A build's hold on its review set, so that of two builds at once the later one writes alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F

from polit.web.items.models import ReviewSet


class Overtaken(Exception):
    """A later build of the same case began."""


class Hold:
    """A build's hold on its review set: each of its steps is a short transaction."""

    def __init__(self, review_set: ReviewSet) -> None:
        """Take the set over from whatever build has it."""
        with transaction.atomic():
            ReviewSet.objects.filter(pk=review_set.pk).update(fence=F("fence") + 1)
            review_set.refresh_from_db()
        self.review_set = review_set
        self._fence = review_set.fence

    @contextmanager
    def step(self) -> Iterator[ReviewSet]:
        """Hold the set's row for one step.

        Raises:
            Overtaken: A later build began.
        """
        with transaction.atomic():
            held = ReviewSet.objects.select_for_update().get(pk=self.review_set.pk)
            if held.fence != self._fence:
                raise Overtaken
            yield held
