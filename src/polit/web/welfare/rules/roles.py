"""Who uses the pages of welfare."""

from polit.web.cases.rules import OPENERS
from polit.web.core.rules import Access, Role, Scope
from polit.web.examinations.rules import TILE_READERS

_SUPERVISORS = frozenset({Role.SUPERVISOR})

OWN = Access(Scope.ROLE, read=TILE_READERS, write=TILE_READERS)
"""What a person sees and sets for themselves; nobody else gets at it by any address."""
REVIEWING = Access(Scope.CASE, read=TILE_READERS, write=TILE_READERS)
"""Begins and ends a session of a case."""
SUPERVISING = Access(Scope.ROLE, read=_SUPERVISORS)
"""Flags and trends of those who work on one's cases."""
INDUCTING = Access(Scope.ROLE, read=_SUPERVISORS, write=_SUPERVISORS)
"""Ends an induction."""
TELLING = Access(Scope.CASE, read=OPENERS, write=OPENERS)
"""Tells those who reviewed how a case went on."""
