"""A near index that compares each with each, for tests of what is built upon one."""

from dataclasses import dataclass

from polit.match.near_hits import Fingerprints, NearHits, search_brute


@dataclass(frozen=True, slots=True, eq=False)
class PlainIndex:
    """Fingerprints in memory, ``(n, 32) uint8``."""

    values: Fingerprints

    def search(self, queries: Fingerprints, *, threshold_bits: int) -> NearHits:
        """Return every pair within the threshold."""
        return search_brute(self.values, queries, threshold_bits=threshold_bits)
