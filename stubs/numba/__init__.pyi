from collections.abc import Callable
from typing import Any

from numba import types as types

class CFunc:
    @property
    def address(self) -> int: ...

def cfunc(sig: object) -> Callable[[Callable[..., Any]], CFunc]: ...
