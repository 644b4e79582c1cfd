"""Keeps evenly spread samples of something whose length nobody knows beforehand."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Samples(Generic[T]):
    """At most so many samples, ``every`` apart; when they are full, every second one goes.

    So a header that lies about its duration costs nothing, and the samples are the same whatever
    it says. Positions are counted in any unit, from 0.
    """

    def __init__(self, *, every: int, most: int) -> None:
        """Sample at each multiple of ``every``, or as soon after it as something is offered.

        Args:
            every: In the unit of the positions.
            most: An even number, so that the samples stay multiples when every second one goes.
        """
        self._every = every
        self._most = most
        self._next = 0
        self._kept: list[T] = []

    @property
    def kept(self) -> list[T]:
        """The samples, in order."""
        return self._kept

    @property
    def every(self) -> int:
        """How far the samples lie apart by now."""
        return self._every

    def wants(self, position: int) -> bool:
        """Tell whether what stands there is to be kept."""
        return position >= self._next

    def keep(self, position: int, sample: T) -> None:
        """Keep a sample that is wanted."""
        if len(self._kept) == self._most:
            self._kept = self._kept[::2]
            self._every *= 2
        self._kept.append(sample)
        self._next = (position // self._every + 1) * self._every


def spread(samples: list[T], most: int) -> list[T]:
    """Return ``most`` of the samples, evenly spread, first and last among them; all if fewer."""
    if len(samples) <= most:
        return samples
    last = len(samples) - 1
    return [samples[(number * last + (most - 1) // 2) // (most - 1)] for number in range(most)]
