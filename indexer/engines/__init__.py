"""Engines: where documents and postings live. Each keeps the protocol; `plain` is the definition of all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.engines.protocol import Engine, Finer, Ranked, RankedTwice, Selection, Traits
from indexer.ranking.compiled import Means
from indexer.ranking.segment import Contents
from indexer.ranking.weighting import Statistics

__all__ = [
    "Contents",
    "Engine",
    "Finer",
    "Ranked",
    "RankedTwice",
    "Removal",
    "Selection",
    "Statistics",
    "Traits",
    "add_segment",
    "delete_documents",
    "open_engine",
]


def add_segment(
    name: str,
    folder: Path,
    segment: str,
    contents: Contents,
    lines: Iterable[str],
    analyzer: Analyzer,
    frozen: Statistics | None = None,
    *,
    means: Means,
) -> Statistics:
    """Write documents, in order of their ids, into a generation's folder: into an empty one, or, with the frozen
    statistics of the full build before, beside what is there, by these means.
    """
    if name == "plain":
        from indexer.engines import plain  # noqa: PLC0415 (Whoosh and NumPy are loaded where they are used)

        return plain.write(folder, lines, analyzer, frozen)
    from indexer.engines.whoosh import writer  # noqa: PLC0415

    return writer.write(folder, segment, contents, lines, analyzer, frozen, means)


class Removal(NamedTuple):
    """What an update removes: the ids of all documents that go from where they are, the numbers of those that go from
    segments that stay, and the places of segments that go as a whole.
    """

    ids: Collection[str]
    numbers: NDArray[np.int64]
    segments: Sequence[int]


def delete_documents(name: str, folder: Path, removal: Removal) -> None:
    """Take documents out of a generation's folder, whose segments are all still there."""
    if name == "plain":
        from indexer.engines import plain  # noqa: PLC0415

        plain.delete(folder, removal.ids)
        return
    from indexer.engines.whoosh import writer  # noqa: PLC0415

    writer.delete(folder, removal.numbers, removal.segments)


def open_engine(
    name: str, folder: Path, statistics: Statistics, analyzer: Analyzer, kernels: ModuleType | None = None
) -> Engine:
    """The engine that was written into a folder; `kernels` is the compiled form, or None for NumPy's."""
    if name == "plain":
        from indexer.engines import plain  # noqa: PLC0415

        return plain.PlainEngine.open(folder, statistics, analyzer)
    from indexer.engines.whoosh import reader  # noqa: PLC0415

    return reader.WhooshEngine(folder, statistics, analyzer, kernels)
