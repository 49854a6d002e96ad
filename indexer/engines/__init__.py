"""Engines: where documents and postings live. Each keeps the protocol; `plain` is the definition of all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus import Document
from indexer.analysis import Analyzer
from indexer.engines.protocol import Engine, Finer, Ranked, Selection, Traits
from indexer.ranking.weighting import Statistics

__all__ = ["Engine", "Finer", "Ranked", "Selection", "Statistics", "Traits", "open_engine", "write_engine"]


def write_engine(name: str, folder: Path, documents: Iterable[Document], analyzer: Analyzer) -> Statistics:
    """Write documents, which come in order of their ids, into an empty folder."""
    if name == "plain":
        from indexer.engines import plain  # noqa: PLC0415 (Whoosh and NumPy are loaded where they are used)

        return plain.write(folder, documents, analyzer)
    from indexer.engines.whoosh import writer  # noqa: PLC0415

    return writer.write(folder, documents, analyzer)


def open_engine(name: str, folder: Path, statistics: Statistics, analyzer: Analyzer) -> Engine:
    """The engine that was written into a folder."""
    if name == "plain":
        from indexer.engines import plain  # noqa: PLC0415

        return plain.PlainEngine.open(folder, statistics, analyzer)
    from indexer.engines.whoosh import reader  # noqa: PLC0415

    return reader.WhooshEngine(folder, statistics, analyzer)
