"""Local generations made for a test: whole ones, or written without neighbours and pairs, which takes a tenth."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus import Document
from indexer import Settings, build
from indexer.analysis import Analyzer
from indexer.build.intake import Intake
from indexer.encoder import Encoder
from indexer.generation import Generation, store_of
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.local.writer import Contents, write_segment
from indexer.ranking import kernels
from indexer.ranking.mapped import ARRAYS
from indexer.ranking.resources import NUMPY, Resources
from indexer.ranking.weighting import Statistics

COMPILED = Resources(kernels)


def built(
    folder: Path, documents: Iterable[Document], *, compiled: bool = False, meaning: Encoder | str = ""
) -> Generation:
    """A whole generation, opened."""
    settings = Settings(compiled=compiled, meaning=meaning)
    build(folder, documents, settings=settings, shrink=True)
    return store_of(folder).open(settings)


def write(
    folder: Path,
    documents: Iterable[Document],
    analyzer: Analyzer,
    *,
    segment: int = 1,
    frozen: Statistics | None = None,
    resources: Resources = NUMPY,
) -> Statistics:
    """Write documents as one segment."""
    (folder / ARRAYS).mkdir(exist_ok=True)
    with Intake(folder) as intake:
        for document in documents:
            intake.add(document)
        intake.settle()
        own = f"{segment:06d}"
        intake.gather(folder / ARRAYS / own, analyzer.boilerplate, intake.settled)
        contents = Contents.gathered(folder / ARRAYS / own)
        return write_segment(folder, own, contents, intake.lines(intake.settled), analyzer, frozen, resources)


def written(
    folder: Path, documents: Iterable[Document], analyzer: Analyzer, resources: Resources = NUMPY
) -> LocalGeneration:
    """A generation without neighbours and pairs, opened."""
    return LocalGeneration(folder, write(folder, documents, analyzer, resources=resources), analyzer, resources)
