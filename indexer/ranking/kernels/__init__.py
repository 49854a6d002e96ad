"""Compiled loops (the extra `fast`): each gives to the last bit what the NumPy form beside its caller gives.

Imported only where Settings.compiled asks for it: numba takes a second to load. Shapes matter to the compiler: plain
loops with `if value > most` vectorise, strided ranges and nested conditionals do not (20 times slower).
"""

from indexer.ranking.kernels.building import count_terms, count_tokens, find_patterns, gather, write_postings
from indexer.ranking.kernels.finding import find
from indexer.ranking.kernels.judging import judge

__all__ = ["count_terms", "count_tokens", "find", "find_patterns", "gather", "judge", "write_postings"]
