"""Who uses the pages of welfare."""

from polit.web.core.rules import Access, Role, Scope
from polit.web.examinations.rules import TILE_READERS

OWN = Access(Scope.ROLE, read=TILE_READERS, write=TILE_READERS)
"""What a person sees and sets for themselves; nobody else gets at it by any address."""
REVIEWING = Access(Scope.CASE, read=TILE_READERS, write=TILE_READERS)
"""Begins and ends a session of a case."""
SUPERVISING = Access(Scope.ROLE, read=frozenset({Role.SUPERVISOR}))
"""Flags and trends of those who work on one's cases."""
