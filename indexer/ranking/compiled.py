"""Compiled: when the loops of the extra `fast` are used, and how they are loaded."""

from __future__ import annotations

from types import ModuleType

from indexer.settings import is_fast

# From so many documents on the loops win back the second that they take to load.
_WORTH_LOADING = 2_000


def kernels_for(compiled: bool | None, documents: int) -> ModuleType | None:
    """The compiled loops for so many documents, or None for NumPy's form; nobody who wants none loads numba."""
    if compiled is False or (compiled is None and not (is_fast() and documents >= _WORTH_LOADING)):
        return None
    from indexer.ranking import kernels  # noqa: PLC0415 (numba takes a second to load)

    return kernels
