"""Compiled: when the loops of the extra `fast` are used, and how they are loaded."""

from __future__ import annotations

from types import ModuleType

from indexer.errors import RequestRefused
from indexer.settings import is_fast

# From so many documents on the loops win back the second that they take to load.
_WORTH_LOADING = 2_000


def kernels_for(compiled: bool | None, documents: int) -> ModuleType | None:
    """The compiled loops for so many documents, or None for NumPy's form; nobody who wants none loads numba."""
    if compiled is False or (compiled is None and not (is_fast() and documents >= _WORTH_LOADING)):
        return None
    try:
        from indexer.ranking import kernels  # noqa: PLC0415 (numba takes a second to load)
    except RuntimeError as error:  # numba has no place for what it compiled
        if compiled is None:
            return None
        remedy = "set NUMBA_CACHE_DIR to a folder that can be written, or do without `compiled`"
        raise RequestRefused(f"the compiled loops do not load: {error}", "Settings.compiled", remedy) from error
    return kernels
