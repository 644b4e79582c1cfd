"""How far officers agree, and how sure a sample is. No Django here; everybody may import it."""

import hashlib
import hmac
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Z_95 = 1.959963984540054
"""The 97.5th percentile of the normal distribution: intervals of 95 %."""
SAMPLE_SHARE, SAMPLE_LEAST = 100, 20
"""One in a hundred, and at least so many. Source: REVIEW.md, rule 3."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its interval of 95 %.

    Args:
        hits: How many.
        of: Of how many.
        low: The least share that the sample allows.
        high: The greatest.
    """

    hits: int
    of: int
    low: float
    high: float

    @property
    def text(self) -> str:
        """In words, in percent."""
        if not self.of:
            return "nothing to go by yet"
        share, low, high = (100 * each for each in (self.hits / self.of, self.low, self.high))
        return f"{share:.1f} % ({self.hits} of {self.of}; 95 % interval {low:.1f} to {high:.1f} %)"


def wilson(hits: int, of: int) -> Interval:
    """Return a share with Wilson's score interval, which holds for few and for none as well.

    Source: E. B. Wilson (1927), JASA 22:209; formula as in R. G. Newcombe (1998), Statistics in
    Medicine 17:857, method 3.
    """
    if not of:
        return Interval(0, 0, 0.0, 1.0)
    share, squared = hits / of, Z_95 * Z_95
    middle = share + squared / (2 * of)
    spread = Z_95 * math.sqrt(share * (1 - share) / of + squared / (4 * of * of))
    whole = 1 + squared / of
    low = 0.0 if not hits else (middle - spread) / whole
    high = 1.0 if hits == of else (middle + spread) / whole
    return Interval(hits, of, low, high)


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa of two looks at the same items: 1 agrees always, 0 as chance would.

    Source: J. Cohen (1960), Educational and Psychological Measurement 20:37.

    Args:
        pairs: The first and the second category of each item.

    Returns:
        ``None`` where it is not defined: no pairs, or one category alone in both.
    """
    if not pairs:
        return None
    firsts, seconds = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    count = len(pairs)
    chance = sum(firsts[code] * seconds[code] for code in firsts) / count**2
    if chance == 1:
        return None
    return (sum(first == second for first, second in pairs) / count - chance) / (1 - chance)


def sample_size(settled: int) -> int:
    """Return how many of the settled items are looked at: 1 %, at least 20, or all."""
    return min(settled, max(SAMPLE_LEAST, math.ceil(settled / SAMPLE_SHARE)))


def drawn(contents: Iterable[bytes], *, key: bytes, most: int) -> list[bytes]:
    """Draw contents by a keyed digest: whoever has the key draws the same, and nobody chooses.

    Returns:
        At most ``most``, in the order of their digests.
    """
    ordered = sorted(contents, key=lambda each: hmac.digest(key, each, hashlib.sha256))
    return ordered[:most]
