"""Who reviews. No Django here."""

from polit.web.core.rules import Access, Scope
from polit.web.examinations.rules import TILE_READERS

REVIEWERS = TILE_READERS
"""Who opens the gallery, unveils and decides: whoever may see safe tiles."""
REVIEWING = Access(Scope.CASE, read=REVIEWERS, write=REVIEWERS)
"""A page of the gallery, or an act from it."""
PART_OF_PAGE = Access(Scope.CASE, read=REVIEWERS, consults=False)
"""What a page that was recorded fetches by itself: tiles, order, changes."""
