"""How loops are compiled: kept on disk between processes, without bounds checks, without holding other threads up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a loop at its first call, for the types of its arguments."""
    return cast("_Function", njit(cache=True, boundscheck=False, nogil=True)(function))
