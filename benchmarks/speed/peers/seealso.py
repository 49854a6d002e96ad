"""SeeAlso itself, in both forms: what a page or a call asks for, and the bare ranking that is compared to peers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property
from heapq import nlargest
from pathlib import Path
from typing import Any

import corpus
import indexer
from indexer import Filter, Index, Progress, Settings
from indexer.analysis import is_concept
from indexer.answering.neighbours import neighbours_of
from indexer.answering.weighing import own_analysed, weigh
from indexer.generation import FindRequest, store_of

_TERMS = 25


def form(*, compiled: bool) -> Settings:
    """The one place that chooses the form: the compiled loops of the extra `fast`, or NumPy alone."""
    return Settings(compiled=compiled)


def build(jsonl: Path, folder: Path, *, compiled: bool) -> dict[str, int]:
    """Build an index, neighbours and pairs of every document included; the CPU until only these were left to do."""
    parts: dict[str, int] = {}

    def tell(progress: Progress) -> None:
        if progress.stage == "neighbours":
            parts.setdefault("index_ns", time.process_time_ns())

    indexer.build(folder, corpus.read(jsonl), settings=form(compiled=compiled), progress=tell)
    return parts


def update(jsonl: Path, folder: Path, deleted: Sequence[str], *, compiled: bool) -> None:
    """Add or replace documents in what `build` made, and delete others."""
    indexer.update(folder, corpus.read(jsonl), delete=deleted, settings=form(compiled=compiled))


def open_index(folder: Path, *, compiled: bool) -> SeeAlso:
    """Open what `build` made."""
    return SeeAlso(folder, form(compiled=compiled))


class SeeAlso:
    """An index opened for reading; ids are all that is told of an answer."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self._index = indexer.open_index(folder, settings=settings)
        # The bare ranking is no part of the port: it is asked of the segments themselves.
        self._generation: Any = store_of(folder).open(settings)

    def rank(self, text: str, k: int) -> list[str]:
        """The bare ranking, what peers do: the sum of the terms' weights, each term once."""
        weights = dict.fromkeys(self._generation.analyzer.analyse(text).bag, 1.0)
        return self._ranked(weights, k)

    def _ranked(self, weights: dict[str, float], k: int) -> list[str]:
        numbers, _ = self._generation._segments.rank(weights, None, k)
        return self._generation._ids.of(numbers.tolist())

    def more_like(self, id_: str, k: int) -> list[str]:
        """What peers do for a document: the bare ranking by the 25 terms that weigh most in its whole text."""
        [telling] = self._generation.weights([id_])
        terms = [term for term in telling if not is_concept(term)]
        weights = dict.fromkeys(nlargest(_TERMS, terms, telling.__getitem__), 1.0)
        return [other for other in self._ranked(weights, k + 1) if other != id_][:k]

    def neighbours(self, id_: str, k: int) -> list[str]:
        """What a build does for a document: both stages, by its title and body, whose words the index keeps."""
        text = weigh(self._generation, own_analysed(self._generation, id_))
        return [ranked.id for ranked in neighbours_of(self._generation, text, without=id_, most=k).ranked]

    def search(self, text: str, k: int) -> list[str]:
        """A whole answer: hits with their passages, facets, spelling."""
        return [hit.id for hit in self._index.search(text, size=k).hits]

    def page(self, text: str, k: int) -> list[str]:
        """As `search`, which is all that a page of hits shows."""
        return self.search(text, k)

    def unfaceted(self, text: str, k: int) -> list[str]:
        """The same without the counting of facets: the difference is what they cost."""
        return [hit.id for hit in self._without_facets.search(text, size=k).hits]

    def filtered(self, text: str, k: int) -> list[str]:
        """A whole answer among the questions of the most frequent topic."""
        return [hit.id for hit in self._index.search(text, where=self._frequent, size=k).hits]

    # All are made when they are first asked for: neither the start nor the memory of the other jobs has them.
    @cached_property
    def _without_facets(self) -> Index:
        index = indexer.open_index(self._folder, settings=self._settings)
        generation: Any = index._generation
        find = generation.find
        generation.find = lambda request: find(request._replace(facets=0))
        return index

    @cached_property
    def _frequent(self) -> Filter:
        topics = self._generation.find(FindRequest(facets=1)).facets["topic"]
        return Filter(kind="question", topic=next(iter(topics), None))

    def similar(self, text: str, k: int) -> list[str]:
        """A whole answer: the panel of a draft."""
        return [card.id for card in self._index.similar(text, limit=min(k, 4)).cards]

    def related(self, id_: str, k: int) -> list[str]:
        """A whole answer: the panel of a page, from the stored neighbours."""
        return [card.id for card in self._index.related(id_, limit=min(k, 4)).cards]
