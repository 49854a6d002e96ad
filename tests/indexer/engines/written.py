"""Engines written for a test, without a whole build around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus import Document
from indexer.analysis import Analyzer, Boilerplate
from indexer.engines import Engine, Statistics, add_segment, open_engine
from indexer.intake import Intake
from indexer.ranking import kernels
from indexer.ranking.compiled import Means
from indexer.ranking.tables import ARRAYS


def write_engine(
    name: str,
    folder: Path,
    documents: Iterable[Document],
    analyzer: Analyzer,
    *,
    segment: int = 1,
    frozen: Statistics | None = None,
    compiled: bool = False,
) -> Statistics:
    """Write documents as one segment."""
    (folder / ARRAYS).mkdir(exist_ok=True)
    loops = kernels if compiled else None
    with Intake(folder, compiled) as intake:
        for document in documents:
            intake.add(document)
        intake.settle()
        own, means = f"{segment:06d}", Means(loops)
        contents = intake.gather(folder / ARRAYS / own, analyzer.boilerplate or Boilerplate())
        return add_segment(name, folder, own, contents, intake.lines(), analyzer, frozen, means=means)


def written_engine(
    name: str, folder: Path, documents: Iterable[Document], analyzer: Analyzer, *, compiled: bool = False
) -> Engine:
    """The engine over documents, opened."""
    statistics = write_engine(name, folder, documents, analyzer, compiled=compiled)
    return open_engine(name, folder, statistics, analyzer, kernels if compiled else None)
