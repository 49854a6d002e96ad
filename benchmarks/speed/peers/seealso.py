"""SeeAlso itself, in both forms: what a page or a call asks for, and the bare ranking that is compared to peers."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import corpus
import indexer
from indexer import Index, Settings
from indexer.answering.neighbours import neighbourhood

_TERMS = 25


def form(*, compiled: bool) -> Settings:
    """The one place that chooses the form: the compiled loops of the extra `fast`, or NumPy alone."""
    return Settings(compiled=compiled)


def build(jsonl: Path, folder: Path, *, compiled: bool) -> None:
    """Build an index, neighbours and pairs of every document included."""
    indexer.build(folder, corpus.read(jsonl), settings=form(compiled=compiled))


def open_index(folder: Path, *, compiled: bool) -> SeeAlso:
    """Open what `build` made."""
    return SeeAlso(indexer.open_index(folder, settings=form(compiled=compiled)))


class SeeAlso:
    """An index opened for reading; ids are all that is told of an answer."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def rank(self, text: str, k: int) -> list[str]:
        """The bare ranking, what peers do: the sum of the terms' weights, each term once."""
        engine = self._index.engine
        weights = dict.fromkeys(engine.analyzer.analyse(text).bag, 1.0)
        return [ranked.id for ranked in engine.rank(weights, None, k)]

    def more_like(self, id_: str, k: int) -> list[str]:
        """What peers do for a document: the bare ranking by the 25 most telling terms of its whole text."""
        engine = self._index.engine
        bags = [analysed.bag for analysed in engine.analyzer.fields(self._index.get(id_)).values()]
        counts = sum(bags[1:], bags[0].copy())
        rarity = engine.statistics.rarity
        frequencies = zip(counts, engine.frequencies(list(counts)), strict=True)
        telling = {term: counts[term] * rarity(term, frequency) for term, frequency in frequencies}
        weights = dict.fromkeys(islice(sorted(telling, key=telling.__getitem__, reverse=True), _TERMS), 1.0)
        found = (ranked.id for ranked in engine.rank(weights, None, k + 1))
        return [other for other in found if other != id_][:k]

    def neighbours(self, id_: str, k: int) -> list[str]:
        """What a build does for a document: both stages, by its title and body."""
        engine = self._index.engine
        text = engine.analyzer.own(self._index.get(id_))
        return [ranked.id for ranked in neighbourhood(engine, text, without=id_, most=k).ranked]

    def search(self, text: str, k: int) -> list[str]:
        """A whole answer: hits with their passages, facets, spelling."""
        return [hit.id for hit in self._index.search(text, size=k).hits]

    def similar(self, text: str, k: int) -> list[str]:
        """A whole answer: the panel of a draft."""
        return [card.id for card in self._index.similar(text, limit=min(k, 4)).cards]

    def related(self, id_: str, k: int) -> list[str]:
        """A whole answer: the panel of a page, from the stored neighbours."""
        return [card.id for card in self._index.related(id_, limit=min(k, 4)).cards]
