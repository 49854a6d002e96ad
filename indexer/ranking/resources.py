"""Chooses compiled loops or NumPy for a piece of work, and how many postings are sorted at a time."""

from __future__ import annotations

from types import ModuleType
from typing import NamedTuple

from indexer.errors import RequestRefused
from indexer.settings import Settings, is_fast

# From so many documents on the loops win back the second that they take to load.
_WORTH_LOADING = 2_000
# For each posting that is sorted; measured at 200,000 documents.
_BYTES_TOUCHED = 64


def wins_by_loops(documents: int) -> bool:
    """Whether the compiled loops are installed, and so many documents are worth loading them."""
    return is_fast() and documents >= _WORTH_LOADING


class Resources(NamedTuple):
    """The compiled loops, or None for NumPy's form, which gives the same answers to the last bit; and about how many
    megabytes are for the postings that are sorted at a time.
    """

    kernels: ModuleType | None = None
    memory_mb: int = 128

    @property
    def postings(self) -> int:
        """How many postings are sorted at a time: the pages that their lists touch are many times their bytes."""
        return (self.memory_mb << 20) // _BYTES_TOUCHED

    @classmethod
    def of(cls, settings: Settings, documents: int = 0) -> Resources:
        """Those for a build of so many documents, or to ask; nobody who wants no compiled loops loads numba."""
        plain = cls(memory_mb=settings.memory_mb)
        wanted = settings.compiled
        if wanted is False or (wanted is None and not wins_by_loops(documents)):
            return plain
        try:
            from indexer.ranking import kernels  # noqa: PLC0415 (numba takes a second to load)
        except RuntimeError as error:  # numba has no place for what it compiled
            if wanted is None:
                return plain
            remedy = "set NUMBA_CACHE_DIR to a folder that can be written, or do without `compiled`"
            raise RequestRefused(f"the compiled loops do not load: {error}", "Settings.compiled", remedy) from error
        return plain._replace(kernels=kernels)


# Without compiled loops, as a command does that asks once.
NUMPY = Resources()
