"""Neighbours: the documents most like a text, before any policy; and those of a document, as a build stored them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analysed
from indexer.answering.weighing import Weighed, weigh
from indexer.engines import Engine, Ranked, Selection
from indexer.ranking.ids import Ids
from indexer.ranking.keys import Numbers
from indexer.ranking.tables import ARRAYS, map_array
from indexer.ranking.weighting import RESCORED

# So many are stored for each document: enough for never-itself, one card per wording and the floor to choose four from.
RAW = 24


class Neighbourhood(NamedTuple):
    """Neighbours, best first; `possible` is what the text's terms could earn at best."""

    ranked: list[Ranked]
    possible: float

    def first(self, count: int) -> Neighbourhood:
        """The best so many of them."""
        return self._replace(ranked=self.ranked[:count])


def neighbourhood(
    engine: Engine, text: Analysed, *, among: Selection | None = None, without: str = "", most: int = RAW
) -> Neighbourhood:
    """The documents most like a text, `without` (its own document) left out; at most RESCORED."""
    return neighbourhood_of(engine, weigh(engine, text), among=among, without=without, most=most)[0]


def neighbourhood_of(
    engine: Engine, weighed: Weighed, *, among: Selection | None = None, without: str = "", most: int = RAW
) -> tuple[Neighbourhood, float]:
    """The neighbourhood of a weighed text, and the score that a document needs to come into the second stage."""
    # One more than wanted, for its own document.
    limit = min(most + 1, RESCORED)
    ranked, least = engine.rank_twice(weighed.first, among, limit, weighed.finer, weighed.words)
    scores = np.array([r.score for r in ranked], np.float32).tolist()
    kept = [Ranked(r.id, score) for r, score in zip(ranked, scores, strict=True) if r.id != without]
    return Neighbourhood(kept[:most], weighed.possible), least


class StoredNeighbours:
    """The neighbours that a build wrote: a look-up, whatever the size of the index."""

    def __init__(self, folder: Path) -> None:
        arrays = folder / ARRAYS
        self.ids = Ids(arrays)
        self._near, self._scores = map_array(arrays, "near"), map_array(arrays, "near_scores")
        self._possible = map_array(arrays, "possible")

    def of(self, id_: str) -> Neighbourhood | None:
        """The neighbourhood of a document, or None where the index does not have it."""
        n = self.ids.find(id_)
        return None if n < 0 else self.of_number(n)

    def of_number(self, n: int) -> Neighbourhood:
        """The neighbourhood of the document of a number."""
        near = self.numbers(n)
        scores = self._scores[n, : len(near)].tolist()
        ranked = list(map(Ranked, self.ids.of(near), scores))
        return Neighbourhood(ranked, float(self._possible[n]))

    def rows(self, numbers: Numbers) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The numbers of the neighbours of some documents, a row each, -1 where there are no more, and their scores."""
        return self._near[numbers], self._scores[numbers]

    def possible(self, numbers: Numbers) -> NDArray[np.float64]:
        """What the terms of some documents could earn at best."""
        return self._possible[numbers]

    def all_numbers(self) -> NDArray[np.int32]:
        """The numbers of the neighbours of every document, a row each, -1 where there are no more."""
        return self._near

    def numbers(self, n: int) -> list[int]:
        """The numbers of the neighbours of a document, best first."""
        return [m for m in self._near[n].tolist() if m >= 0]
