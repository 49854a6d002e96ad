"""Where a generation lies and how it is asked: one door (`port`), one table of stores, an implementation on disk."""

from indexer.generation.port import Facts, FindRequest, Found, Generation, Neighbours, Pair, Ranked
from indexer.generation.stores import Store, store_of

__all__ = ["Facts", "FindRequest", "Found", "Generation", "Neighbours", "Pair", "Ranked", "Store", "store_of"]
