"""Engines: where documents and postings live. Each keeps the protocol; `plain` is the definition of all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus import Document
from indexer.engines.protocol import Engine, Ranked, Selection, Traits
from indexer.ranking.weighting import Statistics

__all__ = ["Engine", "Ranked", "Selection", "Statistics", "Traits", "open_engine", "write_engine"]


def write_engine(name: str, folder: Path, documents: Iterable[Document]) -> Statistics:
    """Write documents, which come in order of their ids, into an empty folder."""
    if name == "plain":
        from indexer.engines import plain  # noqa: PLC0415 (Whoosh and NumPy are loaded where they are used)

        return plain.write(folder, documents)
    from indexer.engines.whoosh import writer  # noqa: PLC0415

    return writer.write(folder, documents)


def open_engine(name: str, folder: Path, statistics: Statistics) -> Engine:
    """The engine that was written into a folder."""
    if name == "plain":
        from indexer.engines import plain  # noqa: PLC0415

        return plain.PlainEngine.open(folder, statistics)
    from indexer.engines.whoosh import reader  # noqa: PLC0415

    return reader.WhooshEngine(folder, statistics)
