"""Compiled loops (the extra `fast`): each gives to the last bit what the NumPy form beside its caller gives.

Imported only where Settings.compiled asks for it: numba takes a second to load. Shapes matter to the compiler: plain
loops with `if value > most` vectorise, strided ranges and nested conditionals do not (20 times slower).
"""

from indexer.ranking.kernels.finding import find
from indexer.ranking.kernels.judging import judge
from indexer.ranking.kernels.products import multiply
from indexer.ranking.kernels.token_counts import count_tokens

__all__ = ["count_tokens", "find", "judge", "multiply"]
