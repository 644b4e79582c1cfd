from collections.abc import Callable
from typing import Any, TypeVar, overload

from numba import config as config
from numba import types as types

_Function = TypeVar("_Function", bound=Callable[..., Any])

class CFunc:
    @property
    def address(self) -> int: ...

def cfunc(sig: object, *, cache: bool = ...) -> Callable[[Callable[..., Any]], CFunc]: ...
@overload
def njit(function: _Function) -> _Function: ...
@overload
def njit(function: types.Type) -> Callable[[_Function], _Function]: ...
