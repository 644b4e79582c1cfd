"""What is done to people: the one door for every write."""

from polit.web.people.services.merging import person_consult, person_merge, person_unmerge
from polit.web.people.services.records import (
    identifier_add,
    identifier_end,
    person_add,
    person_change,
    person_link,
    role_end,
)

__all__ = [
    "identifier_add",
    "identifier_end",
    "person_add",
    "person_change",
    "person_consult",
    "person_link",
    "person_merge",
    "person_unmerge",
    "role_end",
]
