"""What a verification tells: one thing that was checked, and whether it holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: its name, whether it holds, and what was found."""

    name: str
    holds: bool
    detail: str
