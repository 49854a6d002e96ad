"""Where a generation lies and how it is asked: one door (`port`), one table of stores, an implementation on disk."""

from indexer.generation.port import (
    LISTED,
    NO_CARDS,
    NO_SPANS,
    SHOWN,
    Facts,
    FindRequest,
    Found,
    Generation,
    KeptWithPage,
    Meant,
    Neighbours,
    Pair,
    Ranked,
    Span,
    each_of,
)
from indexer.generation.stores import Store, store_of

__all__ = [
    "LISTED",
    "NO_CARDS",
    "NO_SPANS",
    "SHOWN",
    "Facts",
    "FindRequest",
    "Found",
    "Generation",
    "KeptWithPage",
    "Meant",
    "Neighbours",
    "Pair",
    "Ranked",
    "Span",
    "Store",
    "each_of",
    "store_of",
]
