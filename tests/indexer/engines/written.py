"""Engines written for a test, without a whole build around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus import Document
from indexer.analysis import Analyzer, Boilerplate
from indexer.engines import Engine, Statistics, add_segment, open_engine
from indexer.intake import Intake
from indexer.ranking import kernels
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
        contents = intake.gather(folder / ARRAYS / f"{segment:06d}", analyzer.boilerplate or Boilerplate())
        return add_segment(name, folder, f"{segment:06d}", contents, intake.lines(), analyzer, frozen, kernels=loops)


def written_engine(
    name: str, folder: Path, documents: Iterable[Document], analyzer: Analyzer, *, compiled: bool = False
) -> Engine:
    """The engine over documents, opened."""
    statistics = write_engine(name, folder, documents, analyzer, compiled=compiled)
    return open_engine(name, folder, statistics, analyzer, kernels if compiled else None)
