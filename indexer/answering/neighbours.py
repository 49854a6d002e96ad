"""Neighbours: the documents most like a text, before any policy; and those of every document, stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corpus import Document
from indexer.analysis import Analysed
from indexer.answering.weighing import weigh
from indexer.engines import Engine, Ranked, Selection
from indexer.ranking.tables import ARRAYS, Strings, map_array
from indexer.ranking.weighting import length_factor

# So many are stored for each document: enough for never-itself, one card per wording and the floor to choose four from.
RAW = 24
# So many of the first stage are weighed again; 30 candidates would lose up to .006 nDCG@10.
RESCORED = 100


class Neighbourhood(NamedTuple):
    """Neighbours, best first; `possible` is what the text's terms could earn at best, `words` its number of words."""

    ranked: list[Ranked]
    possible: float
    words: int


def neighbourhood(
    engine: Engine, text: Analysed, *, among: Selection | None = None, without: str = "", most: int = RAW
) -> Neighbourhood:
    """The documents most like a text, `without` (its own document) left out; at most RESCORED."""
    weighed = weigh(engine, text)
    ranked = rescore(engine.rank(weighed.first, among, RESCORED, weighed.finer), weighed.words)
    kept = [Ranked(r.id, float(np.float32(r.score))) for r in ranked if r.id != without]
    return Neighbourhood(kept[:most], weighed.possible, weighed.words)


def rescore(ranked: list[Ranked], words: int) -> list[Ranked]:
    """The second stage: what the finer channels say, and the length of the documents, which counts against them for
    a long text.
    """
    corrected = [Ranked(r.id, (r.score + r.finer) * length_factor(r.length, words), r.length) for r in ranked]
    return sorted(corrected, key=lambda r: (-r.score, r.id))


def write_neighbours(
    folder: Path,
    engine: Engine,
    ids: list[str],
    documents: Iterable[Document],
    tell: Callable[[int], object],
) -> None:
    """Rank the neighbours of every document, which come in the order of `ids`, and write them as arrays."""
    number = {id_: n for n, id_ in enumerate(ids)}
    near = np.full((len(ids), RAW), -1, np.int32)
    scores = np.zeros((len(ids), RAW), np.float32)
    possible, words = np.zeros(len(ids)), np.zeros(len(ids), np.int32)
    for n, document in enumerate(documents):
        found = neighbourhood(engine, engine.analyzer.own(document), without=document.id)
        possible[n], words[n] = found.possible, found.words
        for place, ranked in enumerate(found.ranked):
            near[n, place], scores[n, place] = number[ranked.id], ranked.score
        tell(n + 1)
    for name, array in (("near", near), ("near_scores", scores), ("possible", possible), ("own_words", words)):
        np.save(folder / ARRAYS / f"{name}.npy", array)


class StoredNeighbours:
    """The neighbours that a build wrote: a look-up, whatever the size of the index."""

    def __init__(self, folder: Path) -> None:
        arrays = folder / ARRAYS
        self.ids = Strings(arrays, "ids")
        self._near, self._scores = map_array(arrays, "near"), map_array(arrays, "near_scores")
        self._possible, self._words = map_array(arrays, "possible"), map_array(arrays, "own_words")

    def of(self, id_: str) -> Neighbourhood | None:
        """The neighbourhood of a document, or None where the index does not have it."""
        n = self.ids.find(id_)
        if n < 0:
            return None
        pairs = zip(self._near[n].tolist(), self._scores[n].tolist(), strict=True)
        ranked = [Ranked(self.ids[near], score) for near, score in pairs if near >= 0]
        return Neighbourhood(ranked, float(self._possible[n]), int(self._words[n]))
