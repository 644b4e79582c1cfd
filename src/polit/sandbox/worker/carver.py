"""A walker that carves: the walker's work, with the carvers' loops compiled before the lockdown.

Compiling takes seconds, and most sources are listed and read before anything is carved: so the
plain walker starts without, and this one takes its place when there is free space to search.
"""

from polit.evidence.carve import warm_carvers
from polit.sandbox.worker import walker

serve = walker.serve


def warm() -> dict[str, str]:
    """Load every library and compile every loop before the lockdown; return their versions."""
    versions = walker.warm()
    warm_carvers()
    return versions
