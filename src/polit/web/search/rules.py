"""Who may search, what a hit's readers are in one number, how much is answered. No Django here."""

from collections.abc import Iterable

from polit.web.core.rules import CASE_ROLES, Access, Role, Scope

SEARCHING = Access(Scope.ROLE, read=CASE_ROLES)
"""What is found hangs on the cases and the roles of whoever asks, for each entry."""

HITS_MOST = 200
"""More are not listed: who gets so many asks for more words."""
PAGE_HITS = 20
QUERY_LENGTH = 500
WORDS_MOST = 20
WORD_LENGTH = 64
"""Of a longer word the beginning counts, in what is searched and in what is asked alike."""
PREFIX_LENGTH = 2
"""One letter with a star would be half of everything."""
NUMBER_DIGITS = range(7, 16)
"""Digits of a telephone number or another device's number, however they are grouped."""

_BITS = {role: 1 << place for place, role in enumerate(Role)}


def readers_mask(roles: Iterable[Role]) -> int:
    """Return roles as the bits of a number, so that a database compares two sets of them."""
    return sum(_BITS[role] for role in frozenset(roles))


def mask_roles(mask: int) -> frozenset[Role]:
    """Return the roles of ``readers_mask``."""
    return frozenset(role for role, bit in _BITS.items() if mask & bit)
