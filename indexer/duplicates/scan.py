"""The scan: every pair of questions of an index that may be the same question, found at build and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.answering.closeness import page_closeness, page_floor
from indexer.answering.neighbours import StoredNeighbours
from indexer.duplicates.clusters import ORDER, Edge
from indexer.duplicates.differences import contradicting, missing_in_title
from indexer.duplicates.merit import merit
from indexer.duplicates.overlap import Overlap
from indexer.duplicates.pairs import LEAST_SHARE, POSSIBLE, STORY, Pair, Profile, Profiles
from indexer.engines import Engine
from indexer.ranking.columns import Columns
from indexer.ranking.ids import Ids, segment_folders
from indexer.ranking.keys import Numbers
from indexer.ranking.tables import ARRAYS, map_array
from indexer.ranking.words import StoredWords
from indexer.types import Band

# Among so many questions of one wording every pair is named; of more, each with the best of them alone.
_ALL_PAIRS = 20
# Two long stories that stand among the first neighbours of each other are worth a look where they are closer than the
# floor of panels by so much: of the judged ones two of two are the same question, of those above the floor two of nine.
_FIRST, _ABOVE_FLOOR = 1, 0.2
_KEPT = 1 << 13
# Questions whose lists, and pairs whose words, are looked at together.
_TOGETHER = 1 << 13


class Known(NamedTuple):
    """What the generation before knew: its arrays, the new number of each of its documents (-1: gone), and the numbers
    of the documents that were ranked anew.
    """

    arrays: Path
    moved: Numbers
    ranked: Numbers


class Scan:
    """The questions of a generation whose neighbours are ranked, and the pairs among them.

    Documents are called by their places in the order of ids, so that a pair is the same however they are numbered.
    """

    def __init__(self, folder: Path, engine: Engine, profiles: Profiles) -> None:
        self._folder, self._engine = folder, engine
        arrays = folder / ARRAYS
        ids, folders = Ids(arrays), segment_folders(arrays)
        self._near, self._numbers = StoredNeighbours(folder), ids.numbers()
        self._place = np.full(len(ids), -1)
        self._place[self._numbers] = np.arange(len(self._numbers))
        columns = Columns(folders, ids)
        self._is_question, self._wordings = columns.questions(), columns.wordings()
        self._questions: Numbers = np.flatnonzero(self._is_question[self._numbers])
        self._merit = merit(folders, ids.live)[self._numbers]
        own = StoredWords(arrays)
        in_template = lru_cache(maxsize=None)(lambda number: profiles.templates.hold(own.own(number)))
        self._overlap = Overlap(engine, own.segments, in_template)

        @lru_cache(maxsize=_KEPT)
        def profiled(place: int) -> Profile:
            return profiles.of_words(*own.title_and_body(int(self._numbers[place])))

        self._profiled = profiled

    def write(self, known: Known | None, tell: Callable[[int], object]) -> None:
        """Find the pairs and write them beside the neighbours; `known` are those of the generation before.

        Candidates are identical wordings and each question's own neighbours: a second join would find templates.
        """
        asked = None if known is None else self._fresh(known.ranked)
        kept = [] if known is None else self._kept(known)
        edges = sorted({*self._same(), *kept, *self._alike(asked, tell)})
        arrays = self._folder / ARRAYS
        rows = [(edge.a, edge.b, ORDER.index(edge.band)) for edge in edges]
        for name, array in (
            ("pairs", np.array(rows, np.int32).reshape(-1, 3)),
            ("pair_scores", np.array([edge.score for edge in edges], np.float32)),
            ("merits", self._merit),
        ):
            (arrays / f"{name}.npy").unlink(missing_ok=True)  # it may be another generation's too
            np.save(arrays / f"{name}.npy", array)

    def _same(self) -> Iterator[Edge]:
        """The pairs of identical wording."""
        groups: dict[int, list[int]] = {}
        wordings = self._wordings[self._numbers[self._questions]]
        _, group_of, size = np.unique(wordings, return_inverse=True, return_counts=True)
        several = np.flatnonzero(size[group_of] > 1)
        for n, group in zip(self._questions[several].tolist(), group_of[several].tolist(), strict=True):
            groups.setdefault(group, []).append(n)
        for alike in groups.values():
            best = max(alike, key=lambda n: (*self._merit[n].tolist(), -n)) if len(alike) > _ALL_PAIRS else -1
            for a, b in combinations(alike, 2):
                if len(alike) <= _ALL_PAIRS or best in (a, b):
                    yield Edge(a, b, 1.0, Band.SAME)

    def _fresh(self, ranked: Numbers) -> set[int]:
        """The places of documents that were ranked anew."""
        return set(self._place[ranked].tolist())

    def _kept(self, known: Known) -> Iterator[Edge]:
        """The pairs of different wordings that were known and whose two lists are what they were."""
        fresh, before = self._fresh(known.ranked), Ids(known.arrays).numbers()
        place = np.where(known.moved >= 0, self._place[known.moved], -1)[before]
        for edge in _read(known.arrays):
            a, b = int(place[edge.a]), int(place[edge.b])
            if edge.band is not Band.SAME and min(a, b) >= 0 and not {a, b} & fresh:
                yield edge._replace(a=min(a, b), b=max(a, b))

    def _alike(self, fresh: set[int] | None, tell: Callable[[int], object]) -> Iterator[Edge]:
        """The pairs of different wordings among stored neighbours that are in a band; with `fresh`, those of which one
        is among these places.
        """
        asking = self._asking(fresh)
        candidates = self._candidates(asking, fresh)
        for at in range(0, len(candidates), _TOGETHER):
            ones, others = candidates[at : at + _TOGETHER].T
            may = self._overlap.may_compare(self._numbers[ones], self._numbers[others])
            for a, b in zip(ones[may].tolist(), others[may].tolist(), strict=True):
                pair = Pair(self._profiled(a), self._profiled(b))
                if kind := pair.band:
                    yield Edge(a, b, pair.likelihood, kind)
            tell(int(ones[-1]) + 1)
        for n, m in self._mutual(asking):
            if (fresh is None or {n, m} & fresh) and self._one_story(n, m):
                yield Edge(n, m, POSSIBLE, Band.POSSIBLE)

    def _mutual(self, asking: Numbers) -> list[tuple[int, int]]:
        """The pairs of questions of different wording that stand among the first neighbours of each other."""
        first = self._near.all_numbers()[:, :_FIRST]
        numbers = self._numbers[asking]
        one, other = np.repeat(numbers, first.shape[1]), first[numbers].ravel()
        there = other >= 0
        one, other = one[there], other[there]
        there = (first[other] == one[:, None]).any(axis=1) & self._is_question[other]
        there &= self._wordings[one] != self._wordings[other]
        pairs = zip(self._place[one[there]].tolist(), self._place[other[there]].tolist(), strict=True)
        return sorted({(min(pair), max(pair)) for pair in pairs})

    def _one_story(self, n: int, m: int) -> bool:
        """Whether two long stories are as close as two tellings of one, and nothing decides between them."""
        a, b = self._profiled(n), self._profiled(m)
        if min(a.words, b.words) <= STORY or contradicting(a.values, b.values):
            return False
        if contradicting(a.title_values, b.title_values) or missing_in_title(a.title_values, b.title_values):
            return False
        return self._closeness(n, m) + self._closeness(m, n) >= 2 * (page_floor(self._engine) + _ABOVE_FLOOR)

    def _closeness(self, n: int, m: int) -> float:
        """How close the second of two mutual neighbours is to the first."""
        number, ids = int(self._numbers[n]), self._near.ids
        near, (id_, other) = self._near.of_number(number), ids.of([number, int(self._numbers[m])])
        (close,) = page_closeness(self._engine, id_, near._replace(ranked=[r for r in near.ranked if r.id == other]))
        return close

    def _candidates(self, asking: Numbers, fresh: set[int] | None) -> Numbers:
        """The pairs of questions, a row each, the smaller place first, of which one lists the other and earns enough of
        what is possible; with `fresh`, those of which one is among these places. Ascending, each once.
        """
        changed = np.full(len(self._place), fresh is None)
        changed[self._numbers[sorted(fresh or ())]] = True
        found = [np.empty(0, np.int64)]
        for at in range(0, len(asking), _TOGETHER):
            numbers = self._numbers[asking[at : at + _TOGETHER]]
            near, scores = self._near.rows(numbers)
            row, column = np.nonzero((near >= 0) & (scores >= LEAST_SHARE * self._near.possible(numbers)[:, None]))
            one, other = numbers[row], near[row, column]
            apart = self._is_question[other] & (self._wordings[one] != self._wordings[other])
            there = apart & (changed[one] | changed[other])
            a, b = self._place[one[there]], self._place[other[there]]
            found.append(np.minimum(a, b) << 32 | np.maximum(a, b))
        keys = np.unique(np.concatenate(found))
        return np.column_stack([keys >> 32, keys & 0xFFFFFFFF])

    def _asking(self, fresh: set[int] | None) -> Numbers:
        """The questions whose lists are looked through: all, or those that are fresh or list one that is."""
        if fresh is None:
            return self._questions
        mark = np.zeros(len(self._place) + 1, np.bool_)
        mark[self._numbers[sorted(fresh)]] = True
        lists = mark[self._near.all_numbers()].any(axis=1) | mark[:-1]
        return self._questions[lists[self._numbers[self._questions]]]


class StoredBands:
    """The bands of the pairs that a scan wrote, looked up pair by pair."""

    def __init__(self, folder: Path, ids: Ids) -> None:
        rows = map_array(folder / ARRAYS, "pairs").astype(np.int64)
        self._ids, self._keys, self._bands = ids, rows[:, 0] << 32 | rows[:, 1], rows[:, 2]
        numbers = ids.numbers()
        self._place = np.full(len(ids), -1)
        self._place[numbers] = np.arange(len(numbers))

    def of(self, a: str, b: str) -> Band | None:
        """The band of two documents, None where the scan proposed no pair of them."""
        one, other = sorted(int(self._place[self._ids.find(id_)]) for id_ in (a, b))
        at = int(np.searchsorted(self._keys, one << 32 | other))
        there = at < len(self._keys) and self._keys[at] == one << 32 | other
        return ORDER[int(self._bands[at])] if there else None


def read_pairs(folder: Path) -> list[Edge]:
    """The pairs that a scan wrote; documents are called by their places in the order of ids."""
    return _read(folder / ARRAYS)


def read_merit(folder: Path) -> NDArray[np.int64]:
    """What speaks for keeping each document, a row of numbers each (see merit)."""
    return map_array(folder / ARRAYS, "merits").astype(np.int64, copy=False)


def _read(arrays: Path) -> list[Edge]:
    rows, scores = map_array(arrays, "pairs").tolist(), map_array(arrays, "pair_scores").tolist()
    return [Edge(a, b, score, ORDER[place]) for (a, b, place), score in zip(rows, scores, strict=True)]
