"""Finding pairs: every two questions of a generation that may be the same question; run at the end of a build."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.answering.closeness import page_floor
from indexer.build.all_closeness import CLOSENESS
from indexer.build.keep_order import write_keep_order
from indexer.build.overlap import Overlap
from indexer.duplicates.differences import contradicting, missing_in_title
from indexer.duplicates.likelihood import ALIKE, APART, LEAST_SHARE, POSSIBLE, STORY, Profile, QuestionPair
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.local.stored import BANDS
from indexer.ranking.columns import Columns, Mask
from indexer.ranking.growing import Growing
from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import Ids, segment_folders
from indexer.ranking.mapped import map_array, save
from indexer.ranking.token_store import StoredWords
from indexer.types import Band

# Among so many questions of one wording every pair is named; of more, each with the best of them alone.
_ALL_PAIRS = 20
# Two long stories that stand among the first neighbours of each other are worth a look where they are closer than the
# floor of panels by so much: of the judged ones two of two are the same question, of those above the floor two of nine.
_FIRST, _ABOVE_FLOOR = 1, 0.2
_KEPT = 1 << 13
# Questions whose lists, and pairs whose words, are looked at together.
_TOGETHER = 1 << 13
# The pairs of so many questions share what is known of the words of both, which takes about a megabyte.
_OVERLAPPING_IN_A_MB = 1 << 8
_LOWER = (1 << 32) - 1


class Before(NamedTuple):
    """What an update starts from: the arrays of the generation before, the new number of each of its documents (-1:
    gone), and the numbers of the documents that were ranked anew.
    """

    arrays: Path
    moved: Numbers
    ranked: Numbers


class _Row(NamedTuple):
    """A pair as files hold it: two documents by their places in the order of ids, the lower one first."""

    a: int
    b: int
    score: float
    band: Band


class PairFinder:
    """The questions of a generation whose neighbours are ranked, and the pairs among them.

    Documents are called by their places in the order of ids, so that a pair is the same however they are numbered.
    """

    def __init__(self, arrays: Path, generation: LocalGeneration, memory_mb: int) -> None:
        """`memory_mb` is about how much memory the pairs take that are looked at together."""
        self._arrays, self._generation, self._overlapping = arrays, generation, memory_mb * _OVERLAPPING_IN_A_MB
        ids, folders = Ids(arrays), segment_folders(arrays)
        self._ids, self._numbers = ids, ids.numbers()
        self._near, self._near_scores = map_array(arrays, "near"), map_array(arrays, "near_scores")
        self._possible, self._closeness = map_array(arrays, "possible"), map_array(arrays, CLOSENESS)
        self._place = np.full(len(ids), -1)
        self._place[self._numbers] = np.arange(len(self._numbers))
        columns = Columns(folders, ids)
        self._is_question, self._wordings = columns.questions(), columns.wordings
        self._questions: Numbers = np.flatnonzero(self._is_question[self._numbers])
        self._keep_order = write_keep_order(arrays, folders, self._place)
        self._own = own = StoredWords(arrays)
        numbers = self._numbers

        # It holds these and not this object, or else they would hold each other, and files would stay open.
        @lru_cache(maxsize=_KEPT)
        def profiled(place: int) -> Profile:
            return Profile(generation, *own.title_and_body(int(numbers[place])))

        self._profiled = profiled

    def write(self, before: Before | None, tell: Callable[[int], object]) -> None:
        """Find the pairs and write them beside the neighbours; an update takes those of the generation before over.

        Candidates are identical wordings and each question's own neighbours: a second join would find templates.
        """
        fresh = None if before is None else set(self._place[before.ranked].tolist())
        kept = [] if before is None else self._kept(before, fresh or set())
        rows = sorted({*self._same(), *kept, *self._alike(fresh, tell)})
        numbers = [(row.a, row.b, BANDS.index(row.band)) for row in rows]
        save(
            self._arrays,
            pairs=np.array(numbers, np.int32).reshape(-1, 3),
            pair_scores=np.array([row.score for row in rows], np.float32),
        )

    def _same(self) -> Iterator[_Row]:
        """The pairs of identical wording."""
        groups: dict[int, list[int]] = {}
        wordings = self._wordings[self._numbers[self._questions]]
        _, group_of, size = np.unique(wordings, return_inverse=True, return_counts=True)
        several = np.flatnonzero(size[group_of] > 1)
        for n, group in zip(self._questions[several].tolist(), group_of[several].tolist(), strict=True):
            groups.setdefault(group, []).append(n)
        for alike in groups.values():
            best = max(alike, key=lambda n: (*self._keep_order[n].tolist(), -n)) if len(alike) > _ALL_PAIRS else -1
            for a, b in combinations(alike, 2):
                if len(alike) <= _ALL_PAIRS or best in (a, b):
                    yield _Row(a, b, 1.0, Band.SAME)

    def _kept(self, before: Before, fresh: set[int]) -> Iterator[_Row]:
        """The pairs of different wordings that were stored and whose two lists are what they were."""
        numbers = Ids(before.arrays).numbers()
        place: list[int] = np.append(self._place, -1)[before.moved[numbers]].tolist()  # -1 for what is gone
        pairs, scores = (map_array(before.arrays, name).tolist() for name in ("pairs", "pair_scores"))
        for (old_a, old_b, band), score in zip(pairs, scores, strict=True):
            a, b = sorted((place[old_a], place[old_b]))
            if BANDS[band] is not Band.SAME and a >= 0 and not {a, b} & fresh:
                yield _Row(a, b, score, BANDS[band])

    def _alike(self, fresh: set[int] | None, tell: Callable[[int], object]) -> Iterator[_Row]:
        """The pairs of different wordings among stored neighbours that are in a band; with `fresh`, those of which one
        is among these places.
        """
        asking = self._asking(fresh)
        found = set[tuple[int, int]]()
        for part in self._candidates(asking, fresh):
            ones, others = self._numbers[part >> 32], self._numbers[part & _LOWER]
            in_template = cache(lambda number: self._generation.templates.hold(self._own.own(number)))
            overlap = Overlap(self._generation, self._own.segments, np.union1d(ones, others), in_template)
            for at in range(0, len(part), _TOGETHER):
                own = slice(at, at + _TOGETHER)
                cosines = self._cosines(ones[own], others[own])
                may = overlap.may_compare(ones[own], others[own]) | (cosines >= ALIKE)
                for key, cosine in zip(part[own][may].tolist(), cosines[may].tolist(), strict=True):
                    a, b = key >> 32, key & _LOWER
                    pair = QuestionPair(self._profiled(a), self._profiled(b), None if math.isnan(cosine) else cosine)
                    if kind := pair.band:
                        found.add((a, b))
                        yield _Row(a, b, pair.score, kind)
                tell(int(part[own][-1] >> 32) + 1)
        for n, m in self._mutual(asking):
            if (n, m) not in found and (fresh is None or {n, m} & fresh) and self._one_story(n, m):
                yield _Row(n, m, POSSIBLE, Band.POSSIBLE)

    def _cosines(self, ones: Numbers, others: Numbers) -> NDArray[np.float64]:
        """The cosines of what two documents each mean; not a number where no vectors tell."""
        vectors = self._generation.vectors
        return np.full(len(ones), np.nan) if vectors is None else vectors.cosines_of_pairs(ones, others)

    def _mutual(self, asking: Numbers) -> Iterator[tuple[int, int]]:
        """The pairs of questions of different wording that stand among the first neighbours of each other; both ask."""
        first = self._near[:, :_FIRST]
        for at in range(0, len(asking), _TOGETHER):
            numbers = self._numbers[asking[at : at + _TOGETHER]]
            one, other = np.repeat(numbers, _FIRST), first[numbers].ravel()
            there = (other >= 0) & (self._place[one] < self._place[other])
            one, other = one[there], other[there]
            there = (first[other] == one[:, None]).any(axis=1) & self._is_question[other]
            there &= self._wordings[one] != self._wordings[other]
            yield from zip(self._place[one[there]].tolist(), self._place[other[there]].tolist(), strict=True)

    def _one_story(self, n: int, m: int) -> bool:
        """Whether two long stories are as close as two tellings of one, and nothing decides between them."""
        a, b = self._profiled(n), self._profiled(m)
        if min(a.words, b.words) <= STORY or contradicting(a.values, b.values):
            return False
        if contradicting(a.title_values, b.title_values) or missing_in_title(a.title_values, b.title_values):
            return False
        if self._cosines(*self._numbers[[[n], [m]]])[0] < APART:
            return False
        # Each is the first neighbour of the other.
        close: list[float] = self._closeness[self._numbers[[n, m]], 0].tolist()
        return sum(close) >= page_floor(a.statistics) + page_floor(b.statistics) + 2 * _ABOVE_FLOOR

    def _candidates(self, asking: Numbers, fresh: set[int] | None) -> Iterator[Numbers]:
        """The pairs of questions, as the smaller place << 32 | the other, of which one lists the other and earns enough
        of what is possible; with `fresh`, those of which one is among these places. Ascending, each once, those of some
        smaller places after those of the others: all are too many for memory.
        """
        changed = np.full(len(self._place), fresh is None)
        changed[self._numbers[sorted(fresh or ())]] = True
        found = [Growing(self._arrays, "q") for _ in range(len(self._place) // self._overlapping + 1)]
        for at in range(0, len(asking), _TOGETHER):
            numbers = self._numbers[asking[at : at + _TOGETHER]]
            near, scores = self._near[numbers], self._near_scores[numbers]
            row, column = np.nonzero(near >= 0)
            one, other = numbers[row], near[row, column]
            enough = scores[row, column] >= LEAST_SHARE * self._possible[one]
            enough |= self._cosines(one, other) >= ALIKE
            one, other = one[enough], other[enough]
            apart = self._is_question[other] & (self._wordings[one] != self._wordings[other])
            there = apart & (changed[one] | changed[other])
            a, b = self._place[one[there]], self._place[other[there]]
            keys = np.sort(np.minimum(a, b) << 32 | np.maximum(a, b))
            shares, firsts = np.unique((keys >> 32) // self._overlapping, return_index=True)
            for share, (low, high) in zip(shares.tolist(), pairwise([*firsts.tolist(), len(keys)]), strict=True):
                found[share].extend(keys[low:high])
        return (np.unique(own.all()) for own in found if len(own))

    def _asking(self, fresh: set[int] | None) -> Numbers:
        """The questions whose lists are looked through: all, or those that are fresh or list one that is."""
        if fresh is None:
            return self._questions
        mark = np.zeros(len(self._place) + 1, np.bool_)
        mark[self._numbers[sorted(fresh)]] = True
        lists: Mask = mark[self._near].any(axis=1) | mark[:-1]
        return self._questions[lists[self._numbers[self._questions]]]
